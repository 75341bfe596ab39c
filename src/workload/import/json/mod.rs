//! JSON objects of any layout: one a line, in a list, or among the lines of a log.

mod cells;
mod head;
mod paths;
mod read;
mod rows;
mod shape;

pub(super) use cells::JsonCells;
pub(super) use head::{contains, first_has, objects};
pub(super) use read::{Path, read_paths};
pub(super) use rows::{JsonRows, Strays};
pub(super) use shape::Shape;
