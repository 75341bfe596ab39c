//! What is wrong with price files, for programs, and in one line.

use crate::pricing::{Reading, Severity};
use schemars::JsonSchema;
use serde::Serialize;

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    crate::report::schema::of::<Document<'_>>("ssc/pricing-verify/1")
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    files: usize,
    errors: usize,
    warnings: usize,
    problems: Vec<Line<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Line<'a> {
    severity: &'static str,
    message: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    label: &'a str,
    notes: &'a [String],
    hint: Option<&'a str>,
}

/// `2 errors, 1 warning in 24 files`.
#[must_use]
pub fn verification_summary(reading: &Reading) -> String {
    let many = |n: usize, one: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {one}s"),
    };
    let errors = reading.count(Severity::Error);
    let warnings = reading.count(Severity::Warning);
    let files = many(reading.files, "file");
    match (errors, warnings) {
        (0, 0) => format!("no problems in {files}"),
        (0, w) => format!("{} in {files}", many(w, "warning")),
        (e, 0) => format!("{} in {files}", many(e, "error")),
        (e, w) => format!("{}, {} in {files}", many(e, "error"), many(w, "warning")),
    }
}

/// All problems with their places, schema `ssc/pricing-verify/1`.
#[must_use]
pub fn verification_json(reading: &Reading) -> String {
    let problems = reading.problems.iter().map(|problem| {
        let d = &problem.diagnostic;
        let place = d.place.as_ref();
        Line {
            severity: match problem.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: &d.message,
            file: place.map(|p| p.file.as_str()),
            line: place.map(|p| p.line),
            column: place.map(|p| p.column),
            label: &d.label,
            notes: &d.notes,
            hint: d.hint.as_deref(),
        }
    });
    crate::report::pretty(&Document {
        schema: "ssc/pricing-verify/1",
        files: reading.files,
        errors: reading.count(Severity::Error),
        warnings: reading.count(Severity::Warning),
        problems: problems.collect(),
    })
}
