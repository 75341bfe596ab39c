//! Calls per function and minute, and the requests they become.

use super::days::Duration;
use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimDuration, SimTime};
use crate::workload::import::cell::whole;
use crate::workload::import::importer::ReadOptions;
use crate::workload::import::made::{MOST, instant_within};
use crate::workload::import::row::{Bad, missing};
use crate::workload::import::table::{RowReader, label, text};
use crate::workload::random::{Pcg64, purpose, stream};
use crate::workload::{Row, Trace};

const MINUTE: i64 = 60 * 1_000_000_000;

/// The number of a minute's column: `480` or `minute_480`.
pub(super) fn minute(header: &str) -> Option<u16> {
    let digits = header.strip_prefix("minute_").unwrap_or(header);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|n| plain && *n <= 1_440)
}

/// The calls of one function in one minute.
#[derive(Clone, Copy)]
struct Count {
    minute: u16,
    function: u32,
    calls: u32,
}

/// One row of the file.
pub(super) struct Function {
    label: Option<u16>,
    pub(super) calls: u64,
    /// Draws its instants and its durations; no function changes another's.
    instants: Pcg64,
    lengths: Pcg64,
    /// Index into the durations that were found.
    pub(super) duration: Option<usize>,
}

/// All that is read before the first request is made.
#[derive(Default)]
pub(super) struct Counts<'d> {
    counts: Vec<Count>,
    pub(super) functions: Vec<Function>,
    pub(super) durations: Vec<&'d Duration>,
    pub(super) total: u64,
    /// Calls times the memory they were given, and the calls, where it is known.
    pub(super) memory: (f64, u64),
    /// Whether some row's three hashes are not all the same text.
    pub(super) own_labels: bool,
}

/// Column and minute from the first one, by time.
pub(super) fn minutes(reader: &RowReader<'_>, format: &str) -> Result<Vec<(usize, u16)>> {
    let headers = reader.headers().iter().enumerate();
    let mut minutes: Vec<_> = headers.filter_map(|(i, h)| Some((i, minute(h)?))).collect();
    minutes.sort_by_key(|(_, minute)| *minute);
    if let Some(twice) = minutes.windows(2).find(|pair| pair[0].1 == pair[1].1) {
        return Err(Diagnostic::input(format!("two columns are minute {}", twice[0].1))
            .at(reader.place(Some(twice[1].0)), "the second")
            .hint("keep one of the two")
            .into());
    }
    let Some(&(_, first)) = minutes.first() else {
        return Err(missing(reader, format, "1"));
    };
    Ok(minutes.into_iter().map(|(i, minute)| (i, minute - first)).collect())
}

impl<'d> Counts<'d> {
    /// Takes the counts of one function and says how many calls they are.
    pub(super) fn row(
        &mut self,
        row: &RowReader<'_>,
        minutes: &[(usize, u16)],
        function: usize,
        trace: &mut Trace,
        duration: Option<&'d Duration>,
        options: &ReadOptions,
    ) -> std::result::Result<u64, Bad> {
        let (start, index) = (self.counts.len(), self.functions.len());
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        let mut calls = 0_u64;
        let mut read = || {
            for &(column, minute) in minutes {
                let n = whole(row.cell(column), "calls").map_err(|refusal| (column, refusal))?;
                calls = calls.saturating_add(n);
                // Counts past the limit are only added up.
                if n > 0 && self.total.saturating_add(calls) <= MOST {
                    let n = u32::try_from(n).unwrap_or(u32::MAX);
                    self.counts.push(Count { minute, function: number, calls: n });
                }
            }
            match calls {
                0 => Ok(None),
                _ => label(trace, text(row, function)?, function),
            }
        };
        let label = read().inspect_err(|_| self.counts.truncate(start))?;
        self.total = self.total.saturating_add(calls);
        // By its row, so that it is drawn the same alone and among others.
        let draws = |purpose| stream(options.seed, row.rows(), purpose);
        let position = duration.map(|_| self.durations.len());
        self.durations.extend(duration);
        self.functions.push(Function {
            label,
            calls,
            instants: draws(purpose::TRACE_ARRIVALS),
            lengths: draws(purpose::TRACE_REQUESTS),
            duration: position,
        });
        Ok(calls)
    }

    /// Makes the requests minute by minute, so that they come out in order.
    pub(super) fn expand(self, trace: &mut Trace) {
        let Self { mut counts, mut functions, durations, .. } = self;
        // Functions keep the order of the file within a minute.
        counts.sort_by_key(|count| count.minute);
        let mut arrivals: Vec<(i64, u32)> = Vec::new();
        for minute in counts.chunk_by(|a, b| a.minute == b.minute) {
            arrivals.clear();
            for count in minute {
                let Some(function) = functions.get_mut(index(count.function)) else { continue };
                let start = i64::from(count.minute) * MINUTE;
                let instants = (0..count.calls)
                    .map(|_| start + instant_within(MINUTE, &mut function.instants));
                arrivals.extend(instants.map(|at| (at, count.function)));
            }
            arrivals.sort_unstable();
            for &(at, number) in &arrivals {
                let Some(function) = functions.get_mut(index(number)) else { continue };
                let day = function.duration.and_then(|i| durations.get(i));
                let duration = day.map(|day| {
                    let milliseconds = day.curve.draw(&mut function.lengths);
                    SimDuration::from_secs_f64(milliseconds / 1e3)
                });
                let (arrival, workload) = (SimTime(at), function.label);
                trace.push(Row { arrival, duration, workload, ..Row::default() });
            }
        }
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
