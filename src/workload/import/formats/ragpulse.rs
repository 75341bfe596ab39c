//! RAGPulse traces: a question service that puts documents, history and search results before the
//! question.
//!
//! The hashes name pieces of the prompt, not what stands before them. How many tokens a piece has
//! stands in other files of the publisher (`1_sys_prompt.jsonl` and so on); without them there are
//! no prompt prefixes, since any way to share the prompt's tokens out among the pieces would be
//! invented.

use crate::diagnostic::Result;
use crate::workload::import::cell::{Refusal, Unit, whole};
use crate::workload::import::importer::{Beside, Importer, Opened};
use crate::workload::import::input::{Input, TRACE};
use crate::workload::import::json::{
    JsonCells, JsonRows, Path, Strays, first_has, objects, read_paths,
};
use crate::workload::import::row::{Bad, Cells, Field, Reading, Rows, Step, Texts, note_rows};
use crate::workload::{PrefixBlock, Row, TimeBase, Trace};
use serde::Deserialize;
use std::collections::HashMap;

pub(super) const IMPORTER: Importer = Importer {
    name: "ragpulse",
    about: "RAGPulse traces (timestamp in s, hash_ids of system prompt, passages, history, …)",
    detect: |head| {
        first_has(head, &["timestamp", "input_length", "output_length", "hash_ids"])
            && objects(head).first().is_some_and(|o| o["hash_ids"].get("sys_prompt").is_some())
    },
    read,
};

const PATHS: &[Path] = &[
    ("timestamp", Some((Field::Timestamp, Some(Unit::Seconds)))),
    ("input_length", Some((Field::InputTokens, None))),
    ("output_length", Some((Field::OutputTokens, None))),
    ("hash_ids", None),
];
const HASH_IDS: usize = 3;

/// The files of lengths: a part of their name, and the field that names the piece.
const LENGTHS: &[(&str, &str)] = &[
    ("sys_prompt.jsonl", "sys_prompt_id"),
    ("passages.jsonl", "passage_id"),
    ("history.jsonl", "history_id"),
    ("web_search.jsonl", "web_search_id"),
    ("user_input.jsonl", "user_input_id"),
];

/// The pieces of a prompt, in its order.
#[derive(Deserialize)]
struct Pieces {
    #[serde(default)]
    sys_prompt: Vec<u64>,
    #[serde(default)]
    passages_ids: Vec<u64>,
    #[serde(default)]
    history: Vec<u64>,
    #[serde(default)]
    web_search: Vec<u64>,
    #[serde(default)]
    user_input: Vec<u64>,
}

fn read(opened: Opened<'_>) -> Result<Trace> {
    let (lengths, found) = lengths(opened.beside)?;
    let mut pieces = Prompts { lengths, unknown: 0 };
    let mut trace = read_paths(IMPORTER.name, opened, PATHS, Strays::Refuse, &mut pieces)?;
    trace.time_base = TimeBase::TraceStart;
    if found == 0 {
        trace.notes.push(
            "the files with the lengths of prompt pieces (`1_sys_prompt.jsonl`, …) are not beside \
             the trace: no prompt prefixes"
                .into(),
        );
    } else {
        let unknown = "with prompt pieces of unknown length: their prefixes end before the first";
        note_rows(&mut trace, pieces.unknown, unknown);
    }
    Ok(trace)
}

/// The tokens of each piece, and how many files told them.
fn lengths(beside: &dyn Beside) -> Result<(HashMap<u64, u32>, usize)> {
    let (mut lengths, mut found) = (HashMap::new(), 0);
    let names = beside.names();
    for (ending, id) in LENGTHS {
        let Some(name) = names.iter().find(|n| n.ends_with(ending)) else { continue };
        found += 1;
        let input = Input::open(name, beside.open(name)?, &TRACE)?;
        let rows = JsonRows::open(input, Strays::Refuse);
        let mut cells = JsonCells::fixed(rows, [*id, "token_length"]);
        loop {
            match cells.next()? {
                Step::End => break,
                Step::Misshapen(diagnostic) => return Err(diagnostic),
                Step::Row => {}
            }
            let number = |index: usize, what: &str| {
                whole(cells.cell(index), what).map_err(|refusal| cells.refuse(index, refusal))
            };
            let tokens = u32::try_from(number(1, "tokens")?);
            let refuse = || Refusal::new(cells.cell(1), "too large for a whole number of tokens");
            lengths.insert(
                number(0, "the piece's number")?,
                tokens.map_err(|_| cells.refuse(1, refuse()))?,
            );
        }
    }
    Ok((lengths, found))
}

/// Reads the pieces of prompts.
struct Prompts {
    lengths: HashMap<u64, u32>,
    unknown: u64,
}

impl Reading for Prompts {
    fn adjust(
        &mut self,
        cells: &impl Cells,
        row: &mut Row,
        blocks: &mut Vec<PrefixBlock>,
    ) -> std::result::Result<(), Bad> {
        let index = HASH_IDS;
        let text = cells.cell(index);
        if text.is_empty() {
            return Ok(());
        }
        let pieces: Pieces = serde_json::from_slice(text)
            .map_err(|_| (index, Refusal::new(text, "not an object of lists of prompt pieces")))?;
        let Pieces { sys_prompt, passages_ids, history, web_search, user_input } = pieces;
        let mut left = row.input_tokens.unwrap_or_default();
        for piece in [sys_prompt, passages_ids, history, web_search, user_input].concat() {
            let Some(&tokens) = self.lengths.get(&piece) else {
                self.unknown += 1;
                break;
            };
            // The pieces make up the prompt but for a few words between them.
            let tokens = tokens.min(left);
            if tokens > 0 {
                blocks.push(PrefixBlock::following(blocks.last().copied(), piece, tokens));
            }
            left -= tokens;
        }
        Ok(())
    }
}
