//! Which pages may ask for a change: our own, and the origins that configuration lists.
//!
//! Browsers send `Origin` with every unsafe method and `Sec-Fetch-Site` with every request; programs
//! that are no browsers send neither. A listed foreign origin must bring a bearer: a cookie is
//! never taken from it.

use axum::http::header::{HOST, HeaderMap, ORIGIN};
use url::Url;

use super::bearer;

/// The allowed origins.
#[derive(Clone, Debug)]
pub struct Origins {
    own: String,
    listed: Vec<String>,
}

impl Origins {
    /// The public URL's own, and those of configuration.
    pub fn new(public: &Url, listed: Vec<String>) -> Self {
        Self { own: public.origin().ascii_serialization(), listed }
    }

    /// The foreign ones.
    pub fn listed(&self) -> &[String] {
        &self.listed
    }

    /// Whether a request with these headers may change something.
    pub fn allow(&self, headers: &HeaderMap) -> bool {
        own_page(&self.own, headers) || (self.page(headers).is_some() && bearer(headers).is_some())
    }

    /// Whether a request comes from a page of ours, or from no page.
    pub fn own(&self, headers: &HeaderMap) -> bool {
        own_page(&self.own, headers)
    }

    /// The listed origin that a request comes from, as its page's browser says.
    pub fn page(&self, headers: &HeaderMap) -> Option<&str> {
        let origin = text(headers, ORIGIN.as_str())?;
        self.listed.iter().map(String::as_str).find(|listed| *listed == origin)
    }

    /// Whether a token that was made for one page may be used with these headers: by that page, by
    /// our own in its frame, and by what is no page.
    pub fn allow_bound(&self, headers: &HeaderMap, bound: &str) -> bool {
        match text(headers, ORIGIN.as_str()) {
            None => true,
            Some(origin) => {
                origin == bound || origin == self.own || is_loopback_self(origin, headers)
            }
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

fn own_page(own: &str, headers: &HeaderMap) -> bool {
    match text(headers, "sec-fetch-site") {
        None | Some("same-origin" | "none") => match text(headers, ORIGIN.as_str()) {
            None => true,
            Some(origin) => origin == own || is_loopback_self(origin, headers),
        },
        Some(_) => false,
    }
}

/// A page that was itself loaded from this server by a loopback address.
fn is_loopback_self(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let loopback = Url::parse(origin).is_ok_and(|url| crate::config::is_loopback(&url));
    loopback && host.is_some_and(|host| origin == format!("http://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(pairs: &[(&'static str, &str)]) -> bool {
        let public = Url::parse("https://pinfold.example").expect("a URL");
        let origins = Origins::new(&public, vec!["https://portal.example".into()]);
        let headers = pairs
            .iter()
            .map(|(name, value)| {
                let name = axum::http::HeaderName::from_static(name);
                (name, value.parse().expect("a header"))
            })
            .collect();
        origins.allow(&headers)
    }

    #[test]
    fn a_table_of_origins() {
        assert!(allow(&[]), "a program that is no browser");
        assert!(allow(&[("origin", "https://pinfold.example"), ("sec-fetch-site", "same-origin")]));
        assert!(allow(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(allow(&[("origin", "https://portal.example"), ("authorization", "Bearer t")]));
        assert!(!allow(&[("origin", "https://portal.example")]), "a cookie of a listed origin");
        assert!(!allow(&[("origin", "https://portal.example"), ("cookie", "pinfold=t")]));
        assert!(!allow(&[("origin", "https://portal.example"), ("authorization", "Basic t")]));
        assert!(!allow(&[("origin", "https://evil.example"), ("authorization", "Bearer t")]));
        assert!(!allow(&[("origin", "null")]));
        assert!(!allow(&[("sec-fetch-site", "cross-site")]));
        assert!(!allow(&[("sec-fetch-site", "same-site"), ("origin", "https://pinfold.example")]));
        assert!(!allow(&[("origin", "http://127.0.0.1:9999"), ("host", "127.0.0.1:8080")]));
        assert!(!allow(&[("origin", "http://evil.example"), ("host", "evil.example")]));
    }
}
