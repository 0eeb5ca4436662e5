//! Where a request comes from: the address at the other end of the connection, or, when that is a
//! proxy that configuration trusts, the one that it names.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::HeaderMap;

use crate::config::Network;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Both ends of the way to here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Who is connected to this server.
    pub neighbour: IpAddr,
    /// Whose request it is, as far as that can be believed.
    pub client: IpAddr,
}

impl Peer {
    /// Of a request that came from `neighbour`. Each proxy adds to `X-Forwarded-For` from whom it has a
    /// request, at the end: what stands before an address that no trusted proxy wrote is anybody's word.
    pub fn of(proxies: &[Network], headers: &HeaderMap, neighbour: IpAddr) -> Self {
        let trusts = |address: IpAddr| proxies.iter().any(|proxy| proxy.holds(address));
        let mut client = neighbour;
        if trusts(neighbour) {
            let lists = headers.get_all(FORWARDED_FOR).iter().rev();
            let lists = lists.map(|list| list.to_str().unwrap_or_default());
            for text in lists.flat_map(|list| list.rsplit(',')) {
                let Some(address) = address(text.trim()) else { break };
                client = address;
                if !trusts(address) {
                    break;
                }
            }
        }
        Self { neighbour, client }
    }
}

/// Some proxies write a port behind it.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().map(|it| it.ip());
    text.parse::<IpAddr>().or_else(|_| with_port()).ok().map(|it| it.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_its_own_neighbour() {
        let proxies = ["10.0.0.0/8".parse().expect("a network")];
        let client = |neighbour: &str, lists: &[&str]| {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append(FORWARDED_FOR, list.parse().expect("a value"));
            }
            let neighbour = neighbour.parse().expect("an address");
            Peer::of(&proxies, &headers, neighbour).client.to_string()
        };
        assert_eq!(client("192.0.2.1", &["203.0.113.9"]), "192.0.2.1", "anybody may write one");
        assert_eq!(client("10.0.0.5", &[]), "10.0.0.5");
        assert_eq!(client("10.0.0.5", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("::ffff:10.0.0.5", &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(client("10.0.0.5", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(client("10.0.0.5", &["1.1.1.1, 203.0.113.9, 10.0.0.6"]), "203.0.113.9");
        assert_eq!(client("10.0.0.5", &["1.1.1.1", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("10.0.0.5", &["203.0.113.9, unknown"]), "10.0.0.5");
    }
}
