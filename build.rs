//! The price book is embedded: a price file that comes or goes means building again.

fn main() {
    println!("cargo::rerun-if-changed=pricing");
}
