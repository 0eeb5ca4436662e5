//! What `cargo xtask bench --only proxy` runs beside a proxy: `upstream`, `floor` and `callers`.
//!
//! Callers and upstream are a thread for each connection, and none of them sleeps between two messages:
//! nobody has to be woken, so that what a proxy costs is what it does (see [`message`]).

mod callers;
mod floor;
mod message;
mod upstream;

use std::io;
use std::net::SocketAddr;

const USAGE: &str = "pinfold-load upstream | floor <upstream> | callers <address> <NAME=VALUE>…";

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let address = |text: &str| text.parse::<SocketAddr>().map_err(io::Error::other);
    match words.as_slice() {
        ["upstream"] => upstream::run(),
        ["floor", upstream] => floor::run(address(upstream)?),
        ["callers", proxy, options @ ..] => callers::run(address(proxy)?, options),
        _ => Err(io::Error::other(USAGE)),
    }
}
