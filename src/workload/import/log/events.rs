//! CloudWatch log events, whatever they were exported as: JSON of the command line, CSV of the console
//! or of a query, or plain lines with a timestamp in front.

use super::events_json::json;
use super::lines::Lines;
use crate::diagnostic::{Diagnostic, Result};
use crate::workload::import::cell::{Instant, Refusal, TimestampReader};
use crate::workload::import::input::Input;
use crate::workload::import::row::{Step, snake};
use crate::workload::import::table::{RowReader, split_header};

/// One event.
pub(crate) struct Event<'e> {
    /// When it was logged, if the log says so.
    pub(crate) time: Option<Instant>,
    /// Its text, of one line or several.
    pub(crate) message: &'e str,
    /// The log group it is from, if the log says so.
    pub(crate) group: Option<&'e str>,
    /// Cells by the name of their column, for tables that have more than the text.
    pub(crate) cells: &'e [(String, String)],
}

/// Takes each event; a refusal is given its place.
pub(super) type Visit<'v> = dyn FnMut(Event<'_>) -> std::result::Result<(), Refusal> + 'v;
/// Decides what becomes of a bad event.
pub(super) type Judge<'j> = dyn FnMut(Box<Diagnostic>) -> Result<()> + 'j;

/// Gives every event of the file to `visit`, and what it refuses, with its place, to `judge`.
///
/// # Errors
/// Those of `judge`, and a file that cannot be read.
pub(crate) fn each(input: Input<'_>, visit: &mut Visit<'_>, judge: &mut Judge<'_>) -> Result<()> {
    let first = input.first_line();
    if first.starts_with('{') {
        return json(input, visit, judge);
    }
    if is_table(&first) { table(input, visit, judge) } else { plain(input, visit, judge) }
}

/// Whether a first line is the header of an exported table.
pub(crate) fn is_table(first_line: &str) -> bool {
    let headers = split_header(first_line);
    let has = |name: &str| headers.iter().any(|h| h == name);
    headers.len() > 1 && (has("@timestamp") || (has("timestamp") && has("message")))
}

fn plain(input: Input<'_>, visit: &mut Visit<'_>, judge: &mut Judge<'_>) -> Result<()> {
    let mut lines = Lines::open(input);
    while lines.next()? {
        let line = String::from_utf8_lossy(lines.text());
        let event = Event { time: leading_time(&line), message: &line, group: None, cells: &[] };
        if let Err(refusal) = visit(event) {
            judge(lines.refuse(b"", refusal))?;
        }
    }
    Ok(())
}

/// The date among the first words of a line, before the log's own text.
fn leading_time(line: &str) -> Option<Instant> {
    const LOOKED_AT: usize = 3;
    let words: Vec<_> = line.split_ascii_whitespace().take(LOOKED_AT + 1).collect();
    (0..LOOKED_AT.min(words.len())).find_map(|i| {
        let word = words.get(i)?.trim_matches(['[', ']']);
        let read = |text: &str| TimestampReader::default().read(text.as_bytes()).ok();
        if word.contains(':') {
            // Date and time may be two words.
            let before = i.checked_sub(1).and_then(|before| words.get(before));
            let both = before.map(|date| format!("{} {word}", date.trim_start_matches('[')));
            return read(word).or_else(|| read(&both?));
        }
        let is_epoch = word.len() == 13 && word.bytes().all(|b| b.is_ascii_digit());
        is_epoch.then(|| read(word)).flatten()
    })
}

fn table(input: Input<'_>, visit: &mut Visit<'_>, judge: &mut Judge<'_>) -> Result<()> {
    let mut reader = RowReader::open(input)?;
    let names: Vec<_> = reader.headers().iter().map(|h| snake(h)).collect();
    let find = |name: &str| names.iter().position(|n| n == name);
    let (time, message, group) = (find("timestamp"), find("message"), find("log"));
    let mut clock = TimestampReader::default();
    let mut cells = Vec::new();
    loop {
        match reader.next()? {
            Step::End => return Ok(()),
            Step::Misshapen(diagnostic) => judge(diagnostic)?,
            Step::Row => {
                let text = |i: Option<usize>| {
                    i.map(|i| String::from_utf8_lossy(reader.cell(i))).filter(|t| !t.is_empty())
                };
                let read = text(time).map(|t| clock.read(t.as_bytes())).transpose();
                cells.clear();
                cells.extend(
                    names
                        .iter()
                        .enumerate()
                        .filter_map(|(i, name)| Some((name.clone(), text(Some(i))?.into_owned()))),
                );
                let (message, group) = (text(message), text(group));
                let done = read.map_err(|refusal| (time, refusal)).and_then(|time| {
                    visit(Event {
                        time,
                        message: message.as_deref().unwrap_or_default(),
                        group: group.as_deref(),
                        cells: &cells,
                    })
                    .map_err(|refusal| (find("message"), refusal))
                });
                if let Err((column, refusal)) = done {
                    judge(reader.refuse(column.unwrap_or_default(), refusal))?;
                }
            }
        }
    }
}
