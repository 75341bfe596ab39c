//! Money, quantities and time: the types every other room counts with.
//!
//! - **Time** is an integer number of nanoseconds ([`SimTime`], [`SimDuration`]).
//! - **Usage** is an integer number of base units of a [`Dimension`] ([`Usage`]), so sums are exact in
//!   any order and partial results merge.
//! - **Money and prices** are exact decimals ([`Money`], [`UnitPrice`]) read from text.
//!
//! The one rounding between usage and money has a name, [`quantity::QUANTITY_ROUNDING`], and happens
//! once per charge, on the pricing quantity.

mod bins;
mod grouped;
mod histogram;
mod money;
pub mod parse;
pub mod quantity;
mod time;
pub mod written;

pub use bins::Bins;
pub use grouped::{grouped, thousands};
pub use histogram::Histogram;
pub use money::{Money, UnitPrice};
pub use quantity::{Dimension, PricingQuantity, PricingUnit, Usage, mul_div};
pub(crate) use time::nearest;
pub use time::{SimDuration, SimTime};
