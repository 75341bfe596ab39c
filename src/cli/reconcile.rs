//! `ssc reconcile`.

use super::args::{Bills, Global, ReconcileArgs, ReconcileFormat};
use super::files::{self, Traces};
use super::progress::Progress;
use super::{EXIT_DIFFERENT, EXIT_OK, output};
use crate::diagnostic::Result;
use crate::estimate::{Options, estimate};
use crate::pricing::Book;
use crate::reconcile::{Bill, BillFormat, Comparison, Map, Reconciliation};
use crate::report::reconciliation;
use rust_decimal::Decimal;
use std::path::Path;

pub(super) fn run(args: &ReconcileArgs, global: &Global) -> Result<u8> {
    let book = Book::load(&files::price_files(&args.pricing)?)?;
    let source = files::text(&args.scenario)?;
    let progress = Progress::new(global.quiet);
    let format = args.bill_format.map(|f| match f {
        Bills::Focus => BillFormat::Focus,
        Bills::AwsCur => BillFormat::AwsCur,
    });
    // A bill that cannot be read is told before a long replay.
    let name = args.bill.display().to_string();
    let mut bill = Bill::open(&name, files::rows(&args.bill, &progress)?, format)?;
    let options = Options {
        pricing_date: args.pricing_date,
        today: chrono::Utc::now().date_naive(),
        seed: args.seed,
        no_free_tier: args.no_free_tier,
        ..Options::default()
    };
    let folder = args.scenario.parent().unwrap_or(Path::new("")).to_path_buf();
    let mut traces = Traces { folder, progress: &progress, digest: None, memory: args.memory };
    progress.replaying();
    let result = estimate(&source, &book, &options, &mut traces);
    progress.clear();
    let estimate = result?;
    let map = match &args.map {
        Some(path) => Map::read(&files::text(path)?, &book, &estimate)?,
        None => Map::default(),
    };
    let mut comparison = Comparison::new(&estimate, &book, &map);
    comparison.read(&mut bill)?;
    let result = comparison.finish(&bill, args.period_scale);
    let (width, color) = output::look(global.color, args.output.is_some());
    let text = match args.format {
        ReconcileFormat::Table => reconciliation::table(&result, &name, width, color),
        ReconcileFormat::Json => reconciliation::json(&result, &name),
    };
    output::result(&text, args.output.as_deref())?;
    match args.max_difference {
        Some(limit) if exceeds(&result, limit) => {
            if !global.quiet {
                let shown = result.percent.map_or_else(String::new, |p| format!(" by {p} %"));
                output::message(&format!(
                    "the bill differs from the estimate{shown}; allowed: {limit} %\n"
                ))?;
            }
            Ok(EXIT_DIFFERENT)
        }
        _ => Ok(EXIT_OK),
    }
}

/// Whether the difference is more than `limit` percent of the estimate, compared without division.
fn exceeds(result: &Reconciliation, limit: Decimal) -> bool {
    let difference = result.difference.0.abs().checked_mul(Decimal::ONE_HUNDRED);
    let allowed = result.estimated.0.abs().checked_mul(limit);
    difference.zip(allowed).is_none_or(|(difference, allowed)| difference > allowed)
}
