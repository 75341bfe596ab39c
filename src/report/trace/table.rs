//! What a trace says about itself, for people.

use super::rows::{fitted, named};
use super::sparkline::sparkline;
use super::words::{brief, instant, number, rate, rate_of, status, time};
use super::{cache, values};
use crate::report::number::{count, grouped, share};
use crate::report::page::{GAP, Look, Page, left, right};
use crate::units::SimDuration;
use crate::workload::TimeBase;
use crate::workload::inspect::{Bins, Burstiness, InFlight, Inspection, Labelled, Profile};

/// Width of the names of facts.
const NAMES: usize = 16;
/// Most labels that are listed.
const LABELS: usize = 8;
/// A month, as everywhere in the program.
const MONTH: f64 = 730.0 * 3_600.0;

/// Bars for which there is room beside the indent.
pub(super) fn bars(width: usize) -> usize {
    width.saturating_sub(2 * usize::from(GAP)).max(20)
}

pub(super) fn table(
    file: &str,
    found: &Inspection,
    width: usize,
    color: bool,
    unicode: bool,
) -> String {
    let mut page = Page::new(width, color);
    let title = format!("{file} · {} · {} rows", found.format, count(found.rows));
    page.line(left(title).look(Look::Bold), false);
    page.text.push('\n');
    facts(&mut page, found);
    if let Some(bins) = &found.bins {
        over_time(&mut page, bins, unicode);
    }
    profiles(&mut page, found, unicode);
    if let Some(burstiness) = &found.burstiness {
        bursts(&mut page, found.rows, burstiness);
    }
    values::values(&mut page, found);
    values::missing(&mut page, found);
    labels(&mut page, "Models", &found.models, found.rows);
    labels(&mut page, "Workloads", &found.workloads, found.rows);
    cache::caches(&mut page, found);
    if !found.notes.is_empty() {
        page.heading("Notes");
        for note in &found.notes {
            page.line(left(note.as_str()), true);
        }
    }
    page.text
}

fn facts(page: &mut Page, found: &Inspection) {
    let format = format!("{}, or another with `--trace-format NAME`", found.format);
    let mut rows = vec![("format", format)];
    if found.skipped > 0 {
        let first = found.first_skipped.as_ref();
        let first = first.map_or(String::new(), |d| format!("; first: {}", brief(d)));
        let text = format!(
            "{} rows that cannot be read, at which an estimate stops unless `skip_bad_rows` is \
             set{first}",
            count(found.skipped)
        );
        rows.push(("left out", text));
    }
    let at = |at| instant(at, found.time_base);
    let (zone, clock) = match found.time_base {
        TimeBase::UnixEpoch => (" UTC", "has dates"),
        TimeBase::TraceStart => ("", "counts from a start that the trace does not name"),
    };
    rows.push(("clock", clock.into()));
    rows.push(("arrivals", format!("{} to {}{zone}", at(found.first), at(found.last))));
    rows.push(("span", time(u128::from(found.span().0.unsigned_abs()))));
    let mean = found.rate.map_or("not known: the trace is a single instant".into(), |r| {
        let month = grouped(&format!("{:.0}", r * MONTH));
        format!("{}: {month} in a month of 730 h", rate(r))
    });
    rows.push(("mean rate", mean));
    rows.push(("in flight", in_flight(found.in_flight.as_ref(), found)));
    let [(_, completed), others @ ..] = &found.statuses;
    if others.iter().any(|(_, n)| *n > 0) {
        let others = others.iter().filter(|(_, n)| *n > 0);
        let others = others.map(|(s, n)| format!(" · {} {}", count(*n), status(*s)));
        let text = format!("{} completed{}", count(*completed), others.collect::<String>());
        rows.push(("status", text));
    }
    named(page, rows, NAMES);
}

fn in_flight(in_flight: Option<&InFlight>, found: &Inspection) -> String {
    let Some(f) = in_flight else { return "no durations: peak concurrency is not known".into() };
    let mean = f.mean.map_or(String::new(), |mean| format!(", mean {}", number(mean)));
    let at = instant(f.peak_at, found.time_base);
    let part = if f.rows < found.rows {
        format!("; {} rows without a duration are not counted", count(found.rows - f.rows))
    } else {
        String::new()
    };
    format!("peak {} (at {at}){mean}{part}", count(f.peak))
}

fn over_time(page: &mut Page, bins: &Bins, unicode: bool) {
    page.heading("Requests over time");
    bar_line(page, &sparkline(&bins.counts, 1, unicode));
    let range = bins.extremes().map_or(String::new(), |(least, most)| {
        format!(" · {} to {}", rate_of(least, bins.length), rate_of(most, bins.length))
    });
    let text = format!("bars of {}{range}; the last one is cut short", bins.length);
    page.line(left(text).look(Look::Dim), true);
}

