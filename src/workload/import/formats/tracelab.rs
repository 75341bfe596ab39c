//! TraceLab: rounds of coding agents, with the time of each event of the stream.
//!
//! A round is a request to the model, made once all its inputs are there: it arrives with the last
//! input before the first answer.

use crate::diagnostic::Result;
use crate::units::SimTime;
use crate::workload::import::cell::{Refusal, TimestampReader};
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::json::{Path, Strays, first_has, read_paths};
use crate::workload::import::row::{Bad, Cells, Field, Reading, note_rows};
use crate::workload::{PrefixBlock, Row, Trace};
use serde::Deserialize;
use std::borrow::Cow;

pub(super) const IMPORTER: Importer = Importer {
    name: "tracelab",
    about: "TraceLab rounds of coding agents (token splits and timing_events)",
    detect: |head| first_has(head, &["timing_events", "input_tokens_total", "output_tokens"]),
    read,
};

const PATHS: &[Path] = &[
    ("model", Some((Field::Model, None))),
    ("input_tokens_total", Some((Field::InputTokens, None))),
    ("prefix_tokens", Some((Field::CachedTokens, None))),
    ("claude_cache_creation_input_tokens", Some((Field::CacheWriteTokens, None))),
    ("output_tokens", Some((Field::OutputTokens, None))),
    ("timing_events", None),
];
const EVENTS: usize = 5;

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    event_type: Cow<'a, str>,
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
}

fn read(opened: Opened<'_>) -> Result<Trace> {
    let mut rounds = Rounds { clock: TimestampReader::default(), silent: 0 };
    let mut trace = read_paths(IMPORTER.name, opened, PATHS, Strays::Refuse, &mut rounds)?;
    note_rows(
        &mut trace,
        rounds.silent,
        "without an input followed by an answer: their duration is left open",
    );
    Ok(trace)
}

/// Reads the events of rounds.
struct Rounds {
    clock: TimestampReader,
    silent: u64,
}

impl Reading for Rounds {
    fn adjust(
        &mut self,
        cells: &impl Cells,
        row: &mut Row,
        _: &mut Vec<PrefixBlock>,
    ) -> std::result::Result<(), Bad> {
        let index = EVENTS;
        let bad = |refusal| (index, refusal);
        let text = cells.cell(index);
        let events: Vec<Event<'_>> = serde_json::from_slice(text).map_err(|_| {
            bad(Refusal::because("the round has no list of timed events")
                .allowed("`timing_events` with an `event_type` and a `timestamp` each"))
        })?;
        let (mut first, mut input, mut answer, mut last) = (None, None, None, None);
        for event in &events {
            let at = self.clock.read(event.timestamp.as_bytes()).map_err(bad)?.nanos;
            first.get_or_insert(at);
            match event.event_type.as_ref() {
                "user_message" | "tool_result" if answer.is_none() => input = Some(at),
                "reasoning" | "text" | "tool_call" => {
                    answer.get_or_insert(at);
                    last = last.max(Some(at));
                }
                // The count of tokens closes the stream.
                "usage_report" if answer.is_some() => last = last.max(Some(at)),
                _ => {}
            }
        }
        let Some(first) = first else {
            return Err(bad(Refusal::because("the round has no timed event")));
        };
        row.arrival = SimTime(input.unwrap_or(first));
        match (input, answer, last) {
            (Some(input), Some(answer), Some(last)) if answer >= input => {
                row.time_to_first_token = Some(SimTime(answer).since(SimTime(input)));
                row.duration = Some(SimTime(last).since(SimTime(input)));
            }
            _ => self.silent += 1,
        }
        Ok(())
    }
}
