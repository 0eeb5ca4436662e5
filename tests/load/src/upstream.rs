//! An X that costs as little as it can: `/2/tweets/2000` is answered with 2000 bytes, and with the
//! headers that X has. `/2/signed` says whether the request was signed, `/2/users/me` who asks.

use std::io::{self, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::SystemTime;

use super::message::{Line, header};

/// The largest answer.
const MOST: usize = 1024 * 1024;

/// Serves on a port of its own, which it prints, until it is killed.
pub fn run() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let filling = Arc::new(vec![b'x'; MOST]);
    for stream in listener.incoming() {
        let (stream, filling) = (stream?, Arc::clone(&filling));
        let serving = move || drop(serve(stream, &filling));
        thread::Builder::new().stack_size(256 * 1024).spawn(serving)?;
    }
    Ok(())
}

fn serve(stream: TcpStream, filling: &[u8]) -> io::Result<()> {
    let mut line = Line::new(stream)?;
    while let Some(head) = line.read()? {
        let target = head.split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        let last = path.rsplit('/').next().unwrap_or_default();
        let body = match last {
            "me" => br#"{"data":{"id":"7","username":"brief"}}"#,
            "signed" => {
                let signed = header(&head, "authorization")
                    .is_some_and(|text| text.starts_with("OAuth ") && text.contains("signature="));
                if signed { &b"{\"signed\":true}"[..] } else { b"{\"signed\":false}" }
            }
            size => &filling[..size.parse::<usize>().unwrap_or(2).min(MOST)],
        };
        let now = SystemTime::now();
        let mut answer = Vec::with_capacity(512 + body.len());
        write!(
            answer,
            "HTTP/1.1 200 OK\r\ndate: {}\r\ncontent-type: application/json; charset=utf-8\r\n\
             content-length: {}\r\nx-rate-limit-limit: 900\r\nx-rate-limit-remaining: 899\r\n\
             x-rate-limit-reset: 1790000000\r\nx-access-level: read-write\r\n\
             x-transaction-id: 3ae6b7d6b4f0f2a1\r\nx-response-time: 31\r\nserver: x\r\n\
             strict-transport-security: max-age=631138519\r\n\r\n",
            httpdate::fmt_http_date(now),
            body.len(),
        )?;
        answer.extend_from_slice(body);
        line.write(&answer)?;
    }
    Ok(())
}