fn bar_line(page: &mut Page, bars: &str) {
    page.text.push_str("  ");
    page.text.push_str(bars.trim_end());
    page.text.push('\n');
}

fn profiles(page: &mut Page, found: &Inspection, unicode: bool) {
    let zone = match found.time_base {
        TimeBase::UnixEpoch => "UTC",
        TimeBase::TraceStart => "of the trace's clock",
    };
    if let Some(day) = &found.by_hour {
        page.heading(format!("By hour, {zone}, over {} days", day.cycles));
        bar_line(page, &sparkline(&day.counts, 2, unicode));
        bar_line(page, "00          06          12          18");
        extremes(page, day, |hour| format!("{hour:02}:00"));
    }
    if let Some(week) = &found.by_weekday {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        page.heading(format!("By day of the week, {zone}, over {} weeks", week.cycles));
        bar_line(page, &sparkline(&week.counts, 4, unicode));
        bar_line(page, &DAYS.join(" "));
        extremes(page, week, |day| DAYS.get(day).copied().unwrap_or_default().to_owned());
    }
}

/// The busiest and the quietest part.
fn extremes(page: &mut Page, profile: &Profile, name: impl Fn(usize) -> String) {
    let parts: Vec<(usize, f64)> = profile.per_second().enumerate().collect();
    // The first of equals.
    let most = parts.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
    let least = parts.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let (Some((most, high)), Some((least, low))) = (most, least) else { return };
    let times = if *low > 0.0 { format!(": {} times", number(high / low)) } else { String::new() };
    let text = format!(
        "most at {} with {}, least at {} with {}{times}",
        name(*most),
        rate(*high),
        name(*least),
        rate(*low)
    );
    page.line(left(text).look(Look::Dim), true);
}

fn bursts(page: &mut Page, rows: u64, burstiness: &Burstiness) {
    let reading = burstiness.reading().map(|r| format!(": {r}, {}", r.meaning()));
    page.heading(format!("Burstiness{}", reading.unwrap_or_default()));
    let cv = number(burstiness.cv);
    let text = format!("CV of gaps {cv} (even 0, independent 1)");
    page.line(left(text), true);
    if burstiness.quantised {
        let text = format!(
            "{} requests fall on {} instants, {} apart on average: the clock is coarser than the \
             traffic, so peaks are overstated and gaps and short windows say little",
            count(rows),
            count(burstiness.instants),
            time(u128::from(burstiness.step.0.unsigned_abs())),
        );
        let rest = page.width - 4;
        page.grid(&[vec![left("!").look(Look::Yellow), left(text)]], &[3, rest], true);
    }
    if burstiness.windows.is_empty() {
        return;
    }
    let titles = [
        left("window"),
        right("windows"),
        right("mean"),
        right("peak"),
        right("peak / mean"),
        right("dispersion"),
    ];
    let mut lines = vec![titles.map(|t| t.look(Look::Dim)).to_vec()];
    lines.extend(burstiness.windows.iter().map(|w| {
        vec![
            left(length(w.length)),
            right(count(w.windows)),
            right(number(w.mean)),
            right(count(w.peak)),
            right(number(w.peak_to_mean())),
            right(number(w.dispersion)),
        ]
    }));
    let widths = fitted(page, &lines);
    page.grid(&lines, &widths, true);
    let text = "dispersion: variance over mean of the counts; 1 for independent clients at a constant \
                rate, growing with the window where the rate itself changes";
    page.line(left(text).look(Look::Dim), true);
}

/// A window's length: `1min` rather than `60s`.
fn length(length: SimDuration) -> String {
    if length == SimDuration::from_secs(60) { "1min".into() } else { length.to_string() }
}

fn labels(page: &mut Page, title: &str, labelled: &Labelled, rows: u64) {
    if labelled.labels.is_empty() {
        return;
    }
    page.heading(title);
    let line = |name: String, n: u64| {
        vec![left(name), right(count(n)), right(share(n, rows).unwrap_or_default())]
    };
    let (shown, rest) = labelled.labels.split_at(labelled.labels.len().min(LABELS));
    let mut lines: Vec<_> = shown.iter().map(|l| line(l.label.clone(), l.rows)).collect();
    if !rest.is_empty() {
        let name = format!("{} others", count(rest.len() as u64));
        lines.push(line(name, rest.iter().map(|l| l.rows).sum()));
    }
    if labelled.without > 0 {
        lines.push(line("without".into(), labelled.without));
    }
    let widths = fitted(page, &lines);
    page.grid(&lines, &widths, true);
}
