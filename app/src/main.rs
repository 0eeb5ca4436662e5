//! Mounts the browser program.

fn main() {}
