//! As much of HTTP/1.1 as both ends need: a head, and a body of known length or in chunks.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// For so long a line is asked again and again, while its thread lets others run in between. Whoever
/// slept would have to be woken, and that costs the proxy which writes to it: the more, the longer the
/// core of the sleeper had nothing to do, so that a slow proxy would look slower still.
const AWAKE: Duration = Duration::from_millis(30);

/// A connection, and what was read from it too early.
pub struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Line {
    /// A fresh one.
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, buffer: vec![0; 128 * 1024], filled: 0 })
    }

    /// Writes all of it.
    pub fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = awake(&mut self.stream, |stream| stream.write(bytes))?;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// Reads one message to its end; answers its head. `None`: the other side closed the line.
    pub fn read(&mut self) -> io::Result<Option<String>> {
        let head = loop {
            if let Some(at) = find(&self.buffer[..self.filled], b"\r\n\r\n") {
                break at + 4;
            }
            if !self.more()? {
                return if self.filled == 0 { Ok(None) } else { Err(broken()) };
            }
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).into_owned();
        self.consume(head);
        if let Some(length) = header(&text, "content-length") {
            self.skip(length.parse().map_err(io::Error::other)?)?;
        } else if header(&text, "transfer-encoding").is_some() {
            self.skip_chunks()?;
        }
        Ok(Some(text))
    }

    fn skip(&mut self, mut left: usize) -> io::Result<()> {
        loop {
            let now = left.min(self.filled);
            self.consume(now);
            left -= now;
            if left == 0 {
                return Ok(());
            }
            if !self.more()? {
                return Err(broken());
            }
        }
    }

    fn skip_chunks(&mut self) -> io::Result<()> {
        loop {
            let Some(at) = find(&self.buffer[..self.filled], b"\r\n") else {
                if self.more()? {
                    continue;
                }
                return Err(broken());
            };
            let size = String::from_utf8_lossy(&self.buffer[..at]).into_owned();
            let size = usize::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
            self.consume(at + 2);
            self.skip(size + 2)?;
            if size == 0 {
                return Ok(());
            }
        }
    }

    fn consume(&mut self, count: usize) {
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
    }

    fn more(&mut self) -> io::Result<bool> {
        if self.filled == self.buffer.len() {
            return Err(broken());
        }
        let room = &mut self.buffer[self.filled..];
        let count = awake(&mut self.stream, |stream| stream.read(room))?;
        self.filled += count;
        Ok(count > 0)
    }
}

/// Does it as soon as it can be done, and sleeps only when that takes long.
fn awake(
    stream: &mut TcpStream,
    mut work: impl FnMut(&mut TcpStream) -> io::Result<usize>,
) -> io::Result<usize> {
    let start = Instant::now();
    loop {
        match work(stream) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            done => return done,
        }
        if start.elapsed() < AWAKE {
            thread::yield_now();
            continue;
        }
        stream.set_nonblocking(false)?;
        let done = work(stream);
        stream.set_nonblocking(true)?;
        return done;
    }
}

/// The value of a header; names have no case.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (own, value) = line.split_once(':')?;
        own.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|here| here == part)
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "a message broke off")
}
