//! A refusal of X's.
#![no_main]

libfuzzer_sys::fuzz_target!(|reply: (u16, &[u8])| pinfold::inlets::reply(reply.0, reply.1));
