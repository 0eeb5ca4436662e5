//! How often: sign-ins, Get PINs and PINs, each counted by address or session: in memory (`governor`),
//! or in the database where several Pinfolds work with one.

use std::fmt::Display;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use pinfold_api::Code;

use crate::clock::Clock;
use crate::problem::Refusal;
use crate::session::Caller;
use crate::store::Store;

/// The counters.
pub struct Limits {
    access_keys: Counter<IpAddr>,
    provider_asked: Counter<IpAddr>,
    starts_by_session: Counter<String>,
    starts_by_address: Counter<IpAddr>,
    pins_by_session: Counter<String>,
    pins_by_address: Counter<IpAddr>,
    /// Where others count too.
    shared: Option<(Store, Clock)>,
}

/// How often each of many came.
struct Counter<K: Clone + Eq + Hash> {
    name: &'static str,
    a_minute: u32,
    here: DefaultKeyedRateLimiter<K>,
}

impl<K: Clone + Eq + Hash + Display> Counter<K> {
    fn new(name: &'static str, a_minute: u32) -> Self {
        let times = NonZeroU32::new(a_minute).expect("a quota of zero lets nobody in");
        Self { name, a_minute, here: RateLimiter::keyed(Quota::per_minute(times)) }
    }

    async fn count(&self, shared: Option<&(Store, Clock)>, key: &K) -> Result<(), Refusal> {
        let wait = match shared {
            None => {
                let clock = DefaultClock::default();
                let counted = self.here.check_key(key);
                counted.err().map(|until| until.wait_time_from(clock.now()).as_secs() + 1)
            }
            Some((store, clock)) => {
                let name = format!("{} {key}", self.name);
                store.count_turn(&name, self.a_minute, clock.now()).await?
            }
        };
        wait.map_or(Ok(()), |wait| Err(Refusal::new(Code::TooManyRequests).retry_after(wait)))
    }
}

impl Limits {
    /// Nobody has come yet.
    pub fn new(store: &Store, clock: &Clock) -> Self {
        Self {
            access_keys: Counter::new("access_key", 20),
            provider_asked: Counter::new("provider", 120),
            starts_by_session: Counter::new("start", 30),
            starts_by_address: Counter::new("start", 60),
            pins_by_session: Counter::new("pin", 20),
            pins_by_address: Counter::new("pin", 60),
            shared: store.is_shared().then(|| (store.clone(), clock.clone())),
        }
    }

    /// One more access key. Links have 256 random bits, so nobody is slowed down who brings one.
    pub async fn access_key(&self, address: IpAddr) -> Result<(), Refusal> {
        self.access_keys.count(self.shared.as_ref(), &network(address)).await
    }

    /// One more question to the provider of OpenID Connect, by somebody who is not signed in.
    pub async fn provider(&self, address: IpAddr) -> Result<(), Refusal> {
        self.provider_asked.count(self.shared.as_ref(), &network(address)).await
    }

    /// One more Get PIN.
    pub async fn start(&self, caller: &Caller, address: IpAddr) -> Result<(), Refusal> {
        let shared = self.shared.as_ref();
        self.starts_by_session.count(shared, &session_of(caller)).await?;
        self.starts_by_address.count(shared, &network(address)).await
    }

    /// One more PIN.
    pub async fn pin(&self, caller: &Caller, address: IpAddr) -> Result<(), Refusal> {
        let shared = self.shared.as_ref();
        self.pins_by_session.count(shared, &session_of(caller)).await?;
        self.pins_by_address.count(shared, &network(address)).await
    }

    /// Forgets who was quiet for long enough.
    pub fn forget_the_quiet(&self) {
        self.access_keys.here.retain_recent();
        self.provider_asked.here.retain_recent();
        self.starts_by_session.here.retain_recent();
        self.starts_by_address.here.retain_recent();
        self.pins_by_session.here.retain_recent();
        self.pins_by_address.here.retain_recent();
    }
}

/// Whoever brings an access key has the same session id, in every workspace.
fn session_of(caller: &Caller) -> String {
    format!("{} {}", caller.workspace, caller.session_id)
}

/// Who has one address of an IPv6 /64 has them all.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::from((address.to_bits() >> 64 << 64).to_be_bytes()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_guesser_is_stopped_and_others_are_not() {
        let (_folder, store) = Store::for_tests().await;
        let limits = Limits::new(&store, &Clock::fixed(1_763_000_000_000));
        let guesser = IpAddr::from([192, 0, 2, 1]);
        let mut refused = 0;
        for _ in 0..40 {
            refused += u32::from(limits.access_key(guesser).await.is_err());
        }
        assert!(refused >= 15, "{refused}");
        assert!(limits.access_key(IpAddr::from([192, 0, 2, 2])).await.is_ok());
    }
}
