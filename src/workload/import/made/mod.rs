//! What a format leaves open: requests made from counts, rates and samples, and arrivals between ticks.

mod limits;
mod percentiles;
mod renewal;
mod spread;
mod weights;

pub(super) use limits::{MOST, instant_within, no_such_workload, too_many};
pub(super) use percentiles::Percentiles;
pub(super) use renewal::Gaps;
pub(super) use spread::spread_ticks;
pub(super) use weights::expand;
