//! Huawei Cloud function requests of 2025: one row per request, with the phases of its time.
//!
//! "Cost" in the column names means time. The worker's columns are on every row, the frontend's only
//! where its log has the request too, so arrival and length are the worker's.

use crate::diagnostic::Result;
use crate::units::{SimDuration, SimTime, thousands};
use crate::workload::import::cell::{Refusal, Unit, nanoseconds, whole};
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::row::{Bad, note_rows, rows};
use crate::workload::import::table::{
    RowReader, columns, each_row, finish, label, length, split_header, text,
};
use crate::workload::{Row, TimeBase, Trace};
use std::collections::BTreeMap;

/// In the order [`read`] takes them.
const COLUMNS: [&str; 7] = [
    "time_worker",
    "func_name",
    "pod_id",
    "user_id",
    "total_cost_worker",
    "cpu_usage",
    "request_body_size",
];

pub(super) const IMPORTER: Importer = Importer {
    name: "huawei",
    about: "Huawei Cloud function requests 2025 (time_worker, funcName, podID, …)",
    detect: |head| {
        let headers = split_header(head.first_line);
        ["time_worker", "funcName", "podID", "totalCost_worker"]
            .iter()
            .all(|name| headers.iter().any(|h| h == name))
    },
    read,
};

#[derive(Default)]
struct Noticed {
    idle: u64,
    without_frontend: u64,
    /// Requests by CPU limit and memory limit.
    pods: BTreeMap<(u64, u64), u64>,
}

fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let mut reader = RowReader::open(input)?;
    let columns = columns(&reader, IMPORTER.name, COLUMNS)?;
    let mut trace = Trace::new(IMPORTER.name);
    trace.time_base = TimeBase::TraceStart;
    let mut noticed = Noticed::default();
    each_row(&mut reader, options.skip_bad_rows, &mut trace, |row, trace| {
        one(row, columns, trace, &mut noticed)
    })?;
    note(&mut trace, &noticed);
    finish(trace, &reader)
}

/// A worker's time stamp is of the end: the frontend's, taken later, is later too, though the frontend
/// begins first.
fn one(
    row: &RowReader<'_>,
    [time, func, pod, user, total, cpu, body]: [usize; 7],
    trace: &mut Trace,
    noticed: &mut Noticed,
) -> std::result::Result<(), Bad> {
    let (ended, lasted) = (length(row, time, Unit::Seconds)?, length(row, total, Unit::Seconds)?);
    let (pool, limits) = pool(text(row, pod)?).ok_or_else(|| {
        let refusal = Refusal::new(row.cell(pod), "not a pod")
            .allowed("pool, CPU limit, memory limit and number, as in `pool22-300-128-0000177166`");
        (pod, refusal)
    })?;
    let cpu = match row.cell(cpu) {
        b"" => None,
        cores => Some(cpu_time(cores, lasted).map_err(|refusal| (cpu, refusal))?),
    };
    let request_bytes = match row.cell(body) {
        b"" => None,
        bytes => Some(whole(bytes, "bytes").map_err(|refusal| (body, refusal))?),
    };
    let name = format!("{}---{}---{pool}", text(row, func)?, text(row, user)?);
    let workload = label(trace, &name, func)?;
    *noticed.pods.entry(limits).or_default() += 1;
    noticed.without_frontend += u64::from(request_bytes.is_none());
    noticed.idle += u64::from(cpu == Some(SimDuration::ZERO));
    trace.push(Row {
        arrival: SimTime((ended - lasted).0),
        duration: Some(lasted),
        // Code that ran used some CPU: 0 is what the pod's meter happened to read.
        cpu: cpu.filter(|cpu| *cpu > SimDuration::ZERO),
        request_bytes,
        workload,
        ..Row::default()
    });
    Ok(())
}

/// The pool's name, and its limits in millicores and MB.
fn pool(pod: &str) -> Option<(&str, (u64, u64))> {
    let (pool, _) = pod.rsplit_once('-')?;
    let mut parts = pool.rsplit('-');
    let memory = parts.next()?.parse().ok()?;
    let cpu = parts.next()?.parse().ok()?;
    parts.next()?;
    Some((pool, (cpu, memory)))
}

/// Cores times a length of time, to the nanosecond below.
fn cpu_time(cores: &[u8], lasted: SimDuration) -> std::result::Result<SimDuration, Refusal> {
    let refuse = || Refusal::new(cores, "not a number of cores").allowed("a number such as `0.25`");
    let (billionths, _) = nanoseconds(cores, Unit::Seconds).map_err(|_| refuse())?;
    let time = i128::from(billionths) * i128::from(lasted.0) / 1_000_000_000;
    i64::try_from(time).map(SimDuration).map_err(|_| refuse())
}

fn note(trace: &mut Trace, noticed: &Noticed) {
    let notes = &mut trace.notes;
    notes.push("the file has ends: requests arrive at their end less their time in the pod".into());
    for ((cpu, memory), n) in &noticed.pods {
        let (cpu, memory) = (thousands(*cpu), thousands(*memory));
        notes.push(format!("{} in pods of {cpu} millicores and {memory} MB", rows(*n)));
    }
    if trace.has_cpu() {
        trace.notes.push(
            "CPU time is the whole pod's: high where a pod serves several requests at once".into(),
        );
    }
    note_rows(trace, noticed.idle, "with a CPU usage of 0: their CPU time is left open");
    note_rows(
        trace,
        noticed.without_frontend,
        "without the frontend's columns: request bytes are left open",
    );
}
