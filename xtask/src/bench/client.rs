//! Asks a server, and takes the time that it needs to answer.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use anyhow::{Context, ensure};

/// One kept connection, since a new one each time would be measured too.
pub(super) struct Browser {
    stream: BufReader<TcpStream>,
    host: SocketAddr,
    key: String,
}

pub(super) struct Answer {
    body: String,
    pub(super) milliseconds: f64,
}

impl Browser {
    pub(super) fn open(host: SocketAddr, key: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), host, key: key.to_owned() })
    }

    pub(super) fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.send("GET", path, "")
    }

    pub(super) fn post(&mut self, path: &str, json: &str) -> anyhow::Result<Answer> {
        self.send("POST", path, json)
    }

    fn send(&mut self, method: &str, path: &str, json: &str) -> anyhow::Result<Answer> {
        let (host, key, length) = (self.host, &self.key, json.len());
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n");
        if length > 0 {
            let _ =
                write!(request, "Content-Type: application/json\r\nContent-Length: {length}\r\n");
        }
        request += "\r\n";
        request += json;
        let start = Instant::now();
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (mut status, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let line = line.trim_end();
            if status.is_empty() {
                line.clone_into(&mut status);
            } else if let Some((name, value)) = line.split_once(':') {
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse()?;
                }
            } else {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        let body = String::from_utf8(body).context("the answer is no text")?;
        ensure!(status.contains(" 20"), "{path}: {status}\n{body}");
        Ok(Answer { body, milliseconds })
    }
}

impl Answer {
    /// As it came.
    pub(super) fn body(&self) -> &str {
        &self.body
    }

    /// The texts under a name, anywhere. Ids, words and cursors hold nothing that is escaped.
    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let label = format!("\"{name}\":\"");
        let starts: Vec<usize> =
            self.body.match_indices(&label).map(|(at, _)| at + label.len()).collect();
        starts.into_iter().filter_map(|at| self.body[at..].split('"').next())
    }

    pub(super) fn next(&self) -> Option<String> {
        self.texts("next").last().map(str::to_owned)
    }
}
