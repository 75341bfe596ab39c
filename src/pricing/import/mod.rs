//! Price tables that others keep, turned into LLM price files: text in, text out.
//!
//! One file a table; adding one is a file and a line in [`FORMATS`]. Numbers are moved as text and
//! never computed, and what a price file cannot say is counted, not dropped.

mod amount;
mod dearest;
mod genai_prices;
mod json;
mod litellm;
mod models_dev;
mod report;
mod table;
mod write;

pub use report::Report;

use super::Book;
use crate::diagnostic::{Diagnostic, Result, Source, suggest};
use chrono::NaiveDate;
use json::Node;
use std::collections::BTreeSet;
use table::{Table, TableProvider};

/// A table that can be read.
pub struct TableFormat {
    /// What a user calls it.
    pub id: &'static str,
    /// Whether a file looks like it.
    detect: fn(Node<'_>) -> Result<bool>,
    read: fn(Node<'_>) -> Result<Table>,
}

/// Every table that can be read.
pub const FORMATS: &[TableFormat] = &[
    TableFormat { id: "genai-prices", detect: genai_prices::detect, read: genai_prices::read },
    TableFormat { id: "litellm", detect: litellm::detect, read: litellm::read },
    TableFormat { id: "models-dev", detect: models_dev::detect, read: models_dev::read },
];

/// How to import a table.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Which of [`FORMATS`]; found out when missing.
    pub format: Option<String>,
    /// Only these providers; empty: all.
    pub providers: Vec<String>,
    /// The day the table is of; its own when missing.
    pub date: Option<NaiveDate>,
    /// The day from which undated prices hold; the table's day when missing.
    pub since: Option<NaiveDate>,
}

/// A price file that was made.
#[derive(Clone, Debug)]
pub struct ImportedFile {
    /// The provider, which is also the file's name without its ending.
    pub provider: String,
    /// The file.
    pub text: String,
}

/// Price files made from a table, and what became of its models.
#[derive(Clone, Debug)]
pub struct Import {
    /// One file a provider, by name.
    pub files: Vec<ImportedFile>,
    /// What was read, written and lost.
    pub report: Report,
}

/// Turns a table into price files. What a table does not say of a provider (how it counts cached
/// tokens, what an abandoned stream costs) is taken from the provider of that name in `book`.
///
/// # Errors
/// A file that is none of the tables, malformed values, an unknown provider, no known date.
pub fn import(source: &Source, options: &ImportOptions, book: &Book) -> Result<Import> {
    let root = Node::root(source)?;
    let format = format(root, options.format.as_deref())?;
    let mut table = (format.read)(root)?;
    let date = options.date.or(table.date).ok_or_else(|| {
        Diagnostic::input(format!("nothing says which day `{}` is of", source.name()))
            .hint("add `--date YYYY-MM-DD`: the day on which you downloaded the table")
    })?;
    choose(&mut table, &options.providers)?;
    let mut report = Report::new(format.id, date, table.repeated);
    let file_name = source.name().rsplit(['/', '\\']).next().unwrap_or_default();
    // A line end in a name would end the comment that it is written in.
    let file_name = file_name.replace(char::is_control, " ");
    let writer = write::Writer {
        origin: format!("{}, {file_name}", format.id),
        date,
        since: options.since.unwrap_or(date),
    };
    let mut files = Vec::new();
    let mut names = BTreeSet::new();
    for provider in &mut table.providers {
        unambiguous(provider);
        let id = write::file_name(&provider.id);
        if !names.insert(id.clone()) {
            return Err(Box::new(Diagnostic::input(format!(
                "two providers of the table would be written to `{id}.yaml`"
            ))));
        }
        let known = book.llm_providers.iter().find(|p| p.id == id);
        let written = writer.provider(&id, provider, known, &mut report);
        files.extend(written.map(|text| ImportedFile { provider: id, text }));
    }
    files.sort_by(|a, b| a.provider.cmp(&b.provider));
    // A file that does not load is not handed out.
    let name = |file: &ImportedFile| format!("llm/{}.yaml", file.provider);
    let sources: Vec<_> = files.iter().map(|f| Source::new(name(f), f.text.as_str())).collect();
    Book::load(&sources)?;
    Ok(Import { files, report })
}

fn format(root: Node<'_>, wanted: Option<&str>) -> Result<&'static TableFormat> {
    let ids = || FORMATS.iter().map(|f| f.id);
    if let Some(id) = wanted {
        return FORMATS.iter().find(|f| f.id == id).ok_or_else(|| {
            Box::new(
                Diagnostic::input(format!("unknown table `{id}`"))
                    .note(format!("known: {}", suggest::list(ids())))
                    .maybe_hint(suggest::did_you_mean(id, ids())),
            )
        });
    }
    for format in FORMATS {
        if (format.detect)(root)? {
            return Ok(format);
        }
    }
    Err(Box::new(
        root.error("this is none of the price tables that can be read", "starts like this")
            .note(format!("known: {}", suggest::list(ids())))
            .hint("if it is one of them, name it with `--from`"),
    ))
}

/// Keeps the wanted providers.
fn choose(table: &mut Table, wanted: &[String]) -> Result<()> {
    let known: Vec<_> = table.providers.iter().map(|p| p.id.clone()).collect();
    let names = || known.iter().map(String::as_str);
    for id in wanted {
        if !known.contains(id) {
            return Err(Box::new(
                Diagnostic::input(format!("no provider `{id}` in this table"))
                    .note(format!("its providers: {}", suggest::list(names())))
                    .maybe_hint(suggest::did_you_mean(id, names())),
            ));
        }
    }
    table.providers.retain(|p| wanted.is_empty() || wanted.contains(&p.id));
    Ok(())
}

/// Leaves out models whose name is taken, and aliases that are.
fn unambiguous(provider: &mut TableProvider) {
    let mut names = BTreeSet::new();
    for model in provider.models.iter_mut().filter(|m| m.left_out.is_none()) {
        if !names.insert(model.id.clone()) {
            *model = std::mem::take(model).without("a second model of the same name");
        }
    }
    for model in &mut provider.models {
        model.aliases.retain(|alias| names.insert(alias.clone()));
    }
}
