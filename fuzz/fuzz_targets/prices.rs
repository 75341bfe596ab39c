//! Price files, and price tables of others.
#![no_main]

#[path = "../../tests/fuzz/parsers.rs"]
#[allow(dead_code, reason = "each target uses some of it")]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parsers::prices(bytes);
    parsers::price_table(bytes);
});
