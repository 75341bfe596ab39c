//! Azure Application Insights requests: exports in JSON, and CSV as the portal writes it.
//!
//! With sampling, one logged row stands for `itemCount` requests. The timestamp is when the
//! request began.

mod portal_date;

use crate::diagnostic::Result;
use crate::units::{SimDuration, SimTime};
use crate::workload::import::cell::{self, TimestampReader, Unit, nanoseconds, whole};
use crate::workload::import::importer::{Head, Importer, Opened};
use crate::workload::import::json::{Path, Strays, contains, objects, read_paths};
use crate::workload::import::made::expand;
use crate::workload::import::row::{
    Bad, Binding, Cells, Field, Layout, Reading, assemble, note_rows, rows, snake,
};
use crate::workload::import::table::{RowReader, split_header};
use crate::workload::{PrefixBlock, Row, Status, Trace};
use portal_date::portal_date;

pub(super) const IMPORTER: Importer = Importer {
    name: "app-insights",
    about: "Azure Application Insights requests (JSON export or the portal's CSV, with itemCount)",
    detect: |head| is_json(head) || is_csv(head),
    read,
};

fn is_json(head: &Head<'_>) -> bool {
    (contains(head.text, "temCount") || contains(head.text, "AppRequests"))
        && objects(head).iter().any(|o| {
            let has = |names: &[&str]| names.iter().any(|n| o.contains_key(*n));
            has(&["DurationMs", "duration"])
                && has(&["Success", "success"])
                && has(&["ResultCode", "resultCode"])
        })
}

fn is_csv(head: &Head<'_>) -> bool {
    let headers: Vec<_> = split_header(head.first_line).iter().map(|h| snake(h)).collect();
    let has = |name: &str| headers.iter().any(|h| h == name || h == &format!("{name}_utc"));
    ["timestamp", "item_count", "success", "result_code", "duration"].iter().all(|n| has(n))
}

const PATHS: &[Path] = &[
    ("time|timestamp|TimeGenerated", None),
    ("DurationMs|durationMs|duration", Some((Field::Duration, Some(Unit::Milliseconds)))),
    ("AppRoleName|cloud_RoleName", Some((Field::Workload, None))),
    ("Success|success", None),
    ("ResultCode|resultCode", None),
    ("ItemCount|itemCount", None),
    ("Type|itemType|type", None),
    ("Properties.FunctionExecutionTimeMs|customDimensions.FunctionExecutionTimeMs", None),
];

/// Where the cells are that are read here.
#[derive(Clone, Copy, Debug)]
struct Indices {
    time: usize,
    success: usize,
    code: usize,
    count: usize,
    kind: usize,
    execution: usize,
}

const IN_JSON: Indices = Indices { time: 0, success: 3, code: 4, count: 5, kind: 6, execution: 7 };

fn read(opened: Opened<'_>) -> Result<Trace> {
    let seed = opened.options.seed;
    let first = opened.input.first_line();
    let (mut requests, trace) = if first.starts_with(['{', '[']) {
        let mut requests = Requests::at(IN_JSON);
        let trace = read_paths(IMPORTER.name, opened, PATHS, Strays::Count, &mut requests)?;
        (requests, trace)
    } else {
        read_csv(opened)?
    };
    requests.weights.sort_by_key(|(arrival, _)| *arrival);
    let weights: Vec<u64> = requests.weights.iter().map(|(_, weight)| *weight).collect();
    let mut trace = expand(trace, &weights, seed)?;
    note(&requests, &mut trace);
    Ok(trace)
}

fn note(requests: &Requests, trace: &mut Trace) {
    note_rows(trace, requests.rounded, "with a duration of 0 ms, which is rounded down: left open");
    if requests.executions > 0 {
        trace.notes.push(format!(
            "durations are those of the whole request; the function's own execution time \
             (FunctionExecutionTimeMs) is {} of {} on {} that log both",
            requests.execution_time,
            requests.request_time,
            rows(requests.executions)
        ));
    }
}

fn read_csv(opened: Opened<'_>) -> Result<(Requests, Trace)> {
    let mut reader = RowReader::open(opened.input)?;
    let names: Vec<_> = reader.headers().iter().map(|h| snake(h)).collect();
    let find = |name: &str| names.iter().position(|n| n == name || *n == format!("{name}_utc"));
    let at = |name: &str| find(name).unwrap_or(usize::MAX);
    let bind = |name: &str, field, unit| find(name).map(|index| Binding { index, field, unit });
    let bindings = [
        bind("duration", Field::Duration, Some(Unit::Milliseconds)),
        bind("cloud_role_name", Field::Workload, None),
    ];
    let layout = Layout { bindings: bindings.into_iter().flatten().collect(), notes: Vec::new() };
    let mut requests = Requests::at(Indices {
        time: at("timestamp"),
        success: at("success"),
        code: at("result_code"),
        count: at("item_count"),
        kind: at("item_type"),
        execution: usize::MAX,
    });
    let skip = opened.options.skip_bad_rows;
    let trace = assemble(IMPORTER.name, &mut reader, layout, skip, &mut requests)?;
    Ok((requests, trace))
}

struct Requests {
    at: Indices,
    clock: TimestampReader,
    /// Arrival and weight of each row.
    weights: Vec<(i64, u64)>,
    rounded: u64,
    executions: u64,
    /// In all, on rows that log both.
    execution_time: SimDuration,
    request_time: SimDuration,
}

impl Requests {
    fn at(at: Indices) -> Self {
        Self {
            at,
            clock: TimestampReader::default(),
            weights: Vec::new(),
            rounded: 0,
            executions: 0,
            execution_time: SimDuration::ZERO,
            request_time: SimDuration::ZERO,
        }
    }
}

impl Reading for Requests {
    fn takes(&mut self, cells: &impl Cells) -> bool {
        let kind = cells.text(self.at.kind);
        ["", "AppRequests", "request", "requests"].iter().any(|k| kind.eq_ignore_ascii_case(k))
    }

    fn adjust(
        &mut self,
        cells: &impl Cells,
        row: &mut Row,
        _: &mut Vec<PrefixBlock>,
    ) -> std::result::Result<(), Bad> {
        let at = self.at;
        let text = cells.cell(at.time);
        let date = portal_date(text);
        let time = self.clock.read(date.as_deref().unwrap_or(text));
        row.arrival = SimTime(time.map_err(|refusal| (at.time, refusal))?.nanos);
        if row.duration == Some(SimDuration::ZERO) {
            row.duration = None;
            self.rounded += 1;
        }
        row.status = status(cells.cell(at.success), cells.cell(at.code));
        let weight = match cells.cell(at.count) {
            [] => 1,
            text => whole(text, "requests").map_err(|refusal| (at.count, refusal))?.max(1),
        };
        let execution = cells.cell(at.execution);
        if let (false, Some(whole)) = (execution.is_empty(), row.duration) {
            let read = nanoseconds(execution, Unit::Milliseconds);
            let (nanos, _) = read.map_err(|refusal| (at.execution, refusal))?;
            self.executions += 1;
            self.execution_time += SimDuration(nanos);
            self.request_time += whole;
        }
        self.weights.push((row.arrival.0, weight));
        Ok(())
    }
}

/// The word on success decides; a result code is an HTTP status only for HTTP.
fn status(success: &[u8], code: &[u8]) -> Status {
    let by_code = cell::status(code).unwrap_or_default();
    match success.to_ascii_lowercase().as_slice() {
        _ if by_code == Status::Aborted => Status::Aborted,
        b"false" | b"0" => Status::Failed,
        b"" => by_code,
        _ => Status::Completed,
    }
}
