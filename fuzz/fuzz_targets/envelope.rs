//! A sealed secret of the store.
#![no_main]

libfuzzer_sys::fuzz_target!(|sealed: &[u8]| pinfold::inlets::envelope(sealed));
