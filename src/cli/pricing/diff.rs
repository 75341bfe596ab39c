//! `ssc pricing diff`.

use super::super::exit::EXIT_OK;
use super::super::flags::Global;
use super::super::{files, output};
use super::args::DiffArgs;
use super::form;
use crate::diagnostic::{Diagnostic, Result};
use crate::pricing::Book;
use crate::pricing::diff::{Side, diff};
use crate::report::pricing::{Between, differences};
use std::path::{Path, PathBuf};

/// The name of the book in the program.
const EMBEDDED: &str = "embedded";

/// A book and what to call it.
struct Named {
    book: Book,
    name: String,
}

pub(super) fn run(args: &DiffArgs, global: &Global) -> Result<u8> {
    let today = form::today();
    let days = args.from.is_some() || args.to.is_some();
    let both = args.date.unwrap_or(today);
    let (from, to) = if days {
        let from = args.from.ok_or_else(|| {
            Diagnostic::input("`--to` needs the other day").hint("add `--from DATE`")
        })?;
        (from, args.to.unwrap_or(today))
    } else {
        (both, both)
    };
    let (old, new) = books(args, days)?;
    let all = diff(Side { book: &old.book, date: from }, Side { book: &new.book, date: to });
    let between =
        Between { old: format!("{} on {from}", old.name), new: format!("{} on {to}", new.name) };
    let text = differences(&between, &all, form::form(&args.writing, global));
    output::result(&text, args.writing.output.as_deref())?;
    Ok(EXIT_OK)
}

fn books(args: &DiffArgs, days: bool) -> Result<(Named, Named)> {
    match (&args.a, &args.b) {
        (Some(a), Some(b)) => Ok((book(a)?, book(b)?)),
        // Two days of one book.
        (Some(a), None) if days => Ok((book(a)?, book(a)?)),
        (None, _) if days => Ok((embedded()?, embedded()?)),
        (Some(a), None) => {
            let over = Named {
                book: files::book(&[PathBuf::from(a)])?,
                name: format!("{EMBEDDED} with {}", a.display()),
            };
            Ok((embedded()?, over))
        }
        (None, _) => Err(Box::new(
            Diagnostic::input("nothing to compare")
                .note("two days: `--from 2026-01-01 --to 2026-11-23`")
                .note("two books: directories of price files, or `embedded`")
                .hint("see `ssc pricing diff --help`"),
        )),
    }
}

fn embedded() -> Result<Named> {
    Ok(Named { book: Book::embedded()?, name: EMBEDDED.to_owned() })
}

/// The book that a directory is by itself.
fn book(path: &Path) -> Result<Named> {
    if path == Path::new(EMBEDDED) {
        return embedded();
    }
    let sources = files::price_folder(path)?;
    Ok(Named { book: Book::load(&sources)?, name: path.display().to_string() })
}
