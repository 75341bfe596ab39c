//! What changed between two estimates, and why: line by line, and in causes that add up exactly.
//!
//! Lines are compared with what each charge says. Causes are found by estimating again: scenarios between
//! the two sides take over one kind of key after the other, and each step is what that kind costs.

mod causes;
mod ledger;
mod lines;
mod mix;
mod node;
mod result;

pub use crate::estimate::Side;
pub use causes::{Cause, Causes, Kind, Sides, causes};
pub use ledger::{Entry, Ledger, Missing};
pub use lines::{Amount, Effects, Line, Lines, lines};
pub use mix::Group;
