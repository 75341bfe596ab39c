//! CloudFront standard logs: tab-separated lines under a `#Fields:` line that names the columns.
//!
//! Other logs have such a line too, so the format is recognised by a field only CloudFront has.

use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimDuration, SimTime};
use crate::workload::import::cell::{self, Refusal, TimestampReader, Unit, nanoseconds, whole};
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::log::Lines;
use crate::workload::import::row::{note_rows, sort, tally};
use crate::workload::{Row, Status, TimeBase, Trace};

const FIELDS: &str = "#Fields:";

pub(super) const IMPORTER: Importer = Importer {
    name: "cloudfront",
    about: "CloudFront standard logs (#Fields: date time x-edge-location sc-bytes …)",
    detect: |head| {
        let lines = head.text.split(|b| *b == b'\n').filter_map(|l| std::str::from_utf8(l).ok());
        let mut fields = lines.filter_map(|line| line.trim().strip_prefix(FIELDS));
        fields.next().is_some_and(|fields| {
            fields.split_ascii_whitespace().any(|field| field == "x-edge-location")
        })
    },
    read,
};

/// Where the fields of the lines below a `#Fields:` line are.
#[derive(Clone, Copy)]
struct Columns {
    date: usize,
    time: usize,
    taken: usize,
    first_byte: Option<usize>,
    status: Option<usize>,
    sent: Option<usize>,
    received: Option<usize>,
    result: Option<usize>,
}

impl Columns {
    fn of(line: &str) -> std::result::Result<Self, Refusal> {
        let names: Vec<_> = line.split_ascii_whitespace().collect();
        let find = |name: &str| names.iter().position(|n| *n == name);
        let need = |name: &str| {
            find(name).ok_or_else(|| {
                Refusal::because(format!("the fields do not have `{name}`"))
                    .hint("log it too: without it nothing says when requests arrive")
            })
        };
        Ok(Self {
            date: need("date")?,
            time: need("time")?,
            taken: need("time-taken")?,
            first_byte: find("time-to-first-byte"),
            status: find("sc-status"),
            sent: find("sc-bytes"),
            received: find("cs-bytes"),
            result: find("x-edge-detailed-result-type").or_else(|| find("x-edge-result-type")),
        })
    }
}

fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let name = input.name.clone();
    let mut lines = Lines::open(input);
    let mut trace = Trace::new(IMPORTER.name);
    trace.time_base = TimeBase::UnixEpoch;
    let mut columns = None;
    while lines.next()? {
        let line = String::from_utf8_lossy(lines.text()).into_owned();
        if let Some(fields) = line.strip_prefix(FIELDS) {
            // Files that were joined may each have fields of their own.
            columns = Some(Columns::of(fields).map_err(|refusal| lines.refuse(b"", refusal))?);
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        let Some(columns) = columns else {
            let refusal = Refusal::because("no `#Fields:` line stands above")
                .hint("leave the first two lines of a log file in place");
            return Err(lines.refuse(b"", refusal));
        };
        match row(&line, columns) {
            Ok(row) => trace.push(row),
            Err((piece, refusal)) => {
                let bad = lines.refuse(piece.as_bytes(), refusal);
                tally(&mut trace, options.skip_bad_rows, bad)?;
            }
        }
    }
    if trace.is_empty() {
        return Err(trace.first_skipped.unwrap_or_else(|| {
            Diagnostic::input("the log has fields and no requests")
                .note(format!("in {name}"))
                .into()
        }));
    }
    trace.notes.push(
        "the log has ends in whole seconds: requests arrive at their end less the time taken, up to \
         1 s early"
            .into(),
    );
    let aborted = trace.iter().filter(|row| row.status == Status::Aborted).count() as u64;
    note_rows(&mut trace, aborted, "whose client left before the end");
    sort(&mut trace);
    trace.shrink();
    Ok(trace)
}

/// The request of a line, or the piece that is wrong.
fn row(line: &str, columns: Columns) -> std::result::Result<Row, (&str, Refusal)> {
    let cells: Vec<_> = line.split('\t').map(str::trim).collect();
    // A dash stands for what is not known.
    let cell = |i: usize| cells.get(i).copied().filter(|c| !c.is_empty() && *c != "-");
    let need = |i: usize, what: &str| {
        cell(i).ok_or_else(|| (line, Refusal::because(format!("no {what} in this line"))))
    };
    let (date, time) = (need(columns.date, "date")?, need(columns.time, "time")?);
    let ended = TimestampReader::default()
        .read(format!("{date} {time}").as_bytes())
        .map_err(|refusal| (date, refusal))?;
    let taken = need(columns.taken, "time taken")?;
    let seconds = |text: &str| nanoseconds(text.as_bytes(), Unit::Seconds).map(|(n, _)| n);
    let lasted = seconds(taken).map_err(|refusal| (taken, refusal))?;
    let optional = |i: Option<usize>| i.and_then(cell);
    let bytes = |i| match optional(i) {
        Some(text) => whole(text.as_bytes(), "bytes").map(Some).map_err(|refusal| (text, refusal)),
        None => Ok(None),
    };
    let first = match optional(columns.first_byte) {
        Some(text) => Some(seconds(text).map_err(|refusal| (text, refusal))?),
        None => None,
    };
    let left = optional(columns.result).is_some_and(|result| result == "ClientCommError");
    let status = match optional(columns.status) {
        _ if left => Status::Aborted,
        // The viewer left before there was a status.
        Some("000" | "0") => Status::Aborted,
        Some(text) => cell::status(text.as_bytes()).map_err(|refusal| (text, refusal))?,
        None => Status::Completed,
    };
    Ok(Row {
        arrival: SimTime(ended.nanos.saturating_sub(lasted)),
        duration: Some(SimDuration(lasted)),
        time_to_first_token: first.map(|first| SimDuration(first.min(lasted))),
        response_bytes: bytes(columns.sent)?,
        request_bytes: bytes(columns.received)?,
        status,
        ..Row::default()
    })
}
