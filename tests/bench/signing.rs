//! Signatures per second on one core: complete `Authorization` headers, nonce and time included.
//!
//! Prints the number and nothing else; `cargo xtask bench` sets it beside those of signing.cjs and
//! signing.py, which sign the same request.

use std::hint::black_box;
use std::time::{Duration, Instant};

use pinfold::clock::Clock;
use pinfold::x::KeyPair;
use pinfold::x::sign::{Address, Leg, Moment, Request, Signer, authorization};
use reqwest::Method;
use secrecy::SecretString;

const TIME: Duration = Duration::from_secs(2);
const BATCH: u32 = 1000;

fn main() {
    let app = pair("xvz1evFS4wEEPTGEFPHBog", "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw");
    let token = pair(
        "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    );
    let url = "https://api.x.com/1.1/statuses/update.json".parse().expect("a URL");
    let address = Address::of(&url).expect("an address");
    let parameters = [("status", "Hello Ladies + Gentlemen!"), ("include_entities", "true")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let request =
        Request { method: &Method::POST, address, parameters: &parameters, leg: Leg::None };
    let (signer, clock) = (Signer::new(&app, Some(&token)), Clock::system());

    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < TIME {
        for _ in 0..BATCH {
            let header = authorization(&request, &signer, &Moment::now(&clock));
            black_box(header.expect("it signs"));
        }
        count += BATCH;
    }
    println!("{:.0}", f64::from(count) / start.elapsed().as_secs_f64());
}

fn pair(id: &str, secret: &str) -> KeyPair {
    KeyPair::new(id, SecretString::from(secret))
}
