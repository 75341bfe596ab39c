//! The `ssc` command.
fn main() {}
