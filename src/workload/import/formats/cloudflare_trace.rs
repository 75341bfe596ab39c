//! Cloudflare Workers trace events: one JSON object a line, as Logpush writes them.

use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimDuration, SimTime};
use crate::workload::import::cell::{Refusal, TimestampReader, Unit, nanoseconds};
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::log::Lines;
use crate::workload::import::row::{note_rows, sort, tally, too_many_labels};
use crate::workload::{Row, Status, TimeBase, Trace, TraceColumn};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const IMPORTER: Importer = Importer {
    name: "cloudflare-trace",
    about: "Cloudflare Workers trace events, one JSON object a line (EventTimestampMs, CPUTimeMs, …)",
    detect: |head| {
        let has = |name: &str| head.first_line.contains(name);
        has("\"EventTimestampMs\"") && (has("\"ScriptName\"") || has("\"Outcome\""))
    },
    read,
};

/// What is used of an event. Numbers keep their text.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'e> {
    #[serde(borrow)]
    event_timestamp_ms: &'e RawValue,
    #[serde(borrow)]
    wall_time_ms: Option<&'e RawValue>,
    #[serde(borrow, rename = "CPUTimeMs")]
    cpu_time_ms: Option<&'e RawValue>,
    outcome: Option<String>,
    script_name: Option<String>,
    event_type: Option<String>,
}

fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let name = input.name.clone();
    let mut lines = Lines::open(input);
    let mut trace = Trace::new(IMPORTER.name);
    trace.time_base = TimeBase::UnixEpoch;
    let mut other_events = 0;
    while lines.next()? {
        let event = serde_json::from_slice::<Event<'_>>(lines.text());
        let read = event.map_err(|error| {
            Refusal::because(format!("the line is no trace event: {error}"))
                .allowed("one JSON object a line, with `EventTimestampMs`")
        });
        let read = read.and_then(|event| {
            let row = row(&event, &mut trace)?;
            other_events += u64::from(event.event_type.is_some_and(|t| t != "fetch"));
            Ok(row)
        });
        match read {
            Ok(row) => trace.push(row),
            Err(refusal) => {
                tally(&mut trace, options.skip_bad_rows, lines.refuse(b"", refusal))?;
            }
        }
    }
    if trace.is_empty() {
        return Err(trace.first_skipped.unwrap_or_else(|| {
            Diagnostic::input("the log has no event").note(format!("in {name}")).into()
        }));
    }
    note(&mut trace, other_events);
    sort(&mut trace);
    trace.shrink();
    Ok(trace)
}

fn row(event: &Event<'_>, trace: &mut Trace) -> std::result::Result<Row, Refusal> {
    let arrival = TimestampReader::new(Some(Unit::Milliseconds))
        .read(event.event_timestamp_ms.get().as_bytes())?;
    let time = |value: Option<&RawValue>| match value.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(text) => {
            nanoseconds(text.as_bytes(), Unit::Milliseconds).map(|(n, _)| Some(SimDuration(n)))
        }
    };
    let (duration, cpu) = (time(event.wall_time_ms)?, time(event.cpu_time_ms)?);
    let workload = match event.script_name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Some(trace.intern_workload(name).ok_or_else(too_many_labels)?),
        None => None,
    };
    let status = match event.outcome.as_deref() {
        None | Some("" | "ok" | "unknown") => Status::Completed,
        Some("canceled" | "responseStreamDisconnected") => Status::Aborted,
        Some(_) => Status::Failed,
    };
    let arrival = SimTime(arrival.nanos);
    Ok(Row { arrival, duration, cpu, status, workload, ..Row::default() })
}

fn note(trace: &mut Trace, other_events: u64) {
    let n = trace.len() as u64;
    let without = n - trace.present(TraceColumn::Cpu);
    let zero = trace.iter().filter(|row| row.cpu == Some(SimDuration::ZERO)).count() as u64;
    if trace.has_duration() {
        trace.notes.push(
            "wall time ends with the script's own work: a response that is passed through may last \
             longer"
                .into(),
        );
    }
    note_rows(
        trace,
        without,
        "without CPU time: logged by jobs created or edited after April 2025",
    );
    note_rows(trace, zero, "with a CPU time of 0 ms: below the millisecond, kept as 0");
    note_rows(trace, other_events, "of no fetch: of timers, queues or others");
}
