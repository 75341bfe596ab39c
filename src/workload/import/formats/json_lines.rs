//! JSON with the field names of the native format: one object per request.

use crate::diagnostic::{Diagnostic, Result, suggest};
use crate::workload::Trace;
use crate::workload::import::cell::shown;
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::json::{JsonCells, JsonRows, Strays, objects};
use crate::workload::import::row::{Cells, Layout, Reading, Rows, assemble};
use std::collections::BTreeMap;

/// Takes all JSON, so it stands behind the other JSON formats.
pub(super) const IMPORTER: Importer = Importer {
    name: "json",
    about: "any JSON of one object per request with a `timestamp`; other fields by name",
    detect: |head| {
        let named = [".jsonl", ".ndjson"].iter().any(|ending| head.name.contains(ending));
        named || head.first_line.starts_with(['{', '[']) && !objects(head).is_empty()
    },
    read,
};

fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let rows = JsonRows::open(input, Strays::Refuse);
    let mut cells = JsonCells::learning(rows, options.columns.values().map(String::as_str));
    let mut free = Free { columns: &options.columns };
    let skip = options.skip_bad_rows;
    let read = assemble(IMPORTER.name, &mut cells, Layout::default(), skip, &mut free);
    match cells.unseen() {
        // A field that is nowhere is the cause of whatever else went wrong.
        Some(path) if cells.rows() > 0 => Err(nowhere(path, &cells)),
        _ => read,
    }
}

/// The error for a field of `columns` that no object has.
fn nowhere(path: &str, cells: &JsonCells<'_>) -> Box<Diagnostic> {
    let others = cells.headers().iter().map(String::as_str).filter(|h| *h != path);
    let others: Vec<_> = others.collect();
    let hint = suggest::did_you_mean(path, others.iter().copied());
    Diagnostic::input(format!("no object of the trace has a field `{path}`"))
        .note(format!("fields found: {}", suggest::list(others)))
        .hint(hint.unwrap_or_else(|| "a field in a field has a dot: `usage.prompt_tokens`".into()))
        .into()
}

/// Fields are found by name as they turn up.
struct Free<'a> {
    columns: &'a BTreeMap<String, String>,
}

impl Reading for Free<'_> {
    fn layout(&mut self, cells: &impl Cells, known: &Layout) -> Result<Layout> {
        let layout = Layout::native(cells, self.columns)?;
        for old in &known.bindings {
            let now = layout.index_of(old.field);
            if now != Some(old.index) {
                let name = |i: usize| {
                    let header = cells.headers().get(i).map_or("", String::as_str);
                    shown(header.as_bytes())
                };
                let names = [name(old.index), now.map(name).unwrap_or_default()];
                let list = suggest::list(names.iter().map(String::as_str));
                let message = format!("fields {list} all mean `{}`", old.field.name());
                return Err(Diagnostic::input(message)
                    .at(cells.place(now), "not on the rows above")
                    .hint(format!("choose with `columns: {{{}: {}}}`", old.field.name(), names[0]))
                    .into());
            }
        }
        Ok(layout)
    }
}
