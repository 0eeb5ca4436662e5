//! What makes a setting usable.

use std::net::SocketAddr;

use axum::http::HeaderName;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::{ConfigError, Network, OidcConfig, OidcTable, People, Trusted};
use crate::x::KeyPair;

pub(super) fn default_x_api_url() -> Url {
    Url::parse("https://api.x.com").expect("a constant that parses")
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse().map_err(|_| {
        ConfigError::new(
            "--listen (PINFOLD_LISTEN)",
            format!("{text:?} is not an address with a port, such as 127.0.0.1:8080"),
        )
    })
}

pub(super) fn public_url(text: &str) -> Result<Url, ConfigError> {
    origin_url("--public-url (PINFOLD_PUBLIC_URL)", text)
}

/// A page there calls the server from another origin, mostly, so that one has to be allowed.
pub(super) fn pages_url(
    text: &str,
    public_url: Option<&Url>,
    origins: &[String],
) -> Result<Url, ConfigError> {
    const FIELD: &str = "--pages-url (PINFOLD_PAGES_URL)";
    let url = Url::parse(text).ok().filter(|url| {
        let plain = url.query().is_none() && url.fragment().is_none();
        let nobodys = url.username().is_empty() && url.password().is_none();
        matches!(url.scheme(), "http" | "https") && url.has_host() && plain && nobodys
    });
    let url = url.ok_or_else(|| {
        ConfigError::new(
            FIELD,
            format!("{text:?} is no address such as https://www.example/pinfold"),
        )
    })?;
    let origin = url.origin().ascii_serialization();
    let own = public_url.is_some_and(|own| own.origin() == url.origin());
    if own || origins.contains(&origin) {
        return Ok(url);
    }
    Err(ConfigError::new(
        FIELD,
        format!("its origin may not call here; add --allow-origin {origin}"),
    ))
}

pub(super) fn server(text: &str) -> Result<Url, ConfigError> {
    const FIELD: &str = "--server";
    let url = origin_url(FIELD, text)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(ConfigError::new(FIELD, "must be https; http is for loopback addresses only"));
    }
    Ok(url)
}

pub(super) fn x_api_url(text: &str) -> Result<Url, ConfigError> {
    const FIELD: &str = "--x-api-url (PINFOLD_X_API_URL)";
    let url = origin_url(FIELD, text)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(ConfigError::new(FIELD, "must be https; http is for loopback addresses only"));
    }
    Ok(url)
}

/// It may hold a password, so it is never repeated.
pub(super) fn database_url(url: SecretString) -> Result<SecretString, ConfigError> {
    let parsed = Url::parse(url.expose_secret()).ok();
    if parsed.is_some_and(|url| matches!(url.scheme(), "postgres" | "postgresql")) {
        return Ok(url);
    }
    Err(ConfigError::new(
        "--database-url (PINFOLD_DATABASE_URL)",
        "must be a URL, such as postgres://user:password@host/database",
    ))
}

/// `Origin` is compared letter by letter, so what is given must be exactly one.
pub(super) fn origins(given: &[String]) -> Result<Vec<String>, ConfigError> {
    const FIELD: &str = "--allow-origin (PINFOLD_ALLOW_ORIGINS)";
    given
        .iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .map(|text| Ok(origin_url(FIELD, text)?.origin().ascii_serialization()))
        .collect()
}

/// Addresses and networks.
pub(super) fn networks(field: &str, given: &[String]) -> Result<Vec<Network>, ConfigError> {
    let texts = given.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    texts
        .map(|text| {
            text.parse().map_err(|()| {
                let reason = "is no address or network, such as 10.0.0.5 or 10.0.0.0/8";
                ConfigError::new(field, format!("{text:?} {reason}"))
            })
        })
        .collect()
}

const PROXY: &str = "--trusted-proxy (PINFOLD_TRUSTED_PROXY)";

/// Proxies in front.
pub(super) fn proxies(given: &[String]) -> Result<Vec<Network>, ConfigError> {
    networks(PROXY, given)
}

/// Header and people of an authenticating proxy: both, or none.
pub(super) fn trusted(
    header: Option<&str>,
    proxies: &[Network],
    people: &People,
) -> Result<Option<Trusted>, ConfigError> {
    const HEADER: &str = "--trusted-header (PINFOLD_TRUSTED_HEADER)";
    let Some(header) = header.map(str::trim) else { return Ok(None) };
    // What means something else already cannot say who somebody is.
    let taken = ["authorization", "cookie", "host", "origin", "content-type", "content-length"];
    let name = header.parse::<HeaderName>().ok();
    let name = name.filter(|name| !taken.contains(&name.as_str()));
    let name = name.ok_or_else(|| {
        ConfigError::new(HEADER, format!("{header:?} is no name of a header of its own"))
    })?;
    if proxies.is_empty() {
        return Err(ConfigError::new(
            PROXY,
            "missing; name the addresses to believe the header of",
        ));
    }
    if people.is_empty() {
        return Err(ConfigError::new("people", "missing; nobody could come in by the header"));
    }
    Ok(Some(Trusted { header: name, proxies: proxies.to_vec() }))
}

