//! Traces with hashed prompt blocks: Mooncake (Kimi) and Qwen-Bailian.
//!
//! Both have one object a line with lengths in tokens and a list of block hashes; equal leading
//! hashes are a shared prefix. They differ in the unit of time and the size of a block, and only
//! Qwen-Bailian has chats.

use crate::diagnostic::Result;
use crate::workload::import::cell::{Refusal, Unit};
use crate::workload::import::importer::{Head, Importer, Opened};
use crate::workload::import::json::{Path, Strays, first_has, objects, read_paths};
use crate::workload::import::made::spread_ticks;
use crate::workload::import::row::{Bad, Cells, Field, Reading, note_rows};
use crate::workload::{PrefixBlock, Row, TimeBase, Trace};

const HASH_IDS: usize = 3;
const FIELDS: &[&str] = &["timestamp", "input_length", "output_length", "hash_ids"];

pub(super) const MOONCAKE: Importer = Importer {
    name: "mooncake",
    about: "Mooncake traces (timestamp in ms, input_length, output_length, hash_ids of 512 tokens)",
    detect: |head| has_block_list(head) && !first_has(head, &["chat_id"]),
    read: |opened| read(MOONCAKE.name, opened, Unit::Milliseconds, 512),
};

pub(super) const BAILIAN: Importer = Importer {
    name: "qwen-bailian",
    about: "Qwen-Bailian traces (timestamp in s, chat_id, hash_ids of 16 tokens)",
    detect: |head| has_block_list(head) && first_has(head, &["chat_id"]),
    read: |opened| read(BAILIAN.name, opened, Unit::Seconds, 16),
};

fn has_block_list(head: &Head<'_>) -> bool {
    first_has(head, FIELDS) && objects(head).first().is_some_and(|o| o["hash_ids"].is_array())
}

fn read(format: &'static str, opened: Opened<'_>, unit: Unit, block: u32) -> Result<Trace> {
    let paths: [Path; 4] = [
        ("timestamp", Some((Field::Timestamp, Some(unit)))),
        ("input_length", Some((Field::InputTokens, None))),
        ("output_length", Some((Field::OutputTokens, None))),
        ("hash_ids", None),
    ];
    let mut blocks = Blocks { block, misfits: 0 };
    let mut trace = read_paths(format, opened, &paths, Strays::Refuse, &mut blocks)?;
    trace.time_base = TimeBase::TraceStart;
    note_rows(
        &mut trace,
        blocks.misfits,
        &format!(
            "with more or fewer prompt blocks than {block} tokens a block make: \
             blocks past the prompt are left out"
        ),
    );
    spread_ticks(&mut trace);
    Ok(trace)
}

/// Reads the prompt blocks, of which the last one is partial.
struct Blocks {
    block: u32,
    misfits: u64,
}

impl Reading for Blocks {
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
        let ids: Vec<u64> = serde_json::from_slice(text).map_err(|_| {
            let refusal = Refusal::new(text, "not a list of block hashes");
            (index, refusal.allowed("whole numbers, one per prompt block, such as `[0, 14, 15]`"))
        })?;
        let mut left = row.input_tokens.unwrap_or_default();
        for &id in &ids {
            let tokens = left.min(self.block);
            if tokens > 0 {
                blocks.push(PrefixBlock { id, tokens });
            }
            left -= tokens;
        }
        self.misfits += u64::from(left > 0 || blocks.len() < ids.len());
        Ok(())
    }
}
