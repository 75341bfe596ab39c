//! How a meter rounds time.

use crate::pricing::Meter;
use crate::units::SimDuration;

/// The time of one record as it is billed.
pub(super) fn rounded(meter: &Meter, time: SimDuration) -> SimDuration {
    time.max(meter.minimum).round_up(meter.round_up)
}
