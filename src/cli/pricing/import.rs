//! `ssc pricing import`.

use super::super::exit::EXIT_OK;
use super::super::flags::{Global, date};
use super::super::{files, output};
use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::pricing::import::{FORMATS, ImportOptions, import};
use chrono::NaiveDate;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;

/// `ssc pricing import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc pricing import data.json --date 2026-11-23 -o prices
  ssc pricing import api.json --provider openai > prices/llm/openai.yaml
  ssc estimate scenarios/chat.yaml --pricing prices")]
pub(in crate::cli) struct ImportArgs {
    /// A price table: genai-prices data.json, litellm model_prices_and_context_window.json or
    /// models.dev api.json
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Which table it is [default: found out]
    #[arg(long, value_name = "TABLE", value_parser = PossibleValuesParser::new(FORMATS.iter().map(|f| f.id)))]
    from: Option<String>,
    /// Only this provider of the table (can be repeated)
    #[arg(long, value_name = "ID")]
    provider: Vec<String>,
    /// Write one file a provider to DIR/llm [default: stdout, for a single provider]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The day the table is of [default: the table's own]
    #[arg(long, value_name = "DATE", value_parser = date)]
    date: Option<NaiveDate>,
    /// The day from which undated prices hold [default: the day of the table]
    #[arg(long, value_name = "DATE", value_parser = date)]
    since: Option<NaiveDate>,
    /// Replace price files that are already there
    #[arg(long)]
    force: bool,
    /// Name every model of which something is not kept
    #[arg(long)]
    list_all: bool,
}

pub(super) fn run(args: &ImportArgs, global: &Global) -> Result<u8> {
    let options = ImportOptions {
        format: args.from.clone(),
        providers: args.provider.clone(),
        date: args.date,
        since: args.since,
    };
    let made = import(&files::text(&args.file)?, &options, &files::book(&[])?)?;
    match (&args.output, made.files.as_slice()) {
        (Some(folder), all) => {
            let folder = folder.join("llm");
            let path = |provider: &str| folder.join(format!("{provider}.yaml"));
            let there = all.iter().map(|f| path(&f.provider)).find(|p| p.exists() && !args.force);
            if let Some(there) = there {
                return Err(Box::new(
                    Diagnostic::input(format!("`{}` is already there", there.display()))
                        .kind(Kind::File)
                        .hint("choose another folder, or replace price files with `--force`"),
                ));
            }
            files::make_folder(&folder)?;
            for file in all {
                files::write(&path(&file.provider), &file.text)?;
            }
        }
        (None, [one]) => output::result(&one.text, None)?,
        (None, []) => {}
        (None, all) => {
            return Err(Box::new(
                Diagnostic::input(format!(
                    "the table has {} providers, each a file of its own",
                    all.len()
                ))
                .hint("name a folder with `-o DIR`, or one provider with `--provider ID`"),
            ));
        }
    }
    if !global.quiet {
        output::message(&made.report.text(args.list_all))?;
    }
    Ok(EXIT_OK)
}
