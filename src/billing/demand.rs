//! What a commitment could pay.

use super::segment::Span;
use crate::units::Money;

/// What a commitment could pay, slice by slice of the period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// The SKUs of the charges, in the order they are covered.
    pub skus: Vec<String>,
    /// In time order.
    pub slices: Vec<DemandSlice>,
}

/// A slice of the period: an hour, or a stretch in which usage is even.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandSlice {
    /// When.
    pub span: Span,
    /// What the commitment has to spend in it.
    pub budget: Money,
    /// What it could spend that on, in the order it would.
    pub needs: Vec<Need>,
}

/// Usage of one charge in a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Index of the charge in [`Demand::skus`].
    pub line: usize,
    /// What it costs at the commitment's price.
    pub committed: Money,
    /// What it costs on demand, negotiated rates included.
    pub usual: Money,
}
