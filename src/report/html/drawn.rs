//! Amounts and components as charts draw them.

use crate::pricing::Component;
use crate::units::Money;
use rust_decimal::prelude::ToPrimitive;

/// A number as near as a screen can show.
pub(super) fn near(money: Money) -> f64 {
    money.0.to_f64().unwrap_or_default()
}

/// The colour of a part of the bill, the same in every chart.
pub(super) fn color(component: Component) -> usize {
    Component::ALL.iter().position(|c| *c == component).unwrap_or_default()
}
