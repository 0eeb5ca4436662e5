//! The front end: files read once, compressed beforehand, cached for a year when their name holds
//! their hash.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use pinfold_api::paths;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::config::{AssetSource, ConfigError};

#[derive(RustEmbed)]
#[folder = "../dist"]
#[allow_missing = true]
struct BuiltIn;

pub(crate) const INDEX: &str = "index.html";
const NOT_BUILT: &str = "Pinfold runs, but it was built without its front end. \
                         Run `cargo xtask build`, or name a folder with --assets.\n";

/// The files, by name, and the policy that fits them.
pub struct Assets {
    files: HashMap<String, Bytes>,
    csp: HeaderValue,
    /// Whether a page was to be expected.
    expected: bool,
}

impl Assets {
    /// Reads all files of a source. A folder that is named must hold an `index.html`.
    pub fn load(source: &AssetSource, frame_ancestors: &[String]) -> Result<Self, ConfigError> {
        let files = read(source)?;
        let index = files.get(INDEX).map(|bytes| String::from_utf8_lossy(bytes));
        let csp = policy(index.as_deref().unwrap_or_default(), None, frame_ancestors);
        let csp = HeaderValue::try_from(csp).expect("hashes and checked origins fit into a header");
        Ok(Self { files, csp, expected: *source != AssetSource::None })
    }

    /// The Content-Security-Policy of every answer.
    pub fn csp(&self) -> &HeaderValue {
        &self.csp
    }

    /// Answers `GET /path`: a file of that name, or the page when `is_page`, or nothing.
    pub fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        is_page: bool,
    ) -> Option<Response> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return None;
        }
        let name = path.trim_start_matches('/');
        let compressed = matches!(name.rsplit('.').next(), Some("br" | "gz"));
        if !compressed && name != INDEX && self.files.contains_key(name) {
            return Some(self.file(name, headers));
        }
        if path == paths::PINFOLD_JSON && self.expected {
            return Some(beside());
        }
        if !is_page || !self.expected {
            return None;
        }
        if self.files.contains_key(INDEX) {
            return Some(self.file(INDEX, headers));
        }
        let mut response = Response::new(Body::from(NOT_BUILT));
        *response.status_mut() = StatusCode::NOT_FOUND;
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, text);
        Some(response)
    }

    fn file(&self, name: &str, headers: &HeaderMap) -> Response {
        let (encoding, bytes) = self.best_encoding(name, headers);
        let mut response = Response::new(Body::from(bytes));
        let head = response.headers_mut();
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
        head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        let cache =
            if holds_hash(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
        head.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        if name == paths::EMBED.trim_start_matches('/') {
            // A module is fetched by the rules of other origins, and the loader is no secret.
            head.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            let policy = HeaderName::from_static("cross-origin-resource-policy");
            head.insert(policy, HeaderValue::from_static("cross-origin"));
        }
        response
    }

    fn best_encoding(&self, name: &str, headers: &HeaderMap) -> (Option<&'static str>, Bytes) {
        for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
            if accepts(headers, encoding)
                && let Some(bytes) = self.files.get(&format!("{name}{suffix}"))
            {
                return (Some(encoding), bytes.clone());
            }
        }
        (None, self.files.get(name).cloned().unwrap_or_default())
    }
}

/// All files of a source by name, and beside each text its `.br` and `.gz`.
pub(crate) fn read(source: &AssetSource) -> Result<HashMap<String, Bytes>, ConfigError> {
    match source {
        AssetSource::BuiltIn => Ok(built_in()),
        AssetSource::None => Ok(HashMap::new()),
        AssetSource::Folder(folder) => read_folder(folder),
    }
}

/// The server is where the page is.
fn beside() -> Response {
    let mut response = Response::new(Body::from(r#"{"server":""}"#));
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn built_in() -> HashMap<String, Bytes> {
    BuiltIn::iter()
        .filter_map(|name| {
            let bytes = match BuiltIn::get(&name)?.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            Some((name.into_owned(), bytes))
        })
        .collect()
}

fn read_folder(folder: &Path) -> Result<HashMap<String, Bytes>, ConfigError> {
    let mut files = HashMap::new();
    let mut folders = vec![folder.to_path_buf()];
    let fail = |path: &Path, reason: &dyn std::fmt::Display| {
        ConfigError::new("--assets (PINFOLD_ASSETS)", format!("{}: {reason}", path.display()))
    };
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(&current).map_err(|error| fail(&current, &error))? {
            let entry = entry.map_err(|error| fail(&current, &error))?;
            // Somebody's settings, not a part of the front end.
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).map_err(|error| fail(&path, &error))?;
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
            files.insert(name.replace('\\', "/"), Bytes::from(bytes));
        }
    }
    if files.contains_key(INDEX) { Ok(files) } else { Err(fail(folder, &"holds no index.html")) }
}

/// `default-src 'none'`, and then only what the front end needs: its own files, its Wasm, its
/// inline scripts by their hash, and its server when that is on another origin.
pub(crate) fn policy(index: &str, server: Option<&str>, frame_ancestors: &[String]) -> String {
    let hashes: Vec<String> =
        inline_scripts(index).map(|script| format!(" 'sha256-{}'", hash(script))).collect();
    let hashes = hashes.concat();
    let ancestors =
        if frame_ancestors.is_empty() { "'none'".to_owned() } else { frame_ancestors.join(" ") };
    let server = server.map(|origin| format!(" {origin}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'{server}; form-action 'self'; \
         base-uri 'none'; frame-ancestors {ancestors}"
    )
}

fn hash(script: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(script.as_bytes()))
}

/// The text of each `<script>` without a `src`.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|after| {
        let (attributes, rest) = after.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=") && !script.is_empty()).then_some(script)
    })
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let header = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    header.unwrap_or_default().split(',').any(|offer| {
        let (name, quality) = offer.split_once(';').unwrap_or((offer, ""));
        let refused = matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

/// `app-1a2b3c4d5e6f7a8b.js`: at least 8 hexadecimal digits before the extension or `_bg`.
pub(crate) fn holds_hash(name: &str) -> bool {
    name.split(['-', '_', '.'])
        .any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_allowed_by_hash_and_others_are_not() {
        let html = r#"<script src="a.js"></script><script type="module">import x;</script>"#;
        assert_eq!(inline_scripts(html).collect::<Vec<_>>(), ["import x;"]);
        let csp = policy(html, None, &[]);
        assert!(csp.contains(&hash("import x;")) && csp.ends_with("frame-ancestors 'none'"));
        assert!(!csp.contains("unsafe-inline"));
    }

    #[test]
    fn frames_are_allowed_to_listed_origins_only() {
        let csp = policy("", None, &["https://a.example".into(), "https://b.example".into()]);
        assert!(csp.ends_with("frame-ancestors https://a.example https://b.example"));
    }

    #[test]
    fn only_names_with_a_hash_are_cached_for_long() {
        assert!(holds_hash("pinfold-app-1a2b3c4d5e6f7a8b_bg.wasm"));
        assert!(!holds_hash("index.html") && !holds_hash("pinfold.json"));
    }
}
