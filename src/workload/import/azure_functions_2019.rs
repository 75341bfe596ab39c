//! Azure Functions counts of 2019: calls per function and minute, with daily durations beside them.
//!
//! Counts become requests: as many in each minute as the file says, at instants drawn from the seed.

use super::assemble::rows;
use super::azure_functions_2019_days::{self as days, Duration, Table};
use super::cell::thousands;
use super::draft::Bad;
use super::expand::{MOST, instant_within, too_many};
use super::number::whole;
use super::registry::{Importer, Opened, ReadOptions};
use super::row_reader::{RowReader, split_header};
use super::sibling::base_name;
use super::table::{column, columns, each_row, finish, label, text};
use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimDuration, SimTime};
use crate::workload::random::{Pcg64, purpose, stream};
use crate::workload::{Row, TimeBase, Trace};

const NAME: &str = "azure-functions-2019";
const MINUTE: i64 = 60 * 1_000_000_000;
const WAY_OUT: &str = "keep the functions or the minutes that matter: a copy with fewer rows, such \
                       as `head -500`, or with fewer minute columns";

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

/// The number of a minute's column: `480` or `minute_480`.
fn minute(header: &str) -> Option<u16> {
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

struct Function {
    label: Option<u16>,
    calls: u64,
    /// Draws its instants and its durations; no function changes another's.
    instants: Pcg64,
    lengths: Pcg64,
    /// Index into the durations that were found.
    duration: Option<usize>,
}

/// All that is read before the first request is made.
#[derive(Default)]
struct Counts<'d> {
    counts: Vec<Count>,
    functions: Vec<Function>,
    durations: Vec<&'d Duration>,
    total: u64,
    /// Calls times the memory they were given, and the calls, where it is known.
    memory: (f64, u64),
    /// Whether some row's three hashes are not all the same text.
    own_labels: bool,
}

fn read(Opened { input, options, beside }: Opened<'_>) -> Result<Trace> {
    let path = input.name.clone();
    let mut reader = RowReader::open(input)?;
    let minutes = minutes(&reader)?;
    let [function] = columns(&reader, NAME, ["hash_function"])?;
    let keys = ["hash_owner", "hash_app"].map(|name| column(&reader, name));
    let keys = [keys[0], keys[1], Some(function)];
    let durations = days::durations(beside, &path)?;
    let memory = days::memory(beside, &path)?;
    let mut trace = Trace::new(NAME);
    trace.time_base = TimeBase::TraceStart;
    let mut all = Counts::default();
    each_row(&mut reader, options.skip_bad_rows, &mut trace, |row, trace| {
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
    expand(&mut trace, all);
    finish(trace, &reader)
}

/// Column and minute from the first one, by time.
fn minutes(reader: &RowReader<'_>) -> Result<Vec<(usize, u16)>> {
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
        return Err(super::layout::missing(reader, NAME, "1"));
    };
    Ok(minutes.into_iter().map(|(i, minute)| (i, minute - first)).collect())
}

impl<'d> Counts<'d> {
    /// Takes the counts of one function and says how many calls they are.
    fn row(
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
        let draws = |purpose| stream(options.seed, u64::from(number), purpose);
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
}

/// Makes the requests minute by minute, so that they come out in order.
fn expand(trace: &mut Trace, all: Counts<'_>) {
    let Counts { mut counts, mut functions, durations, .. } = all;
    // Functions keep the order of the file within a minute.
    counts.sort_by_key(|count| count.minute);
    let mut arrivals: Vec<(i64, u32)> = Vec::new();
    for minute in counts.chunk_by(|a, b| a.minute == b.minute) {
        arrivals.clear();
        for count in minute {
            let Some(function) = functions.get_mut(index(count.function)) else { continue };
            let start = i64::from(count.minute) * MINUTE;
            let instants =
                (0..count.calls).map(|_| start + instant_within(MINUTE, &mut function.instants));
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

fn note(trace: &mut Trace, all: &Counts<'_>, minutes: usize, seed: u64) {
    let called = all.functions.iter().filter(|f| f.calls > 0).count() as u64;
    trace.notes.push(format!(
        "calls are counted by minute: the {} of {} in {} lie at instants drawn with seed {seed}, \
         each as likely as the others of its minute",
        thousands(all.total),
        of(called, "function"),
        of(minutes as u64, "minute"),
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
            trace.notes.push(format!("{} {text}", of(n as u64, "function")));
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
    if table.repeated > 0 {
        let rows = rows(table.repeated);
        trace.notes.push(format!("{rows} of durations for functions that have one: not used"));
    }
}

/// `1 function`, `2,345 functions`.
fn of(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{} {what}s", thousands(n)) }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "for a mean in a note")]
fn as_f64(n: u64) -> f64 {
    n as f64
}
