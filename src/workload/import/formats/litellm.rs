//! LiteLLM: standard logging payloads and spend logs.
//!
//! The stream lasts from start to end; `response_time` is not its length (of a stream it is the
//! time to first token).

use crate::diagnostic::Result;
use crate::units::{SimDuration, SimTime};
use crate::workload::import::cell::TimestampReader;
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::json::{Path, Strays, contains, objects, read_paths};
use crate::workload::import::row::{Bad, Cells, Field, Reading, note_rows};
use crate::workload::{PrefixBlock, Row, Status, Trace};

pub(super) const IMPORTER: Importer = Importer {
    name: "litellm",
    about: "LiteLLM spend logs and standard logging payloads (startTime, endTime, tokens)",
    detect: |head| {
        contains(head.text, "completionStartTime")
            && objects(head).iter().any(|o| {
                ["startTime", "endTime", "prompt_tokens", "completion_tokens"]
                    .iter()
                    .all(|field| o.contains_key(*field))
            })
    },
    read,
};

const PATHS: &[Path] = &[
    ("startTime", Some((Field::Timestamp, None))),
    ("endTime", Some((Field::End, None))),
    ("prompt_tokens", Some((Field::InputTokens, None))),
    ("completion_tokens", Some((Field::OutputTokens, None))),
    (
        "metadata.usage_object.prompt_tokens_details.cached_tokens|\
         metadata.usage_object.cache_read_input_tokens|\
         metadata.additional_usage_values.cache_read_input_tokens|\
         metadata.additional_usage_values.prompt_tokens_details.cached_tokens",
        Some((Field::CachedTokens, None)),
    ),
    (
        "metadata.usage_object.cache_creation_input_tokens|\
         metadata.additional_usage_values.cache_creation_input_tokens",
        Some((Field::CacheWriteTokens, None)),
    ),
    ("model", Some((Field::Model, None))),
    ("status|metadata.status", Some((Field::Status, None))),
    ("completionStartTime", None),
    ("cache_hit", None),
];
const FIRST_TOKEN: usize = 8;
const CACHE_HIT: usize = 9;

fn read(opened: Opened<'_>) -> Result<Trace> {
    let mut calls = Calls::default();
    let mut trace = read_paths(IMPORTER.name, opened, PATHS, Strays::Count, &mut calls)?;
    let Calls { failed, outside, own_cache, .. } = calls;
    for (count, what) in [
        (failed, "without any token: failed requests"),
        (outside, "with a first token at or before the start or after the end: left open"),
        (own_cache, "answered from the proxy's own cache: they cost no tokens of a model"),
    ] {
        note_rows(&mut trace, count, what);
    }
    Ok(trace)
}

#[derive(Default)]
struct Calls {
    clock: TimestampReader,
    failed: u64,
    outside: u64,
    own_cache: u64,
}

impl Reading for Calls {
    fn adjust(
        &mut self,
        cells: &impl Cells,
        row: &mut Row,
        _: &mut Vec<PrefixBlock>,
    ) -> std::result::Result<(), Bad> {
        let tokens = [row.input_tokens, row.output_tokens];
        if tokens == [Some(0); 2] && row.status == Status::Completed {
            row.status = Status::Failed;
            self.failed += 1;
        }
        self.own_cache += u64::from(cells.text(CACHE_HIT).eq_ignore_ascii_case("true"));
        let first = cells.cell(FIRST_TOKEN);
        if first.is_empty() {
            return Ok(());
        }
        let at = self.clock.read(first).map_err(|refusal| (FIRST_TOKEN, refusal))?;
        let wait = SimTime(at.nanos).since(row.arrival);
        if wait <= SimDuration::ZERO || row.duration.is_some_and(|whole| wait > whole) {
            self.outside += 1;
        } else {
            row.time_to_first_token = Some(wait);
        }
        Ok(())
    }
}
