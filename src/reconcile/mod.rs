//! An estimate against a real bill: what differs, and what explains it.
//!
//! A bill is read row by row and added up per SKU and region, exactly. Each difference is then split
//! into parts that add up to it to the last digit.

mod bill;
mod compare;
mod format;
mod map;
mod matching;
mod number;

pub use bill::{Bill, BillRow, RowKind};
pub use compare::{Comparison, Line, Outside, Parts, Period, Reconciliation, Side};
pub use format::{BILL_FORMATS, BillFormat};
pub use map::Map;
