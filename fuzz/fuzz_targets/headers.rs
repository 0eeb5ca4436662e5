//! Headers, of a caller's and of X's.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| pinfold::inlets::headers(text));
