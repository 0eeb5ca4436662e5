//! People behind an authenticating proxy: it says in a header who they are, and is believed if the
//! request comes from its address. Off unless configuration names both.

use std::net::IpAddr;

use axum::http::header::HeaderMap;

use crate::config::{Identity, Trusted};

/// Bytes of a name: it goes into the audit log.
const LONGEST: usize = 200;

impl Trusted {
    /// Who a request is vouched to come from; from any other address the header is not looked at.
    pub(super) fn identity(
        &self,
        headers: &HeaderMap,
        address: Option<IpAddr>,
    ) -> Option<Identity> {
        let address = address?;
        if !self.proxies.iter().any(|proxy| proxy.holds(address)) {
            return None;
        }
        // Two of them would be the proxy's and a caller's own, and nobody knows which is which.
        let mut values = headers.get_all(&self.header).iter();
        let (value, None) = (values.next()?, values.next()) else { return None };
        let user = value.to_str().ok()?.trim();
        if user.is_empty() || user.len() > LONGEST {
            return None;
        }
        let email = user.contains('@').then(|| user.to_owned());
        Some(Identity { user: user.to_owned(), email, groups: Vec::new() })
    }
}
