//! What runs on which meter: replayed requests and instances → usage, in exact integers.
//!
//! Time is weighed (memory, CPU) and rounded record by record as each meter says; the room knows no price.

mod meters;
mod prepaid;
mod tokens;

pub use meters::{Deployed, Meters, Reading};
pub use prepaid::Prepaid;
pub use tokens::{Band, TokenClass, TokenMeter, TokenReading, TokenRule};
