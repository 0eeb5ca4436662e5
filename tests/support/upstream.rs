//! An X of a test's own on loopback: it writes down what it is sent, to the letter, and answers as
//! it is told, well or badly.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The first word of the request line.
    pub method: String,
    /// The second: path and query.
    pub target: String,
    /// In their order, names as they were spelled.
    pub headers: Vec<(String, String)>,
    /// Decoded when it came in chunks.
    pub body: Vec<u8>,
}

/// How a request is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// With these bytes; the line stays open.
    Bytes(Vec<u8>),
    /// With these bytes, and the line is closed.
    Last(Vec<u8>),
    /// With these bytes, and then nothing for ever.
    Stall(Vec<u8>),
    /// With each of these bytes after a while, asked or not; then the line is closed.
    Steps(Vec<(Duration, Vec<u8>)>),
    /// The connection is reset.
    Reset,
    /// With a body of so many bytes, written as fast as it is read.
    Large(u64),
}

type Script = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// A running one; it ends when it is dropped.
pub struct Upstream {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    aborted: Arc<Mutex<u32>>,
    task: JoinHandle<()>,
}

impl Upstream {
    /// Starts one that answers by a script, once it has said whose token it is: that question comes
    /// first, when a connection is made. Of a body only the first megabyte is kept.
    pub async fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let introduced = AtomicBool::new(false);
        let script = move |seen: &Seen| {
            if introduced.swap(true, Ordering::SeqCst) {
                script(seen)
            } else {
                Reply::json(200, r#"{"data":{"id":"7","username":"brief"}}"#)
            }
        };
        Self::bare(script).await
    }

    /// Starts one that answers by a script and nothing else.
    pub async fn bare(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (seen, aborted) = (Arc::default(), Arc::default());
        let (script, log, breaks): (Script, _, _) =
            (Arc::new(script), Arc::clone(&seen), Arc::clone(&aborted));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving =
                    serve(stream, Arc::clone(&script), Arc::clone(&log), Arc::clone(&breaks));
                tokio::spawn(serving);
            }
        });
        Self { url, seen, aborted, task }
    }

    /// An X that knows who it is asked by, and answers everything else with `{}`.
    pub async fn polite() -> Self {
        Self::start(|_| Reply::json(200, "{}")).await
    }

    /// Its base, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Everything that it was sent since the last time it was asked.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many lines ended in the middle of a request or an answer.
    pub fn aborted(&self) -> u32 {
        *self.aborted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Reply {
    /// An answer of X's kind.
    pub fn json(status: u16, body: &str) -> Self {
        Self::with(status, &[("content-type", "application/json")], body)
    }

    /// The same with headers of one's own.
    pub fn with(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            head.extend([*name, ": ", *value, "\r\n"]);
        }
        Self::Bytes(format!("{head}\r\n{body}").into_bytes())
    }
}

impl Seen {
    /// The value of a header that is there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} came twice");
        value
    }

    /// The names of all headers, lower case and sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort_unstable();
        names
    }
}

async fn serve(
    mut stream: TcpStream,
    script: Script,
    seen: Arc<Mutex<Vec<Seen>>>,
    aborted: Arc<Mutex<u32>>,
) {
    let mut buffer = Vec::new();
    loop {
        let request = match read_request(&mut stream, &mut buffer).await {
            Ok(Some(request)) => request,
            Ok(None) => return,
            Err(()) => {
                *aborted.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                return;
            }
        };
        let reply = script(&request);
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        match reply {
            Reply::Bytes(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Reply::Last(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Stall(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let mut rest = [0; 64];
                while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {}
                *aborted.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                return;
            }
            Reply::Steps(steps) => {
                for (after, bytes) in steps {
                    tokio::time::sleep(after).await;
                    let _ = stream.write_all(&bytes).await;
                }
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Reset => {
                let _ = stream.set_zero_linger();
                return;
            }
            Reply::Large(size) => {
                if write_large(&mut stream, size).await.is_err() {
                    *aborted.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                    return;
                }
            }
        }
    }
}

async fn write_large(stream: &mut TcpStream, size: u64) -> std::io::Result<()> {
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\ncontent-length: {size}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let part = vec![b'x'; 64 * 1024];
    let mut left = size;
    while left > 0 {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(part.len());
        stream.write_all(&part[..count]).await?;
        left -= count as u64;
    }
    Ok(())
}

/// `Ok(None)`: the line was closed between two requests; `Err`: in the middle of one.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Option<Seen>, ()> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if !more(stream, buffer).await {
            return if buffer.is_empty() { Ok(None) } else { Err(()) };
        }
    };
    let head: Vec<u8> = buffer.drain(..end).collect();
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.trim_end().split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let mut seen = Seen {
        method: words.next().unwrap_or_default().to_owned(),
        target: words.next().unwrap_or_default().to_owned(),
        ..Seen::default()
    };
    for line in lines {
        let (name, value) = line.split_once(':').expect("a header line");
        seen.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    if let Some(length) = seen.header("content-length") {
        let length: usize = length.parse().expect("a length");
        let mut left = length;
        while left > 0 {
            if buffer.is_empty() && !more(stream, buffer).await {
                return Err(());
            }
            let count = left.min(buffer.len());
            let part = buffer.drain(..count);
            if length <= 1024 * 1024 {
                seen.body.extend(part);
            }
            left -= count;
        }
    } else if seen.header("transfer-encoding").is_some() {
        while let Some(chunk) = read_chunk(stream, buffer).await? {
            if seen.body.len() + chunk.len() <= 1024 * 1024 {
                seen.body.extend(chunk);
            }
        }
    }
    Ok(Some(seen))
}

async fn read_chunk(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Option<Vec<u8>>, ()> {
    let end = loop {
        if let Some(at) = buffer.windows(2).position(|two| two == b"\r\n") {
            break at;
        }
        if !more(stream, buffer).await {
            return Err(());
        }
    };
    let size = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let size = usize::from_str_radix(size.trim(), 16).expect("a chunk's size");
    while buffer.len() < end + 2 + size + 2 {
        if !more(stream, buffer).await {
            return Err(());
        }
    }
    let chunk = buffer[end + 2..end + 2 + size].to_vec();
    buffer.drain(..end + 2 + size + 2);
    Ok((size > 0).then_some(chunk))
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> bool {
    let mut part = vec![0; 64 * 1024];
    let read = tokio::time::timeout(Duration::from_mins(1), stream.read(&mut part)).await;
    match read {
        Ok(Ok(count)) if count > 0 => {
            buffer.extend_from_slice(&part[..count]);
            true
        }
        _ => false,
    }
}
