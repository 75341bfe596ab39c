//! What is bought in advance, busy or not: so much money an hour, or so many units at once.

use crate::units::{Dimension, UnitPrice};
use rust_decimal::Decimal;

/// Something bought in advance.
#[derive(Clone, Debug, PartialEq)]
pub struct Commitment {
    /// What people read.
    pub name: String,
    /// What is bought.
    pub kind: Kind,
    /// The SKUs it covers, the first one first.
    pub skus: Vec<String>,
    /// Where; empty means everywhere.
    pub regions: Vec<String>,
    /// Where it is written.
    pub source: String,
}

/// What is bought.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Money to spend each hour on usage at `percent` off its list price.
    Spend {
        /// US dollars an hour.
        per_hour: UnitPrice,
        /// Off the list price.
        percent: Decimal,
    },
    /// Units of a SKU that are paid all the time.
    Capacity {
        /// How many run at once.
        units: u32,
        /// Of one pricing unit of the SKU.
        unit_price: UnitPrice,
    },
}

/// Base units that one unit of capacity uses in a nanosecond; `None` for what time does not count.
#[must_use]
pub fn capacity_per_nanosecond(dimension: Dimension) -> Option<i128> {
    match dimension {
        Dimension::Time => Some(1),
        Dimension::MemoryTime => Some(1_024),
        Dimension::CpuTime => Some(1_000),
        _ => None,
    }
}
