//! Which addresses a message may go to: those that anybody on the internet could reach, and those
//! that configuration lists. A tenant must not use this server to knock at doors behind it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config::Network;

/// What may be reached.
#[derive(Clone, Debug, Default)]
pub struct Reach(Vec<Network>);

impl Reach {
    /// Public addresses, and these.
    pub fn new(listed: Vec<Network>) -> Self {
        Self(listed)
    }

    /// Whether an address may be asked; in the clear only a listed one.
    pub fn allows(&self, address: IpAddr, clear: bool) -> bool {
        let listed = self.0.iter().any(|network| network.holds(address));
        listed || (!clear && is_public(address))
    }

    /// Whether there is anything that may be asked in the clear.
    pub fn lists_any(&self) -> bool {
        !self.0.is_empty()
    }
}

/// Whether an address is one of the internet's: none of the special ones of RFC 6890 and its heirs.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)   // this network, private, loopback, multicast, reserved
            | (100, 64..=127, _)           // carriers' NAT
            | (169, 254, _)                // link-local, with clouds' metadata in it
            | (172, 16..=31, _)            // private
            | (192, 0, 0 | 2)              // protocol assignments, documentation
            | (192, 88, 99)                // 6to4 relays
            | (192, 168, _)                // private
            | (198, 18..=19, _)            // benchmarks
            | (198, 51, 100)               // documentation
            | (203, 0, 113)
    );
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    match segments {
        // An IPv4 address that is translated on the way (RFC 6052), or tunnelled to (RFC 3056).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            is_public_v4(embedded(high, low))
        }
        // Teredo, benchmarks, ORCHID, and the rest of the protocol assignments; documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast; everything else is special or not given out yet.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_internet_is_refused() {
        let reach = Reach::default();
        for inside in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254",
            "172.31.0.1",
            "192.168.1.1",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fd00::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!reach.allows(inside.parse().expect(inside), false), "{inside}");
        }
        for outside in ["1.1.1.1", "203.0.114.1", "2606:4700::1111", "64:ff9b::1.1.1.1"] {
            let address = outside.parse().expect(outside);
            assert!(reach.allows(address, false), "{outside}");
            assert!(!reach.allows(address, true), "{outside} in the clear");
        }
    }

    #[test]
    fn what_is_listed_may_be_asked() {
        let reach = Reach::new(vec!["10.0.0.0/8".parse().expect("a network")]);
        let address = "10.1.2.3".parse().expect("an address");
        assert!(reach.allows(address, false) && reach.allows(address, true));
        assert!(!reach.allows("192.168.0.1".parse().expect("an address"), false));
    }
}
