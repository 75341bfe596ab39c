//! The daily tables beside the Azure Functions counts of 2019: durations and memory by function.

use crate::diagnostic::Result;
use crate::workload::Trace;
use crate::workload::import::cell::{Refusal, Unit, nanoseconds, shown, whole};
use crate::workload::import::importer::Beside;
use crate::workload::import::made::Percentiles;
use crate::workload::import::row::{Bad, missing};
use crate::workload::import::sibling;
use crate::workload::import::table::{RowReader, column, columns, each_row};
use std::collections::HashMap;

/// What the day's table says of one function.
pub(super) struct Duration {
    /// Executions of the whole day.
    pub(super) count: u64,
    /// Milliseconds.
    pub(super) curve: Percentiles,
    /// Whether the mean is below the millisecond it is counted in.
    pub(super) zero_mean: bool,
}

/// One of the tables, by the columns that say whose row it is.
pub(super) struct Table<T> {
    /// Its path as messages show it.
    pub(super) shown: String,
    /// Which of [`KEYS`] it has.
    has: [bool; 3],
    rows: HashMap<String, T>,
    /// Rows of a function that has one already; the first counts.
    pub(super) repeated: u64,
}

/// The columns that name a function, as all three tables have them.
const KEYS: [&str; 3] = ["hash_owner", "hash_app", "hash_function"];

/// Percentiles of the durations.
const SHARES: [f64; 7] = [0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0];
const PERCENTILES: [&str; 7] = [
    "percentile_average_0",
    "percentile_average_1",
    "percentile_average_25",
    "percentile_average_50",
    "percentile_average_75",
    "percentile_average_99",
    "percentile_average_100",
];

impl<T> Table<T> {
    /// The row of the function that has these [`KEYS`].
    pub(super) fn of(&self, keys: [&[u8]; 3]) -> Option<&T> {
        self.rows.get(&key(keys, self.has))
    }
}

/// The names the table called `what` may have, next to counts at `path`.
fn names(path: &str, what: &str, published: &str) -> Vec<String> {
    let name = sibling::base_name(path);
    let replace = |from: &str, to: &str| name.contains(from).then(|| name.replacen(from, to, 1));
    let published = replace("invocations_per_function_md", published);
    published.into_iter().chain(replace("invocations", what)).collect()
}

/// The daily durations, if their table lies beside the counts at `path`.
///
/// # Errors
/// A table that cannot be read, and a row that is not what its columns hold.
pub(super) fn durations(beside: &dyn Beside, path: &str) -> Result<Option<Table<Duration>>> {
    let names = names(path, "durations", "function_durations_percentiles");
    let found = sibling::find(beside, path, &names);
    found.map(|(name, shown)| table(beside, &name, shown, true, duration)).transpose()
}

/// The memory a function or app was given, in MB, if its table lies beside the counts at `path`.
///
/// # Errors
/// A table that cannot be read, and a row that is not what its columns hold.
pub(super) fn memory(beside: &dyn Beside, path: &str) -> Result<Option<Table<f64>>> {
    let names = names(path, "memory", "app_memory_percentiles");
    let found = sibling::find(beside, path, &names);
    found.map(|(name, shown)| table(beside, &name, shown, false, megabytes)).transpose()
}

/// Reads a table whose rows `bind` knows how to read; `by_function` if a row is one function's.
fn table<T, R>(
    beside: &dyn Beside,
    name: &str,
    shown: String,
    by_function: bool,
    bind: impl Fn(&RowReader<'_>) -> Result<R>,
) -> Result<Table<T>>
where
    R: Fn(&RowReader<'_>) -> std::result::Result<T, Bad>,
{
    let mut reader = RowReader::open(sibling::open(beside, name, &shown)?)?;
    let keys = KEYS.map(|name| column(&reader, name));
    if keys[1].is_none() || (by_function && keys[2].is_none()) {
        let name = if by_function { KEYS[2] } else { KEYS[1] };
        return Err(missing(&reader, "azure-functions-2019", name));
    }
    let read = bind(&reader)?;
    let has = keys.map(|k| k.is_some());
    let mut table = Table { shown, has, rows: HashMap::new(), repeated: 0 };
    // Its rows are no requests: a bad one is an error, whatever is done with those of the counts.
    each_row(&mut reader, false, &mut Trace::default(), |row, _| {
        let value = read(row)?;
        let cells = keys.map(|k| k.map_or(&b""[..], |k| row.cell(k)));
        match table.rows.entry(key(cells, has)) {
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(value);
            }
            std::collections::hash_map::Entry::Occupied(_) => table.repeated += 1,
        }
        Ok(())
    })?;
    Ok(table)
}

/// The keys a table has, joined by what cannot be in a hash.
fn key(cells: [&[u8]; 3], has: [bool; 3]) -> String {
    let kept = cells.iter().zip(has).filter(|(_, has)| *has);
    kept.map(|(cell, _)| String::from_utf8_lossy(cell)).collect::<Vec<_>>().join(" ")
}

fn duration(
    reader: &RowReader<'_>,
) -> Result<impl Fn(&RowReader<'_>) -> std::result::Result<Duration, Bad> + use<>> {
    let [average, count] = columns(reader, "azure-functions-2019", ["average", "count"])?;
    let percentiles = columns(reader, "azure-functions-2019", PERCENTILES)?;
    Ok(move |row: &RowReader<'_>| {
        let mean = milliseconds(row, average)?;
        let mut points = Vec::with_capacity(SHARES.len());
        for (share, index) in SHARES.into_iter().zip(percentiles) {
            points.push((share, milliseconds(row, index)?));
        }
        let last = percentiles[percentiles.len() - 1];
        let curve = Percentiles::new(points, Some(mean))
            .ok_or_else(|| (last, Refusal::because("the percentiles of a row must ascend")))?;
        let count = whole(row.cell(count), "executions").map_err(|refusal| (count, refusal))?;
        Ok(Duration { count, curve, zero_mean: mean <= 0.0 })
    })
}

fn megabytes(
    reader: &RowReader<'_>,
) -> Result<impl Fn(&RowReader<'_>) -> std::result::Result<f64, Bad> + use<>> {
    let [average] = columns(reader, "azure-functions-2019", ["average_allocated_mb"])?;
    Ok(move |row: &RowReader<'_>| float(row, average, "MB"))
}

fn milliseconds(row: &RowReader<'_>, index: usize) -> std::result::Result<f64, Bad> {
    // Read as every time is, so that the same texts are refused.
    nanoseconds(row.cell(index), Unit::Milliseconds).map_err(|refusal| (index, refusal))?;
    float(row, index, "milliseconds")
}

fn float(row: &RowReader<'_>, index: usize, unit: &str) -> std::result::Result<f64, Bad> {
    let cell = row.cell(index);
    let value = std::str::from_utf8(cell).ok().and_then(|text| text.parse::<f64>().ok());
    value.filter(|v| v.is_finite() && *v >= 0.0).ok_or_else(|| {
        let message = format!("`{}` is not a number of {unit}", shown(cell));
        (index, Refusal::because(message).allowed("a number such as `12.5`"))
    })
}
