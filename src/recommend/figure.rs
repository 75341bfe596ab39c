//! Numbers behind a drawing of a proposal, for output that can draw.

use rust_decimal::Decimal;

/// What can be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Units kept warm in each of the 168 hours of the week, from Monday, midnight UTC.
    Week(Vec<u32>),
    /// What less of one thing costs in another.
    Frontier(Frontier),
}

/// Choices of one setting, each with two amounts of which less is better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier {
    /// What is chosen, such as `keep-alive`.
    pub of: &'static str,
    /// What lies along the axis, with its unit.
    pub along: &'static str,
    /// What lies up the axis, with its unit.
    pub up: &'static str,
    /// The choices.
    pub choices: Vec<Choice>,
}

/// One choice of a [`Frontier`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value that is set.
    pub name: String,
    /// Its amount along the axis.
    pub along: Decimal,
    /// Its amount up the axis.
    pub up: Decimal,
    /// The least amount up the axis that anything could reach with the same amount along it, if known.
    pub least: Option<Decimal>,
    /// Whether it is what the proposal sets.
    pub chosen: bool,
}
