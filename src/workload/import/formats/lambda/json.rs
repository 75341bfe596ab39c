//! AWS Lambda logs in the JSON format, and what the Telemetry API sends: `platform.start`,
//! `platform.runtimeDone` and `platform.report` of each invocation, among other lines.
//!
//! A retry has the request id of the first try, so an invocation ends with its report and the next
//! start of the id is another one.

use super::figures::Figures;
use super::json_figures::{dropped, measured};
use crate::diagnostic::Result;
use crate::units::{SimDuration, SimTime, thousands};
use crate::workload::import::cell::{self, Refusal, TimestampReader, Unit, nanoseconds, whole};
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::input::TRACE;
use crate::workload::import::json::{JsonCells, JsonRows, Shape, Strays, contains};
use crate::workload::import::row::{
    Bad, Cells, Doubts, Rows, Step, Stop, Texts, each, finish, no_rows, note_left_out, note_rows,
};
use crate::workload::import::table::{RowReader, split_header};
use crate::workload::{Row, Status, Trace};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub(in super::super) const IMPORTER: Importer = Importer {
    name: "lambda-json",
    about: "AWS Lambda logs in JSON format (platform.start, platform.runtimeDone, platform.report)",
    detect: |head| {
        ["platform.start", "platform.runtimeDone", "platform.report"]
            .iter()
            .any(|event| contains(head.text, event))
            && contains(head.text, "requestId")
    },
    read,
};

const PATHS: [&str; 15] = [
    "time",
    "type",
    "record.requestId",
    "record.status",
    "record.metrics.durationMs",
    "record.metrics.producedBytes",
    "record.spans",
    "record.metrics.billedDurationMs",
    "record.metrics.memorySizeMB",
    "record.metrics.maxMemoryUsedMB",
    "record.metrics.initDurationMs",
    "record.metrics.restoreDurationMs",
    "record.metrics.billedRestoreDurationMs",
    "record.droppedRecords",
    "message|@message",
];
const TIME: usize = 0;
const TYPE: usize = 1;
const ID: usize = 2;
const STATUS: usize = 3;
const DURATION: usize = 4;
const BYTES: usize = 5;
const SPANS: usize = 6;
pub(super) const BILLED: usize = 7;
pub(super) const MEMORY: usize = 8;
pub(super) const MEMORY_USED: usize = 9;
pub(super) const INIT: usize = 10;
pub(super) const RESTORE: usize = 11;
pub(super) const BILLED_RESTORE: usize = 12;
pub(super) const DROPPED: usize = 13;
const MESSAGE: usize = 14;

fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let headers = split_header(&input.first_line());
    match headers.iter().position(|h| matches!(h.as_str(), "message" | "@message")) {
        // An export of log events as a table.
        Some(message) => {
            collect(RowReader::open(input)?, options.skip_bad_rows, |log, row, trace| {
                log.message(row, message, trace)
            })
        }
        None => {
            let cells = JsonCells::fixed(JsonRows::open(input, Strays::Count), PATHS);
            collect(cells, options.skip_bad_rows, |log, cells, trace| {
                if cells.cell(TYPE).is_empty() && cells.cell(MESSAGE).starts_with(b"{") {
                    return log.message(cells, MESSAGE, trace);
                }
                Ok(log.event(cells, trace)?)
            })
        }
    }
}

/// Puts the invocations together from the rows that `see` shows to the log.
fn collect<R: Rows>(
    mut rows: R,
    skip_bad_rows: bool,
    see: impl Fn(&mut Log, &R, &mut Trace) -> std::result::Result<bool, Stop>,
) -> Result<Trace> {
    let (mut log, mut trace) = (Log::default(), Trace::new(IMPORTER.name));
    let others =
        each(&mut rows, &mut trace, skip_bad_rows, |row, trace| see(&mut log, row, trace))?;
    log.end(&mut trace);
    if trace.is_empty() {
        return Err(no_rows(&rows, trace));
    }
    finish(&mut trace, &log.clock, Doubts::default());
    log.note(&mut trace);
    note_left_out(&mut trace, others, rows.stray_count());
    Ok(trace)
}

/// An invocation whose report has not come yet.
#[derive(Clone, Copy, Debug, Default)]
struct Invocation {
    start: Option<i64>,
    duration: Option<SimDuration>,
    time_to_first_byte: Option<SimDuration>,
    bytes: Option<u64>,
    status: Status,
}

#[derive(Default)]
struct Log {
    clock: TimestampReader,
    running: BTreeMap<String, Invocation>,
    figures: Figures,
    /// Invocations without a report.
    unreported: u64,
    /// Records that the log says it lost.
    dropped: Option<u64>,
}

#[derive(Deserialize)]
struct Span<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, rename = "durationMs")]
    duration_ms: Option<&'a RawValue>,
}

impl Log {
    /// An entry of a log export, whose message is the line that was logged.
    fn message(
        &mut self,
        outer: &impl Cells,
        index: usize,
        trace: &mut Trace,
    ) -> std::result::Result<bool, Stop> {
        let line = Box::new(outer.cell(index));
        let rows = JsonRows::over(line, &TRACE, Shape::Values(None), Strays::Count);
        let mut cells = JsonCells::fixed(rows, PATHS);
        let mut known = false;
        while let Ok(Step::Row) = cells.next() {
            known |= self.event(&cells, trace).map_err(|(_, refusal)| (index, refusal))?;
        }
        Ok(known)
    }

