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
        header(self.name(), value, max_age, "Strict", self.secure)
    }

    /// Has the browser keep, for so many seconds, what it needs when a provider sends it back: that
    /// is another site's navigation, so `Lax`.
    pub fn set_flow(self, value: &str, seconds: i64) -> HeaderValue {
        header(self.flow_name(), value, seconds, "Lax", self.secure)
    }

    const fn flow_name(self) -> &'static str {
        if self.secure { "__Host-pinfold-oidc" } else { "pinfold-oidc" }
    }

    /// What [`set_flow`](Self::set_flow) gave.
    pub fn read_flow(self, headers: &HeaderMap) -> Option<&str> {
        find(headers, self.flow_name())
    }

    /// The token that the browser sent.
    pub fn read(self, headers: &HeaderMap) -> Option<&str> {
        find(headers, self.name())
    }
}

fn header(name: &str, value: &str, max_age: i64, same_site: &str, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!(
        "{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite={same_site}{secure}"
    );
    let mut header =
        HeaderValue::try_from(text).expect("letters, digits, - and _ fit into a header");
    header.set_sensitive(true);
    header
}

fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(own, value)| *own == name && !value.is_empty())
        .map(|(_, value)| value)
}
