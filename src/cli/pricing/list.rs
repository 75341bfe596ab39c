//! `ssc pricing list`.

use super::super::exit::EXIT_OK;
use super::super::flags::Global;
use super::super::{files, output};
use super::args::ListArgs;
use super::form;
use crate::diagnostic::Result;
use crate::pricing::Query;
use crate::report::pricing::{list, overview};

pub(super) fn run(args: &ListArgs, global: &Global) -> Result<u8> {
    let book = files::book(&args.prices.pricing)?;
    let query = Query {
        words: args.words.clone(),
        platform: args.platform.clone(),
        service: args.service.clone(),
        region: args.region.clone(),
        clock: args.clock.clone(),
        component: args.component.clone(),
        provider: args.provider.clone(),
    };
    let form = form::form(&args.writing, global);
    let text = if query.is_empty() {
        overview(&book, form)
    } else {
        let date = args.prices.date.unwrap_or_else(form::today);
        list(&book.search(&query, date)?, date, form)
    };
    output::result(&text, args.writing.output.as_deref())?;
    Ok(EXIT_OK)
}
