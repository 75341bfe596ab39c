//! `ssc estimate --format focus-…`: the CSV, its metadata, and a word about what has no price.

use super::digest::{Digest, of_price_files};
use super::flags::Global;
use super::output;
use crate::diagnostic::{Diagnostic, Kind, Result, Source};
use crate::estimate::{Estimate, Options};
use crate::pricing::Book;
use crate::report::focus::{Focus, Version, files};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// Flags of FOCUS output.
#[derive(Debug, clap::Args)]
pub(super) struct FocusArgs {
    /// For FOCUS: the billing account of the rows [default: estimate/<scenario>]
    #[arg(long, value_name = "ID", help_heading = "FOCUS")]
    billing_account: Option<String>,
    /// For FOCUS: where to write the metadata [default: beside the output file]
    #[arg(long, value_name = "FILE", help_heading = "FOCUS")]
    metadata: Option<PathBuf>,
}

/// What the estimate was made from.
pub(super) struct MadeFrom<'a> {
    pub(super) book: &'a Book,
    pub(super) price_files: &'a [Source],
    /// The scenario and its traces.
    pub(super) digest: Digest,
}

/// Flags that mean nothing for other formats.
pub(super) fn refuse_flags(args: &FocusArgs) -> Result<()> {
    let flags = [
        (args.billing_account.is_some(), "--billing-account"),
        (args.metadata.is_some(), "--metadata"),
    ];
    match flags.into_iter().find(|(given, _)| *given) {
        Some((_, flag)) => Err(Box::new(
            Diagnostic::input(format!("`{flag}` is for FOCUS output"))
                .hint("add `--format focus-1.4`, or leave it out"),
        )),
        None => Ok(()),
    }
}

pub(super) fn write(
    estimate: &Estimate,
    version: Version,
    options: &Options,
    from: MadeFrom<'_>,
    args: &FocusArgs,
    output: Option<&Path>,
    global: &Global,
) -> Result<()> {
    let account = match args.billing_account.as_deref().map(str::trim) {
        Some("") => {
            return Err(Box::new(
                Diagnostic::input("a billing account has an id")
                    .hint("leave `--billing-account` out to use `estimate/<scenario>`"),
            ));
        }
        Some(id) => id.to_owned(),
        None => format!("estimate/{}", estimate.name),
    };
    let o = options;
    let flags = (&o.platform, &o.region, &o.llm, o.seed, o.no_free_tier, estimate.pricing_date);
    from.digest.part("flags", &format!("{flags:?}"));
    let files = files(
        estimate,
        &Focus {
            version,
            book: from.book,
            billing_account: &account,
            scenario_digest: from.digest.finish(),
            price_list_digest: of_price_files(from.price_files),
            created: created()?,
        },
    );
    output::result(&files.csv, output)?;
    let beside = output.map(metadata_path);
    if let Some(path) = args.metadata.clone().or(beside) {
        output::result(&files.metadata, Some(&path))?;
    }
    if !global.quiet {
        warn(estimate)?;
    }
    Ok(())
}

/// `out.csv` → `out.focus.metadata.json`.
fn metadata_path(csv: &Path) -> PathBuf {
    csv.with_extension("focus.metadata.json")
}

/// The day given by `SOURCE_DATE_EPOCH`, for builds that must be the same on any day.
fn created() -> Result<Option<DateTime<Utc>>> {
    let Some(text) = std::env::var("SOURCE_DATE_EPOCH").ok().filter(|t| !t.is_empty()) else {
        return Ok(None);
    };
    let seconds = text.parse::<i64>().ok().and_then(|s| DateTime::from_timestamp(s, 0));
    seconds.map(Some).ok_or_else(|| {
        Box::new(
            Diagnostic::input(format!("`SOURCE_DATE_EPOCH={text}` is not a time"))
                .kind(Kind::Input)
                .hint("it is a whole number of seconds since 1970-01-01, or not set"),
        )
    })
}

/// Names what has no row because it has no price.
fn warn(estimate: &Estimate) -> Result<()> {
    let unpriced = &estimate.statement.unpriced;
    if unpriced.is_empty() {
        return Ok(());
    }
    let mut text = match unpriced.len() {
        1 => "warning: 1 line has no price and no row in the file\n".to_owned(),
        n => format!("warning: {n} lines have no price and no row in the file\n"),
    };
    for u in unpriced {
        let used = crate::report::number::quantity(u.quantity);
        text.push_str(&format!(
            "  {} · {}: {used} {} ({})\n",
            u.workload.as_deref().unwrap_or("account"),
            u.name,
            u.pricing_unit,
            u.reason
        ));
    }
    output::message(&text)
}