/// A provider, and those that may come in by its word.
pub(super) fn oidc(
    table: Option<OidcTable>,
    people: &People,
) -> Result<Option<OidcConfig>, ConfigError> {
    if table.is_some() && people.is_empty() {
        return Err(ConfigError::new("people", "missing; nobody could come in by the provider"));
    }
    table.map(OidcTable::check).transpose()
}

/// `--noted`: the hash of an audit entry.
pub(super) fn noted(text: &str) -> Result<Vec<u8>, ConfigError> {
    let hash = crate::audit::unhex(text.trim()).filter(|hash| hash.len() == 32);
    let reason = "must be 64 hexadecimal digits, as `pinfold audit verify` prints them";
    hash.ok_or_else(|| ConfigError::new("--noted", reason))
}

pub(super) fn app_name(text: &str) -> Result<String, ConfigError> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 50 || name.chars().any(char::is_control) {
        return Err(ConfigError::new(
            "--app-name (PINFOLD_APP_NAME)",
            "must be 1 to 50 characters on one line",
        ));
    }
    Ok(name.to_owned())
}

pub(crate) fn access_key(key: SecretString) -> Result<SecretString, ConfigError> {
    let text = key.expose_secret();
    if text.len() < 12 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ConfigError::new(
            "--access-key-file (PINFOLD_ACCESS_KEY)",
            "must be at least 12 printable ASCII characters without spaces, and better 40",
        ));
    }
    if text.len() < 20 {
        tracing::warn!("the access key is short: make one with `openssl rand -base64 33`");
    }
    Ok(key)
}

pub(super) fn registered_app(key: &str, secret: SecretString) -> Result<KeyPair, ConfigError> {
    let fits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits(key) {
        return Err(ConfigError::new(
            "--consumer-key (PINFOLD_CONSUMER_KEY)",
            "must be printable ASCII without spaces",
        ));
    }
    if !fits(secret.expose_secret()) {
        return Err(ConfigError::new(
            "--consumer-secret-file (PINFOLD_CONSUMER_SECRET)",
            "must be printable ASCII without spaces",
        ));
    }
    Ok(KeyPair::new(key, secret))
}

/// Scheme, host and port, and nothing else.
fn origin_url(field: &str, text: &str) -> Result<Url, ConfigError> {
    let refuse = |reason: &str| Err(ConfigError::new(field, format!("{text:?} {reason}")));
    let Ok(url) = Url::parse(text) else {
        return refuse("is not a URL, such as https://pinfold.example");
    };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return refuse("must begin with https:// or http:// and a host");
    }
    // In a Content-Security-Policy a star stands for any number of hosts.
    if url.host_str().is_some_and(|host| host.contains('*')) {
        return refuse("must name one host, without *");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ConfigError::new(field, "must not hold a user name or password"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return refuse("must end after the host and port");
    }
    Ok(url)
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_to_x_is_for_loopback_only() {
        for fine in
            ["https://api.x.com", "http://127.0.0.1:9090", "http://[::1]:1", "http://localhost:1/"]
        {
            assert!(x_api_url(fine).is_ok(), "{fine}");
        }
        for bad in [
            "http://api.x.com",
            "https://api.x.com/2",
            "ftp://api.x.com",
            "api.x.com",
            "https://u:p@api.x.com",
            "https://api.x.com/?a",
        ] {
            let error = x_api_url(bad).expect_err(bad).to_string();
            assert!(error.starts_with("--x-api-url"), "{error}");
        }
    }

    #[test]
    fn a_database_is_one_of_postgresql() {
        assert!(database_url("postgres://u:p@h:5432/d?sslmode=require".into()).is_ok());
        for bad in ["mysql://u:canary@h/d", "canary", "sqlite://canary"] {
            let error = database_url(bad.into()).expect_err(bad).to_string();
            assert!(error.starts_with("--database-url") && !error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn origins_are_kept_as_browsers_send_them() {
        let given = ["https://Portal.Example:443/".to_owned(), "http://localhost:5173".to_owned()];
        let kept = origins(&given).expect("reads");
        assert_eq!(kept, ["https://portal.example", "http://localhost:5173"]);
        assert!(origins(&["*".to_owned()]).is_err());
    }
}
