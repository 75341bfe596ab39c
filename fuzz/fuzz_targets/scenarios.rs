//! Scenarios, negotiated rates, and numbers with units.
#![no_main]

#[path = "../../tests/fuzz/parsers.rs"]
#[allow(dead_code, reason = "each target uses some of it")]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parsers::scenario(bytes);
    parsers::rates(bytes);
    parsers::quantities(bytes);
});
