//! As much of HTTP/1.1 as both ends need: a head, and a body of known length or in chunks.

use std::io::{self, Read};
use std::net::TcpStream;

/// A connection, and what was read from it too early.
pub struct Line {
    /// The socket.
    pub stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Line {
    /// A fresh one.
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 128 * 1024], filled: 0 })
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
        let count = self.stream.read(&mut self.buffer[self.filled..])?;
        self.filled += count;
        Ok(count > 0)
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
