//! Usage × prices → charges: tiers, free quantities, credits, commitments and fees.
//!
//! The room knows no instant and no instance. Every charge satisfies
//! `list_cost = list_unit_price × pricing_quantity` exactly, and the total is the sum of the charges.

mod bill;
mod charge;
mod credits;
mod llm;
mod service;
mod size;
mod split;

pub use bill::{Account, Period, ServiceUsage, TokenUsage, UsageLine, bill};
pub use charge::{Category, Charge, PriceEvidence, Statement, Unpriced};
pub use size::base_units;
