//! The path of a call of the signing proxy.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| pinfold::inlets::path(text));
