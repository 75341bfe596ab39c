//! Lambda's REPORT lines, in any export of the log that says when they were written.
//!
//! The line itself has no time. That of its event is the end of the invocation, so a request arrives
//! that much earlier, and on a cold start by the initialisation as well.

use super::figures::{Figures, Measured};
use super::report_line::{REPORT, Report};
use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimDuration, SimTime};
use crate::workload::import::cell::{Refusal, Unit, nanoseconds, whole};
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::log::{self, Event};
use crate::workload::import::row::{counted, sort, tally, too_many_labels};
use crate::workload::{Row, Status, TimeBase, Trace};
use std::cell::RefCell;

const START: &str = "START RequestId:";

pub(in super::super) const IMPORTER: Importer = Importer {
    name: "lambda-report",
    about: "Lambda REPORT lines: `aws logs` output, a console or Logs Insights export",
    detect: |head| {
        let has = |text: &str| head.text.windows(text.len()).any(|w| w == text.as_bytes());
        let reports = || has(REPORT) || has(START);
        match head.first_line.as_bytes() {
            [b'{', ..] => (has("\"events\"") || has("\"logEvents\"")) && reports(),
            [b'['] | [b'[', b'{' | b'[' | b'"' | b' ', ..] => false,
            _ if log::is_table(head.first_line) => {
                reports() || head.first_line.contains("@billedDuration")
            }
            _ => reports(),
        }
    },
    read,
};

/// Sums over all invocations.
#[derive(Default)]
struct Seen {
    trace: Trace,
    started: u64,
    reported: u64,
    without_time: u64,
    assumed_utc: u64,
    figures: Figures,
}

fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let name = input.name.clone();
    // What takes events and what takes refusals both write here, never at once.
    let seen = RefCell::new(Seen { trace: Trace::new(IMPORTER.name), ..Seen::default() });
    seen.borrow_mut().trace.time_base = TimeBase::UnixEpoch;
    let mut judge = |diagnostic: Box<Diagnostic>| {
        let trace = &mut seen.borrow_mut().trace;
        tally(trace, options.skip_bad_rows, diagnostic)
    };
    log::each(input, &mut |event| seen.borrow_mut().event(&event), &mut judge)?;
    let mut seen = seen.into_inner();
    if seen.trace.is_empty() {
        return Err(seen.nothing(&name));
    }
    seen.note();
    let mut trace = seen.trace;
    sort(&mut trace);
    trace.shrink();
    Ok(trace)
}

impl Seen {
    fn event(&mut self, event: &Event<'_>) -> std::result::Result<(), Refusal> {
        if event.message.is_empty() {
            return match from_cells(event.cells)? {
                Some(report) => self.report(&report, event),
                None => Ok(()),
            };
        }
        for line in event.message.lines() {
            self.started += u64::from(line.contains(START));
            if let Some(report) = Report::find(line)? {
                self.report(&report, event)?;
            }
        }
        Ok(())
    }

    fn report(&mut self, report: &Report, event: &Event<'_>) -> std::result::Result<(), Refusal> {
        self.reported += 1;
        let Some(end) = event.time else {
            self.without_time += 1;
            return Ok(());
        };
        let workload = match event.group.and_then(function) {
            Some(name) => Some(self.trace.intern_workload(name).ok_or_else(too_many_labels)?),
            None => None,
        };
        self.assumed_utc += u64::from(end.assumed_utc);
        let start = [report.measured.init, report.measured.restore].into_iter().flatten();
        let before = start.fold(report.duration, |sum, more| sum + more);
        self.trace.push(Row {
            arrival: SimTime(end.nanos.saturating_sub(before.0)),
            duration: Some(report.duration),
            status: report.status,
            workload,
            ..Row::default()
        });
        self.figures.add(&report.measured);
        Ok(())
    }

    fn nothing(self, name: &str) -> Box<Diagnostic> {
        if let Some(first) = self.trace.first_skipped {
            return first;
        }
        if self.without_time > 0 {
            let reports = counted(self.without_time, "REPORT line");
            return Diagnostic::input(format!(
                "{reports} without a time, so nothing says when requests arrive"
            ))
            .note(format!("in {name}"))
            .note("allowed: `aws logs tail`, `aws logs filter-log-events`, a CSV of the console or of \
                   Logs Insights with `@timestamp` and `@message`")
            .hint("export the log with its times, such as `aws logs tail /aws/lambda/NAME --since 7d`")
            .into();
        }
        Diagnostic::input("the log has no REPORT line")
            .note(format!("in {name}"))
            .hint("an invocation's REPORT line is its record: leave it in the export")
            .into()
    }

    fn note(&mut self) {
        let failed = self.trace.iter().filter(|row| row.status == Status::Failed).count();
        self.trace.notes.push(
            "a REPORT line is written at the end: requests arrive earlier by the duration, and by the \
             start of a cold instance"
                .into(),
        );
        self.figures.note(&mut self.trace);
        for (n, what, how) in [
            (failed as u64, "invocation", "timed out or failed"),
            (
                self.started.saturating_sub(self.reported),
                "invocation",
                "without a REPORT line: left out",
            ),
            (self.without_time, "REPORT line", "without a time: left out"),
        ] {
            if n > 0 {
                self.trace.notes.push(format!("{} {how}", counted(n, what)));
            }
        }
        if self.assumed_utc > 0 {
            self.trace.notes.push("timestamps name no time zone: read as UTC".into());
        }
    }
}

/// The function a log group belongs to; a query puts the account in front.
fn function(group: &str) -> Option<&str> {
    let name = group.rsplit_once("/aws/lambda/").map_or(group, |(_, name)| name);
    (!name.is_empty()).then_some(name)
}

/// The report in the columns a query finds by itself; none in a line that is no REPORT.
fn from_cells(cells: &[(String, String)]) -> std::result::Result<Option<Report>, Refusal> {
    let find = |name: &str| cells.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_bytes());
    let time = |name: &str| match find(name) {
        Some(text) => nanoseconds(text, Unit::Milliseconds).map(|(n, _)| Some(SimDuration(n))),
        None => Ok(None),
    };
    // A query gives bytes, a million of them to the MB.
    let megabytes = |name: &str| match find(name) {
        Some(text) => whole(text, "bytes").map(|bytes| Some(bytes / 1_000_000)),
        None => Ok(None),
    };
    let Some(duration) = time("duration")? else { return Ok(None) };
    let measured = Measured {
        billed: time("billed_duration")?,
        billed_restore: None,
        init: time("init_duration")?,
        restore: time("restore_duration")?,
        memory_mb: megabytes("memory_size")?,
        used_mb: megabytes("max_memory_used")?,
    };
    Ok(Some(Report { duration, measured, status: Status::Completed }))
}
