//! `cargo xtask run --portal`: an admin portal on another origin, with the wizard in its page.
//!
//! What a portal's own back end does is [`mint`]: it asks Pinfold for a session with the access key,
//! which never reaches the page.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};

const PAGE: &str = include_str!("portal/index.html");
const SCRIPT: &str = include_str!("portal/portal.js");
const STYLE: &str = include_str!("portal/portal.css");
/// A browser that says nothing keeps nobody waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// A portal that listens; it serves once it knows where Pinfold is.
pub(crate) struct Portal {
    listener: TcpListener,
    /// Its own origin, for `--allow-origin`: another site than 127.0.0.1, to a browser.
    pub(crate) origin: String,
    /// What its back end asks Pinfold for.
    pub(crate) wanted: String,
    /// Its page; `{PINFOLD}` stands for the server's URL.
    pub(crate) page: String,
    /// The page's script.
    pub(crate) script: String,
}

/// A session for a page on this origin, for so many seconds.
pub(crate) fn session_for(origin: &str, ttl: u32) -> String {
    format!(
        r#"{{"role":"connector","origin":"{origin}","subject":"demo","note":"The demo portal","ttl":{ttl}}}"#
    )
}

impl Portal {
    /// Takes an address: of this port when it is free.
    pub(crate) fn bind(port: u16) -> anyhow::Result<Self> {
        let at = |port| TcpListener::bind(("127.0.0.1", port));
        let listener = at(port).or_else(|_| at(0))?;
        let origin = format!("http://localhost:{}", listener.local_addr()?.port());
        let wanted = session_for(&origin, 1800);
        Ok(Self { listener, origin, wanted, page: PAGE.to_owned(), script: SCRIPT.to_owned() })
    }

    /// Serves the page beside the server, until the program ends.
    pub(crate) fn serve(self, pinfold: &str, access_key: &str) {
        let (pinfold, access_key) = (pinfold.to_owned(), access_key.trim().to_owned());
        thread::spawn(move || {
            for stream in self.listener.incoming().flatten() {
                if let Err(error) = self.answer(&stream, &pinfold, &access_key) {
                    eprintln!("portal: {error:#}");
                }
            }
        });
    }

    /// The whole of a portal's part.
    fn mint(&self, pinfold: &str, access_key: &str) -> anyhow::Result<String> {
        let host = pinfold.strip_prefix("http://").context("the demo speaks plain HTTP")?;
        let wanted = &self.wanted;
        let mut stream = TcpStream::connect(host)?;
        let asked = format!(
            "POST /api/v1/sessions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {access_key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{wanted}",
            wanted.len(),
        );
        // At once: in pieces, an early answer would break it off.
        stream.write_all(asked.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("Pinfold gave no answer")?;
        if !head.starts_with("HTTP/1.1 201") {
            bail!("Pinfold answered {}", head.lines().next().unwrap_or_default());
        }
        Ok(body.to_owned())
    }

    fn answer(
        &self,
        mut stream: &TcpStream,
        pinfold: &str,
        access_key: &str,
    ) -> anyhow::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut lines = BufReader::new(stream).lines();
        // Browsers open lines that they do not use.
        let Some(Ok(asked)) = lines.next() else { return Ok(()) };
        for line in lines {
            if line?.is_empty() {
                break;
            }
        }
        // A real portal asks here who is signed in, and names them as the subject.
        let (status, kind, body) = match asked.rsplit_once(' ').map_or("", |(asked, _)| asked) {
            "GET /" => ("200 OK", "text/html", self.page.replace("{PINFOLD}", pinfold)),
            "GET /portal.js" => ("200 OK", "text/javascript", self.script.clone()),
            "GET /portal.css" => ("200 OK", "text/css", STYLE.to_owned()),
            "POST /pinfold-session" => match self.mint(pinfold, access_key) {
                Ok(minted) => ("200 OK", "application/json", minted),
                Err(error) => ("502 Bad Gateway", "text/plain", format!("{error:#}")),
            },
            _ => ("404 Not Found", "text/plain", "not found".to_owned()),
        };
        // As strict as a portal's policy can be: nothing inline, nothing but Pinfold's two.
        let policy = format!(
            "default-src 'none'; style-src 'self'; connect-src 'self'; \
             script-src 'self' {pinfold}; frame-src {pinfold}"
        );
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n\
             Content-Security-Policy: {policy}\r\nCache-Control: no-store\r\n\
             Connection: close\r\n\r\n{body}",
            body.len(),
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(origin: &str, request: &str) -> String {
        let mut stream = TcpStream::connect(origin.replace("http://localhost", "127.0.0.1"))
            .expect("the portal listens");
        write!(stream, "{request} HTTP/1.1\r\nHost: portal\r\n\r\n").expect("it is asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    #[test]
    fn the_page_gets_a_token_and_never_the_key() {
        let pinfold = TcpListener::bind("127.0.0.1:0").expect("an address");
        let at = format!("http://{}", pinfold.local_addr().expect("an address"));
        let asked = thread::spawn(move || {
            let (mut stream, _) = pinfold.accept().expect("it is asked");
            let mut asked = [0; 2048];
            let length = stream.read(&mut asked).expect("it reads");
            write!(stream, "HTTP/1.1 201 Created\r\n\r\n{{\"token\":\"t\"}}").expect("it answers");
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        let portal = Portal::bind(0).expect("an address");
        let origin = portal.origin.clone();
        portal.serve(&at, "the-access-key\n");
        let page = ask(&origin, "GET /");
        assert!(page.contains(&format!("src=\"{at}/embed.js\"")), "{page}");
        assert!(ask(&origin, "GET /access-key").starts_with("HTTP/1.1 404"));
        let minted = ask(&origin, "POST /pinfold-session");
        assert!(minted.ends_with("{\"token\":\"t\"}"), "{minted}");
        assert!(![page, minted].concat().contains("the-access-key"));
        let asked = asked.join().expect("it was asked");
        assert!(asked.contains("Authorization: Bearer the-access-key\r\n"), "{asked}");
        assert!(asked.contains(&format!("\"origin\":\"{origin}\"")), "{asked}");
    }
}
