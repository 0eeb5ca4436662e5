//! The session cookie: `HttpOnly; SameSite=Strict`, and over https `Secure` with the `__Host-`
//! prefix, so that no other site or subdomain can set it (RFC 6265bis §4.1.3.2).

use axum::http::HeaderValue;
use axum::http::header::{COOKIE, HeaderMap};

use super::Token;

/// How this server's cookie is called.
#[derive(Clone, Copy, Debug)]
pub struct Cookie {
    secure: bool,
}

impl Cookie {
    /// A secure one when the public URL is https.
    pub fn new(secure: bool) -> Self {
        Self { secure }
    }

    const fn name(self) -> &'static str {
        if self.secure { "__Host-pinfold" } else { "pinfold" }
    }

    /// Hands the token to the browser, for so many seconds.
    pub fn set(self, token: &Token, seconds: i64) -> HeaderValue {
        self.header(token.expose(), seconds)
    }

    /// Takes the token from the browser.
    pub fn clear(self) -> HeaderValue {
        self.header("", 0)
    }

    fn header(self, value: &str, max_age: i64) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!(
            "{}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}",
            self.name()
        );
        let mut header =
            HeaderValue::try_from(text).expect("a token is alphanumeric, so it fits into a header");
        header.set_sensitive(true);
        header
    }

    /// The token that the browser sent.
    pub fn read(self, headers: &HeaderMap) -> Option<&str> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, value)| *name == self.name() && !value.is_empty())
            .map(|(_, value)| value)
    }
}
