//! AWS Lambda logs, in JSON and as lines of text, and what their reports say beside the requests.

mod figures;
mod json;
mod json_figures;
mod report;
mod report_line;

pub(super) use json::IMPORTER as JSON;
pub(super) use report::IMPORTER as REPORT;
