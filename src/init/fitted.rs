//! Scenarios of a trace: of the trace itself, and of what was fitted to it.

use super::template::{Slot, fill, scalar};
use super::{Target, common};
use crate::workload::fit::{Agreement, Fit, off};
use crate::workload::inspect::{Field, Inspection};
use crate::workload::{TimeBase, TraceColumn};
use chrono::DateTime;

/// Where a comment begins behind a value.
const COMMENT: usize = 48;

/// A trace a scenario is made of.
pub struct Logged<'a> {
    /// Its path as the scenario's folder sees it.
    pub path: &'a str,
    /// What it says about itself.
    pub found: &'a Inspection,
    /// Canonical column name and the trace's header, where the two differ.
    pub columns: &'a [(String, String)],
    /// Whether rows that cannot be read are left out.
    pub skip_bad_rows: bool,
    /// How much time it stands for, as a scenario writes it; its own span if not said.
    pub window: Option<&'a str>,
}

/// The scenario that replays the trace itself.
#[must_use]
pub fn traced(target: &Target, logged: &Logged<'_>) -> String {
    let mut options = Vec::new();
    if let Some(window) = logged.window {
        options.push(format!("      window: {}", scalar(window)));
    }
    if logged.skip_bad_rows {
        options.push("      skip_bad_rows: true".into());
    }
    if !logged.columns.is_empty() {
        options.push("      columns:".into());
    }
    let column = |(name, header): &(String, String)| {
        format!("        {}: {}", scalar(name), serde_json::Value::from(header.as_str()))
    };
    options.extend(logged.columns.iter().map(column));
    let mut slots = common(target);
    slots.extend([
        Slot::text("about", about(logged)),
        Slot::text("trace", serde_json::Value::from(logged.path).to_string()),
        Slot::lines("options", options.join("\n")),
        Slot::lines("missing", missing(logged.found, target.model.is_some())),
    ]);
    fill(include_str!("templates/trace.yaml"), &slots)
}

/// What the trace does not hold, as comments.
fn missing(found: &Inspection, model: bool) -> String {
    let tokens = |c| c == Field::Column(TraceColumn::InputTokens);
    // With a model, requests have tokens even if neither trace nor scenario says how many.
    let model = model && !found.fields.iter().any(|f| tokens(f.field));
    if found.missing.is_empty() || model {
        return String::new();
    }
    let mut lines =
        vec!["    # Not in the trace. Without a `requests:` section, this is taken:".to_owned()];
    let line = |m: &crate::workload::inspect::Missing| {
        format!("    #   {}: {}", Field::Column(m.column).name(), one_line(&m.instead))
    };
    lines.extend(found.missing.iter().map(line));
    lines.join("\n")
}

/// The scenario of what was fitted.
#[must_use]
pub fn fitted(target: &Target, logged: &Logged<'_>, fit: &Fit) -> String {
    let mut arrivals: Vec<String> =
        fit.arrivals.iter().map(|(key, value)| format!("      {key}: {value}")).collect();
    if let (Some(counts), Some(window), Some(first)) =
        (&fit.counts, fit.window, arrivals.first_mut())
    {
        *first = commented(first, &format!("in {window}: {}", errors(counts)));
    }
    let mut requests = Vec::new();
    for value in &fit.values {
        let line = format!("      {}: {}", value.key, value.text);
        requests.push(commented(&line, &errors(&value.agreement)));
    }
    if let Some(duration) = &fit.duration {
        let line = format!("      # duration: follows from the two before; {}", errors(duration));
        requests.push(line);
    }
    requests.extend(fit.shares.iter().map(|(key, value)| format!("      {key}: {value}")));
    if !requests.is_empty() {
        requests.insert(0, "    requests:".into());
    }
    let notes: Vec<String> =
        fit.notes.iter().map(|note| format!("# Note: {}.", one_line(note))).collect();
    let mut slots = common(target);
    slots.extend([
        Slot::text("about", about(logged)),
        Slot::lines("arrivals", arrivals.join("\n")),
        Slot::lines("requests", requests.join("\n")),
        Slot::lines("notes", notes.join("\n")),
    ]);
    fill(include_str!("templates/fitted.yaml"), &slots)
}

/// Which trace, in a few words that cannot end a comment.
fn about(logged: &Logged<'_>) -> String {
    let found = logged.found;
    let day = || DateTime::from_timestamp_nanos(found.first.0).format("%Y-%m-%d");
    let since = match found.time_base {
        TimeBase::UnixEpoch => format!(" from {}", day()),
        TimeBase::TraceStart => String::new(),
    };
    let rows = crate::units::grouped(&found.rows.to_string());
    one_line(&format!("{}, {rows} requests over {}{since}", logged.path, coarse(found)))
}

/// The span, to one decimal.
fn coarse(found: &Inspection) -> String {
    let seconds = found.span().as_secs_f64();
    const UNITS: [(f64, &str); 3] = [(86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes")];
    let unit = UNITS.into_iter().find(|(size, _)| seconds >= 2.0 * size);
    let (size, name) = unit.unwrap_or((1.0, "seconds"));
    format!("{:.1} {name}", seconds / size)
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn commented(line: &str, comment: &str) -> String {
    format!("{line:<COMMENT$} # {comment}")
}

/// How far the figures are off.
fn errors(a: &Agreement) -> String {
    let all = [
        ("mean", a.measured.mean, a.fitted.mean),
        ("p50", a.measured.p50, a.fitted.p50),
        ("p95", a.measured.p95, a.fitted.p95),
        ("p99", a.measured.p99, a.fitted.p99),
    ];
    let words: Vec<_> = all
        .into_iter()
        .filter_map(|(name, measured, fitted)| Some(format!("{name} {}", off(measured, fitted)?)))
        .collect();
    format!("{}; distance {:.3}", words.join(", "), a.distance)
}
