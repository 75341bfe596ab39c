//! Traces that an importer is told to read; the first byte says which.
#![no_main]

#[path = "../../tests/fuzz/parsers.rs"]
#[allow(dead_code, reason = "each target uses some of it")]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parsers::trace_of_a_format(bytes);
});
