//! Google Cloud Run request logs: entries of Cloud Logging, in a list, one a line or printed over
//! several lines.
//!
//! The timestamp is when the request came in, and the latency ends with the last byte.

use crate::diagnostic::Result;
use crate::units::{SimDuration, thousands};
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::json::{Path, Strays, contains, objects, read_paths};
use crate::workload::import::row::{Bad, Cells, Field, Reading, note_rows};
use crate::workload::{PrefixBlock, Row, Trace};
use std::collections::HashSet;

/// How the name of the request log ends, as it is and as it is escaped.
const LOGS: [&str; 2] = ["run.googleapis.com%2Frequests", "run.googleapis.com/requests"];

pub(super) const IMPORTER: Importer = Importer {
    name: "cloud-run",
    about: "Google Cloud Run request logs (LogEntry with httpRequest, from Cloud Logging)",
    detect: |head| {
        contains(head.text, "httpRequest")
            && objects(head).iter().any(|entry| {
                entry.contains_key("httpRequest")
                    && entry.get("logName").and_then(|n| n.as_str()).is_some_and(is_request_log)
            })
    },
    read,
};

const PATHS: &[Path] = &[
    ("timestamp", Some((Field::Timestamp, None))),
    ("httpRequest.latency", Some((Field::Duration, None))),
    ("httpRequest.requestSize", Some((Field::RequestBytes, None))),
    ("httpRequest.responseSize", Some((Field::ResponseBytes, None))),
    ("httpRequest.status", Some((Field::Status, None))),
    ("resource.labels.service_name", Some((Field::Workload, None))),
    ("logName", None),
    ("labels.instanceId", None),
];
const LOG_NAME: usize = 6;
const INSTANCE: usize = 7;

fn is_request_log(name: &str) -> bool {
    LOGS.iter().any(|log| name.ends_with(log))
}

fn read(opened: Opened<'_>) -> Result<Trace> {
    let mut entries = Entries::default();
    let mut trace = read_paths(IMPORTER.name, opened, PATHS, Strays::Count, &mut entries)?;
    note_rows(
        &mut trace,
        entries.rounded,
        "with a latency of 0 s, which is rounded down: their duration is left open",
    );
    match entries.instances.len() as u64 {
        0 => {}
        1 => trace.notes.push("one instance answered".into()),
        n => trace.notes.push(format!("{} instances answered", thousands(n))),
    }
    Ok(trace)
}

#[derive(Default)]
struct Entries {
    instances: HashSet<String>,
    rounded: u64,
}

impl Reading for Entries {
    fn takes(&mut self, cells: &impl Cells) -> bool {
        is_request_log(cells.text(LOG_NAME))
    }

    fn adjust(
        &mut self,
        cells: &impl Cells,
        row: &mut Row,
        _: &mut Vec<PrefixBlock>,
    ) -> std::result::Result<(), Bad> {
        if row.duration == Some(SimDuration::ZERO) {
            row.duration = None;
            self.rounded += 1;
        }
        let instance = cells.text(INSTANCE);
        if !instance.is_empty() && !self.instances.contains(instance) {
            self.instances.insert(instance.to_owned());
        }
        Ok(())
    }
}