    /// One line of the log; says whether it is about an invocation.
    fn event(
        &mut self,
        cells: &JsonCells<'_>,
        trace: &mut Trace,
    ) -> std::result::Result<bool, Bad> {
        let kind = cells.text(TYPE);
        let id = cells.text(ID);
        match kind {
            "platform.start" | "platform.runtimeDone" | "platform.report" if id.is_empty() => {
                return Err((ID, Refusal::because(format!("`{kind}` names no request"))));
            }
            "platform.start" => {
                let start = Some(self.time(cells)?);
                let invocation = Invocation { start, ..Invocation::default() };
                if let Some(unreported) = self.running.insert(id.to_owned(), invocation) {
                    self.push_open(unreported, trace);
                }
            }
            "platform.runtimeDone" => {
                let at = self.time(cells)?;
                let mut invocation = self.running.get(id).copied().unwrap_or_default();
                invocation.done(cells, at)?;
                self.running.insert(id.to_owned(), invocation);
            }
            "platform.report" => {
                let at = self.time(cells)?;
                let mut invocation = self.running.get(id).copied().unwrap_or_default();
                invocation.done(cells, at)?;
                self.figures.add(&measured(cells)?);
                self.running.remove(id);
                trace.push(invocation.row()?);
            }
            "platform.logsDropped" => {
                let lost = dropped(cells)?;
                self.dropped = Some(self.dropped.unwrap_or_default().saturating_add(lost));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn time(&mut self, cells: &JsonCells<'_>) -> std::result::Result<i64, Bad> {
        let instant = self.clock.read(cells.cell(TIME)).map_err(|refusal| (TIME, refusal))?;
        Ok(instant.nanos)
    }

    /// Adds an invocation that has no report.
    fn push_open(&mut self, invocation: Invocation, trace: &mut Trace) {
        if let Ok(row) = invocation.row() {
            self.unreported += 1;
            trace.push(row);
        }
    }

    fn end(&mut self, trace: &mut Trace) {
        let mut left: Vec<_> = std::mem::take(&mut self.running).into_iter().collect();
        left.sort_by_key(|(_, invocation)| invocation.start);
        for (_, invocation) in left {
            self.push_open(invocation, trace);
        }
    }

    fn note(&self, trace: &mut Trace) {
        if let Some(dropped) = self.dropped {
            trace.notes.push(format!(
                "the log lost {} records (platform.logsDropped): requests may be missing, so any \
                 cost is a lower bound",
                thousands(dropped)
            ));
        }
        self.figures.note(trace);
        note_rows(trace, self.unreported, "without a report: what it would say is left open");
    }
}

impl Invocation {
    /// Takes what an event at the end of the invocation says; a later event wins.
    fn done(&mut self, cells: &JsonCells<'_>, at: i64) -> std::result::Result<(), Bad> {
        if let Some(duration) = milliseconds(cells, DURATION)? {
            self.duration = Some(duration);
        }
        self.start = self.start.or_else(|| {
            // A log without starts: the event comes at the end.
            self.duration.map(|duration| at.saturating_sub(duration.0))
        });
        let status = cells.cell(STATUS);
        if !status.is_empty() {
            self.status = cell::status(status).map_err(|refusal| (STATUS, refusal))?;
        }
        let bytes = cells.cell(BYTES);
        if !bytes.is_empty() {
            self.bytes = Some(whole(bytes, "bytes").map_err(|refusal| (BYTES, refusal))?);
        }
        let spans = cells.cell(SPANS);
        if spans.is_empty() {
            return Ok(());
        }
        let spans: Vec<Span<'_>> = serde_json::from_slice(spans)
            .map_err(|_| (SPANS, Refusal::because("`spans` is not a list of named spans")))?;
        let latency = spans.iter().find(|span| span.name == "responseLatency");
        if let Some(text) = latency.and_then(|span| span.duration_ms) {
            let read = nanoseconds(text.get().as_bytes(), Unit::Milliseconds);
            let (nanos, _) = read.map_err(|refusal| (SPANS, refusal))?;
            self.time_to_first_byte = Some(SimDuration(nanos));
        }
        Ok(())
    }

    fn row(self) -> std::result::Result<Row, Bad> {
        let Some(start) = self.start else {
            let message = "the invocation has no start and no duration";
            return Err((DURATION, Refusal::because(message)));
        };
        // A function that failed half way may have a span longer than its life.
        let first = self.time_to_first_byte;
        let first = first.filter(|first| self.duration.is_none_or(|whole| *first <= whole));
        Ok(Row {
            arrival: SimTime(start),
            duration: self.duration,
            time_to_first_token: first,
            response_bytes: self.bytes,
            status: self.status,
            ..Row::default()
        })
    }
}

/// A number of milliseconds, if there is one.
pub(super) fn milliseconds(
    cells: &JsonCells<'_>,
    index: usize,
) -> std::result::Result<Option<SimDuration>, Bad> {
    let text = cells.cell(index);
    if text.is_empty() {
        return Ok(None);
    }
    match nanoseconds(text, Unit::Milliseconds) {
        Ok((nanos, _)) => Ok(Some(SimDuration(nanos))),
        Err(refusal) => Err((index, refusal)),
    }
}
