//! What changed between two bills, for people, pull requests and machines.

mod json;
mod markdown;
mod table;
mod words;

pub use json::json;
pub(super) use json::schema;
pub use markdown::markdown;
pub(in crate::report) use markdown::{cell, markdown_lines};
pub use table::table;
pub(in crate::report) use words::{cause_rows, line_name};

use crate::diff::{Causes, Ledger, Lines};

/// Two bills, compared.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What the two are called.
    pub names: [String; 2],
    /// The first.
    pub before: Ledger,
    /// The second.
    pub after: Ledger,
    /// Why they differ, if both are scenarios.
    pub causes: Option<Causes>,
    /// Line by line.
    pub lines: Lines,
}
