//! Formats in JSON, read from small files in their shape.

use super::render;
use ssc::diagnostic::Result;
use ssc::workload::import::{Beside, ReadOptions, read, read_beside};
use ssc::workload::{Row, Trace};
use std::fmt::Write;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/traces")
}

/// A folder of fixtures.
struct Folder(PathBuf);

impl Beside for Folder {
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>> {
        Ok(Box::new(File::open(self.0.join(name)).unwrap()))
    }
}

fn fixture(name: &str) -> Trace {
    let path = fixtures().join(name);
    let folder = Folder(path.parent().unwrap().to_path_buf());
    let file = File::open(&path).unwrap();
    let options = ReadOptions { seed: 42, ..ReadOptions::default() };
    read_beside(name, file, &options, &folder).unwrap_or_else(|e| panic!("{}", render(&e)))
}

/// What a trace holds, a line a row; arrivals count from the first.
fn told(trace: &Trace) -> String {
    let first = trace.row(0).arrival;
    let mut text = format!("{} of {} rows\n", trace.format, trace.len());
    for (i, row) in trace.iter().enumerate() {
        let name = |names: &[String], index: Option<u16>| {
            index.map_or("-".to_owned(), |i| names[usize::from(i)].clone())
        };
        let Row { duration, time_to_first_token: ttft, status, .. } = row;
        let time = |d: Option<ssc::units::SimDuration>| d.map_or("-".into(), |d| d.to_string());
        let count = |n: Option<u64>| n.map_or("-".into(), |n| n.to_string());
        let tokens = [row.input_tokens, row.cached_tokens, row.cache_write_tokens, row.output_tokens];
        let tokens: Vec<_> = tokens.iter().map(|t| count(t.map(u64::from))).collect();
        write!(text, "{} {} {}", row.arrival.since(first), time(duration), time(ttft)).unwrap();
        write!(text, " tokens {}", tokens.join(" ")).unwrap();
        write!(text, " bytes {} {}", count(row.request_bytes), count(row.response_bytes)).unwrap();
        let labels = [
            name(trace.workload_labels(), row.workload),
            name(trace.model_labels(), row.model),
        ];
        write!(text, " {status:?} {}", labels.join(" ")).unwrap();
        let blocks = trace.prefixes().of(i).iter().map(|b| b.tokens.to_string());
        writeln!(text, " [{}]", blocks.collect::<Vec<_>>().join(" ")).unwrap();
    }
    for note in &trace.notes {
        writeln!(text, "note: {note}").unwrap();
    }
    text
}

