//! `ssc pricing show`.

use super::super::exit::EXIT_OK;
use super::super::flags::Global;
use super::super::{files, output};
use super::args::ShowArgs;
use super::form;
use crate::diagnostic::{Diagnostic, Result};
use crate::pricing::{Entry, no_region};
use crate::report::pricing::show;

pub(super) fn run(args: &ShowArgs, global: &Global) -> Result<u8> {
    let book = files::book(&args.prices.pricing)?;
    let entries = book.entries(&args.id)?;
    if let Some(region) = &args.region {
        known_region(&entries, region)?;
    }
    let date = args.prices.date.unwrap_or_else(form::today);
    let text = show(&entries, args.region.as_deref(), date, form::form(&args.writing, global));
    output::result(&text, args.writing.output.as_deref())?;
    Ok(EXIT_OK)
}

/// The region must be one that the service of every entry has prices for.
fn known_region(entries: &[Entry<'_>], region: &str) -> Result<()> {
    for entry in entries {
        let service = match entry {
            Entry::Service(service) | Entry::Sku(service, _) => service,
            Entry::Platform(place) => place.service,
            Entry::Provider(_) | Entry::Model(..) => {
                return Err(Box::new(
                    Diagnostic::input("prices of models have no regions")
                        .hint("leave `--region` out"),
                ));
            }
        };
        if !service.regions.contains_key(region) {
            let known: Vec<&str> = service.regions.keys().map(String::as_str).collect();
            return Err(no_region(region, &known));
        }
    }
    Ok(())
}
