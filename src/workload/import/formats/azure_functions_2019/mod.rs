//! Azure Functions counts of 2019: calls per function and minute, with daily durations beside them.
//!
//! Counts become requests: as many in each minute as the file says, at instants drawn from the seed.

mod counts;
mod days;

use crate::diagnostic::{Diagnostic, Result};
use crate::units::thousands;
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::made::{MOST, no_such_workload, too_many};
use crate::workload::import::row::{counted, note_rows, rows};
use crate::workload::import::sibling::base_name;
use crate::workload::import::table::{
    RowReader, column, columns, each_row, finish, split_header, text,
};
use crate::workload::{TimeBase, Trace};
use counts::{Counts, minute, minutes};
use days::{Duration, Table};

const NAME: &str = "azure-functions-2019";
const WAY_OUT: &str = "name one function with `workload:`, or keep the functions and minutes that \
                       matter in a copy with fewer rows, such as `head -500`, or fewer minute columns";

pub(super) const IMPORTER: Importer = Importer {
    name: NAME,
    about: "Azure Functions calls per minute 2019 (HashFunction, …, 1, 2, … 1440), with the \
            durations and memory files beside it",
    detect: |head| {
        let headers = split_header(head.first_line);
        headers.iter().any(|h| h == "HashFunction")
            && headers.iter().filter(|h| minute(h).is_some()).count() > 1
    },
    read,
};

fn read(Opened { input, options, beside }: Opened<'_>) -> Result<Trace> {
    let path = input.name.clone();
    let mut reader = RowReader::open(input)?;
    let minutes = minutes(&reader, NAME)?;
    let [function] = columns(&reader, NAME, ["hash_function"])?;
    let keys = ["hash_owner", "hash_app"].map(|name| column(&reader, name));
    let keys = [keys[0], keys[1], Some(function)];
    let durations = days::durations(beside, &path)?;
    let memory = days::memory(beside, &path)?;
    let mut trace = Trace::new(NAME);
    trace.time_base = TimeBase::TraceStart;
    let mut all = Counts::default();
    let mut left_out = Vec::new();
    each_row(&mut reader, options.skip_bad_rows, &mut trace, |row, trace| {
        if options.workload.as_ref().is_some_and(|wanted| row.cell(function) != wanted.as_bytes()) {
            left_out.push(text(row, function)?.to_owned());
            return Ok(());
        }
        let keys = keys.map(|k| k.map_or(&b""[..], |k| row.cell(k)));
        all.own_labels |= keys.iter().any(|k| *k != keys[2]);
        let found = durations.as_ref().and_then(|table| table.of(keys));
        let calls = all.row(row, &minutes, function, trace, found, options)?;
        if let Some(megabytes) = memory.as_ref().and_then(|table| table.of(keys)) {
            all.memory.0 += megabytes * as_f64(calls);
            all.memory.1 += calls;
        }
        Ok(())
    })?;
    if let (Some(wanted), true, false) =
        (&options.workload, all.functions.is_empty(), left_out.is_empty())
    {
        return Err(no_such_workload(&path, wanted, &left_out));
    }
    if all.total > MOST {
        return Err(too_many(&path, all.total, WAY_OUT));
    }
    if all.total == 0 && !all.functions.is_empty() {
        return Err(Diagnostic::input("no function is called in any minute")
            .at(reader.header_place(), "every count is 0")
            .into());
    }
    let recycled = !all.own_labels;
    if recycled {
        // Labels that an old sampler recycled say nothing about who is who.
        all.durations.clear();
        all.functions.iter_mut().for_each(|f| f.duration = None);
    }
    note(&mut trace, &all, minutes.len(), options.seed);
    let daily = durations.as_ref().filter(|_| !recycled);
    note_durations(&mut trace, &all, &path, recycled, daily);
    if let Some(table) = memory.as_ref().filter(|_| !recycled && all.memory.1 > 0) {
        let mean = all.memory.0 / as_f64(all.memory.1);
        trace.notes.push(format!(
            "by `{}` a call was given {mean:.1} MB of memory on average; a trace holds no memory, \
             so the platform's is used",
            base_name(&table.shown)
        ));
    }
    all.expand(&mut trace);
    finish(trace, &reader)
}

fn note(trace: &mut Trace, all: &Counts<'_>, minutes: usize, seed: u64) {
    let called = all.functions.iter().filter(|f| f.calls > 0).count() as u64;
    trace.notes.push(format!(
        "calls are counted by minute: the {} of {} in {} lie at instants drawn with seed {seed}, \
         each as likely as the others of its minute",
        thousands(all.total),
        counted(called, "function"),
        counted(minutes as u64, "minute"),
    ));
}

fn note_durations(
    trace: &mut Trace,
    all: &Counts<'_>,
    path: &str,
    recycled: bool,
    daily: Option<&Table<Duration>>,
) {
    if recycled {
        trace.notes.push(
            "HashFunction, HashApp and HashOwner are the same in every row: labels of a sampler \
             that recycles them, so the rows are joined to no durations and no memory"
                .into(),
        );
        return;
    }
    let Some(table) = daily else {
        trace.notes.push(format!(
            "no durations: no such file lies beside `{0}`, such as `{1}`",
            base_name(path),
            base_name(path).replacen("invocations", "durations", 1)
        ));
        return;
    };
    trace.notes.push(format!(
        "durations are drawn with the seed from the percentiles and the mean in `{}`; those are of \
         averages over 30 s, so single calls vary more",
        base_name(&table.shown)
    ));
    let called = || all.functions.iter().filter(|f| f.calls > 0);
    let days = || called().filter_map(|f| Some((f, *all.durations.get(f.duration?)?)));
    let note = |trace: &mut Trace, n: usize, text: &str| {
        if n > 0 {
            trace.notes.push(format!("{} {text}", counted(n as u64, "function")));
        }
    };
    let without = called().filter(|f| f.duration.is_none());
    let (functions, calls) = without.fold((0, 0), |(n, calls), f| (n + 1, calls + f.calls));
    let left_open = format!("without durations: those of {} are left open", rows(calls));
    note(trace, functions, &left_open);
    let more = days().filter(|(f, day)| f.calls > day.count).count();
    note(
        trace,
        more,
        "called more often in these minutes than the durations count in the whole day: the two \
         are from different logs",
    );
    let zero = days().filter(|(_, day)| day.zero_mean).count();
    note(trace, zero, "with a mean duration of 0 ms: rounded, so theirs are next to 0");
    let off = days().filter(|(_, day)| day.curve.off).count();
    note(trace, off, "whose mean does not fit their percentiles: the percentiles count");
    note_rows(trace, table.repeated, "of durations for functions that have one: not used");
}

#[expect(clippy::cast_precision_loss, reason = "for a mean in a note")]
fn as_f64(n: u64) -> f64 {
    n as f64
}
