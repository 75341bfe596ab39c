//! Vercel log drains: several entries of one request share its id.
//!
//! The proxy's timestamp is when the request came in. There is no duration but in the message of a
//! function, as a REPORT line; other entries have none.

use crate::diagnostic::Result;
use crate::units::{SimDuration, SimTime, thousands};
use crate::workload::import::cell::{Refusal, TimestampReader, Unit, duration_with_unit, whole};
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::json::{JsonCells, JsonRows, Strays, contains, objects};
use crate::workload::import::row::{
    Bad, Cells, Doubts, Rows, Texts, each, finish, no_rows, note_left_out, note_rows,
    too_many_labels,
};
use crate::workload::{Row, Status, Trace};
use std::collections::HashMap;

pub(super) const IMPORTER: Importer = Importer {
    name: "vercel",
    about: "Vercel log drains (entries with requestId, source and proxy)",
    detect: |head| {
        contains(head.text, "deploymentId")
            && objects(head).iter().any(|o| {
                ["deploymentId", "source", "requestId", "timestamp"]
                    .iter()
                    .all(|field| o.contains_key(*field))
            })
    },
    read,
};

const PATHS: [&str; 9] = [
    "requestId",
    "source",
    "timestamp",
    "proxy.timestamp",
    "message",
    "statusCode|proxy.statusCode",
    "proxy.responseByteSize",
    "projectName",
    "type",
];
const ID: usize = 0;
const SOURCE: usize = 1;
const LOGGED: usize = 2;
const START: usize = 3;
const MESSAGE: usize = 4;
const STATUS: usize = 5;
const BYTES: usize = 6;
const PROJECT: usize = 7;
const TYPE: usize = 8;

fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let mut cells = JsonCells::fixed(JsonRows::open(input, Strays::Count), PATHS);
    let mut drain = Drain::default();
    let mut trace = Trace::new(IMPORTER.name);
    let others = each(&mut cells, &mut trace, options.skip_bad_rows, |cells, trace| {
        // Static files, redirects and builds run no function.
        let runs = matches!(cells.text(SOURCE), "lambda" | "edge");
        if !runs || cells.cell(ID).is_empty() {
            return Ok(false);
        }
        drain.entry(cells, trace)?;
        Ok(true)
    })?;
    drain.end(&mut trace);
    if trace.is_empty() {
        return Err(no_rows(&cells, trace));
    }
    finish(&mut trace, &TimestampReader::default(), Doubts::default());
    drain.note(&mut trace);
    note_left_out(&mut trace, others, cells.stray_count());
    Ok(trace)
}

/// What the entries of one request say together.
#[derive(Clone, Copy, Debug)]
struct Request {
    /// When the proxy got it.
    start: Option<i64>,
    /// When the first of its entries was logged.
    logged: i64,
    duration: Option<SimDuration>,
    bytes: Option<u64>,
    status: Status,
    project: Option<u16>,
}

#[derive(Default)]
struct Drain {
    requests: Vec<Request>,
    by_id: HashMap<String, usize>,
    entries: u64,
    without_duration: u64,
    without_start: u64,
}

impl Drain {
    fn entry(&mut self, cells: &JsonCells<'_>, trace: &mut Trace) -> std::result::Result<(), Bad> {
        let time = |index: usize| match cells.cell(index) {
            [] => Ok(None),
            text => {
                let read = TimestampReader::new(Some(Unit::Milliseconds)).read(text);
                read.map(|instant| Some(instant.nanos)).map_err(|refusal| (index, refusal))
            }
        };
        let (start, logged) = (time(START)?, time(LOGGED)?);
        let Some(logged) = logged.or(start) else {
            return Err((LOGGED, Refusal::because("the entry has no timestamp")));
        };
        let duration = reported(cells.text(MESSAGE)).map_err(|refusal| (MESSAGE, refusal))?;
        let bytes = match cells.cell(BYTES) {
            [] => None,
            text => Some(whole(text, "bytes").map_err(|refusal| (BYTES, refusal))?),
        };
        let failed = cells.text(TYPE) == "fatal" || failed(cells.text(STATUS));
        let project = match cells.text(PROJECT) {
            "" => None,
            name => Some(trace.intern_workload(name).ok_or_else(|| (PROJECT, too_many_labels()))?),
        };
        self.entries += 1;
        let blank = Request {
            start,
            logged,
            duration: None,
            bytes: None,
            status: Status::Completed,
            project: None,
        };
        let at = *self.by_id.entry(cells.text(ID).to_owned()).or_insert(self.requests.len());
        if at == self.requests.len() {
            self.requests.push(blank);
        }
        let Some(request) = self.requests.get_mut(at) else { return Ok(()) };
        request.start = request.start.into_iter().chain(start).min();
        request.logged = request.logged.min(logged);
        request.duration = request.duration.max(duration);
        request.bytes = request.bytes.max(bytes);
        request.project = request.project.or(project);
        if failed {
            request.status = Status::Failed;
        }
        Ok(())
    }

    fn end(&mut self, trace: &mut Trace) {
        for request in &self.requests {
            self.without_duration += u64::from(request.duration.is_none());
            self.without_start += u64::from(request.start.is_none());
            trace.push(Row {
                arrival: SimTime(request.start.unwrap_or(request.logged)),
                duration: request.duration,
                response_bytes: request.bytes,
                status: request.status,
                workload: request.project,
                ..Row::default()
            });
        }
    }

    fn note(&self, trace: &mut Trace) {
        let requests = trace.len() as u64;
        if self.entries > requests {
            trace.notes.push(format!(
                "{} entries tell of {} requests: entries of one id are one request",
                thousands(self.entries),
                thousands(requests)
            ));
        }
        for (count, what) in [
            (self.without_duration, "without a REPORT line: their duration is left open"),
            (self.without_start, "without a proxy timestamp: they arrive when first logged"),
        ] {
            note_rows(trace, count, what);
        }
        trace.notes.push(
            "a drain may be sampled by rule and does not say so: check its sampling rate".into(),
        );
    }
}

/// The duration of the REPORT line in a message, if it has one.
fn reported(message: &str) -> std::result::Result<Option<SimDuration>, Refusal> {
    let Some((_, report)) = message.rsplit_once("REPORT RequestId:") else { return Ok(None) };
    let Some((_, from)) = report.split_once(" Duration: ") else { return Ok(None) };
    let end = from.find("ms").map_or(from.len(), |at| at + 2);
    let text = from.get(..end).unwrap_or_default();
    duration_with_unit(text.as_bytes()).map(|(nanos, _)| Some(SimDuration(nanos)))
}

/// Whether a status says that there was no answer: -1 is a crash.
fn failed(status: &str) -> bool {
    status.starts_with('-') || status.starts_with(['4', '5'])
}
