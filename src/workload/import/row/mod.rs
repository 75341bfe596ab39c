//! Rows of any kind of file: which column holds which field, what a row says, and the trace of all rows.

mod cells;
mod draft;
mod field;
mod finish;
mod layout;
mod reading;

pub(crate) use cells::Step;
pub(super) use cells::{Cells, Rows, Texts};
pub(super) use draft::{Bad, Draft, Drafter, TOLERANCE};
pub(super) use field::{Field, snake};
pub(super) use finish::{
    Doubts, counted, finish, label, note_rows, rows, sort, tally, too_many_labels,
};
pub(super) use layout::{Binding, Known, Layout, missing};
pub(super) use reading::{Reading, Stop, assemble, each, no_rows, note_left_out};
