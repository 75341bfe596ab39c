//! The figures in the fields of JSON log events.

use super::figures::Measured;
use super::json::{
    BILLED, BILLED_RESTORE, DROPPED, INIT, MEMORY, MEMORY_USED, RESTORE, milliseconds,
};
use crate::workload::import::cell::whole;
use crate::workload::import::json::JsonCells;
use crate::workload::import::row::{Bad, Texts};

/// What a report says.
///
/// # Errors
/// When a figure is no number.
pub(super) fn measured(cells: &JsonCells<'_>) -> Result<Measured, Bad> {
    let number = |index: usize| match cells.cell(index) {
        [] => Ok(None),
        text => whole(text, "megabytes").map(Some).map_err(|refusal| (index, refusal)),
    };
    Ok(Measured {
        memory_mb: number(MEMORY)?,
        used_mb: number(MEMORY_USED)?,
        billed: milliseconds(cells, BILLED)?,
        billed_restore: milliseconds(cells, BILLED_RESTORE)?,
        init: milliseconds(cells, INIT)?,
        restore: milliseconds(cells, RESTORE)?,
    })
}

/// How many log records a message says were lost.
///
/// # Errors
/// When it does not say how many.
pub(super) fn dropped(cells: &JsonCells<'_>) -> Result<u64, Bad> {
    match cells.cell(DROPPED) {
        [] => Ok(0),
        text => whole(text, "log records").map_err(|refusal| (DROPPED, refusal)),
    }
}
