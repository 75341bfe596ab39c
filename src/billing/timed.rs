//! A charge before it is decided what pays for it.

use super::charge::Charge;
use super::hours::Hours;

/// A charge, and when within its period the usage was.
pub(super) struct Timed {
    pub(super) charge: Charge,
    /// Without it the usage is even over the period of the charge.
    pub(super) hours: Option<Hours>,
}
