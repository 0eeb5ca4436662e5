//! A query or a form.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| pinfold::inlets::query(text));
