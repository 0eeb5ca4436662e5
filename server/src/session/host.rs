//! Which `Host` may be asked for: the public one, or loopback. A page that rebinds its own name to
//! this address (DNS rebinding) still sends its own name.

use axum::http::uri::Authority;
use axum::http::{Request, header};
use url::Url;

use crate::config::is_loopback;

/// The allowed hosts.
#[derive(Clone, Debug)]
pub struct Hosts {
    public: Url,
    /// Host and port as a client of the public URL spells them: most requests do.
    usual: String,
}

impl Hosts {
    /// Those of a public URL.
    pub fn new(public: Url) -> Self {
        let usual = public[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
        Self { public, usual }
    }

    /// Whether the request was meant for this server.
    pub fn allow<B>(&self, request: &Request<B>) -> bool {
        // An absolute form names a host too, and that is the one that counts (RFC 9112 §3.2.2).
        let named = request.uri().authority().is_none_or(|named| self.allow_host(named.as_str()));
        let mut hosts = request.headers().get_all(header::HOST).iter();
        match (hosts.next(), hosts.next()) {
            (Some(host), None) => named && host.to_str().is_ok_and(|host| self.allow_host(host)),
            _ => false,
        }
    }

    fn allow_host(&self, host: &str) -> bool {
        if host == self.usual {
            return true;
        }
        let Ok(authority) = host.parse::<Authority>() else { return false };
        let Some(asked) = self.url_of(&authority) else { return false };
        let same = asked.host() == self.public.host()
            && asked.port_or_known_default() == self.public.port_or_known_default();
        same || is_loopback(&asked)
    }

    /// The public URL, without a slash at the end.
    pub fn public_url(&self) -> &str {
        self.public.as_str().trim_end_matches('/')
    }

    /// Parsed by the same rules as the public URL, so that case and default ports compare equal.
    fn url_of(&self, authority: &Authority) -> Option<Url> {
        if authority.as_str().contains('@') {
            return None;
        }
        Url::parse(&format!("{}://{authority}/", self.public.scheme())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_host_and_loopback_pass_and_nothing_else() {
        let hosts = Hosts::new(Url::parse("https://pinfold.example").expect("a URL"));
        for fine in
            ["pinfold.example", "PINFOLD.example:443", "127.0.0.1:8080", "localhost", "[::1]:1"]
        {
            assert!(hosts.allow_host(fine), "{fine}");
        }
        for foreign in [
            "evil.example",
            "pinfold.example:8443",
            "pinfold.example.evil.example",
            "a@pinfold.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
            "10.0.0.1",
            "pinfold.example/",
        ] {
            assert!(!hosts.allow_host(foreign), "{foreign}");
        }
    }
}
