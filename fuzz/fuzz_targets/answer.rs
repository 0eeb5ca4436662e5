//! An answer of X's, head and body.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| pinfold::inlets::answer(text));
