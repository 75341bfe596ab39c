//! Traces from files.

mod errors;
mod fixtures;
mod formats;
mod inspect;
mod json_formats;
mod json_native;
mod json_published;
mod logs;
mod native;
mod pack;
pub(crate) mod parquet;
mod prompt_cache;
mod published;
mod published_text;
mod round_trip;
mod text;

use ssc::diagnostic::Diagnostic;
use ssc::workload::Trace;
use ssc::workload::import::{ReadOptions, read};

/// Reads a trace called `trace.csv` with default options.
fn parse(text: &str) -> Trace {
    parse_with(text, &ReadOptions::default())
}

fn parse_with(text: &str, options: &ReadOptions) -> Trace {
    read("trace.csv", text.as_bytes(), options).unwrap_or_else(|e| panic!("{}", render(&e)))
}

/// The error for this text, rendered.
fn error(text: &str) -> String {
    error_with(text, &ReadOptions::default())
}

fn error_with(text: &str, options: &ReadOptions) -> String {
    render(&read("trace.csv", text.as_bytes(), options).expect_err("this trace is bad"))
}

fn columns<const N: usize>(pairs: [(&str, &str); N]) -> ReadOptions {
    let pairs = pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
    ReadOptions { columns: pairs.collect(), ..ReadOptions::default() }
}

fn format(name: &str) -> ReadOptions {
    ReadOptions { format: Some(name.into()), ..ReadOptions::default() }
}

fn skipping() -> ReadOptions {
    ReadOptions { skip_bad_rows: true, ..ReadOptions::default() }
}

/// All of a diagnostic as text.
fn render(d: &Diagnostic) -> String {
    let mut text = format!("error: {}\n", d.message);
    if let Some(p) = &d.place {
        text += &format!(" --> {}:{}:{}\n", p.file, p.line, p.column);
        let marks = "^".repeat(p.length);
        text += &format!("  | {}\n  | {}{marks} {}\n", p.text, " ".repeat(p.column - 1), d.label);
    }
    for note in &d.notes {
        text += &format!("note: {note}\n");
    }
    if let Some(hint) = &d.hint {
        text += &format!("hint: {hint}\n");
    }
    text
}
