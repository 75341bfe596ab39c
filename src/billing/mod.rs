//! Usage × prices → charges: tiers, free quantities, credits, commitments and fees.
//!
//! The room knows no request, no instance and no instant but the bounds of the period, the days on which
//! prices change, and the hours that commitments are paid by. Every charge satisfies `list_cost = list_unit_price × pricing_quantity` exactly,
//! and the total is the sum of the charges.

mod allowance;
mod bill;
mod charge;
mod commitment;
mod cover;
mod credits;
mod demand;
mod draw;
mod fees;
mod group;
mod hours;
mod llm;
mod names;
mod period;
mod rates;
mod remarks;
mod segment;
mod service;
mod size;
mod split;
mod timed;
mod usage;

pub use bill::{bill, bill_at, demand};
pub use charge::{
    Category, Charge, CommitmentStatus, CommitmentUse, PriceEvidence, Statement, Unpriced,
};
pub use commitment::{Commitment, Kind, capacity_per_nanosecond};
pub use demand::{Demand, DemandSlice, Need};
pub use hours::Hours;
pub use period::Period;
pub use rates::{Days, Discount, PrivateModelPrice, PrivatePrice, Rates, Scope};
pub use segment::Span;
pub use size::base_units;
pub use usage::{Account, ServiceUsage, TokenUsage, UsageLine};
