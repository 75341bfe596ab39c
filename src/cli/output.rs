//! stdout for data, stderr for messages.

use super::flags::ColorChoice;
use super::{files, pager, render};
use crate::diagnostic::{Diagnostic, Result};
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// Columns when the output is not a terminal.
const WIDTH: usize = 80;

/// Whether to colour what goes to a stream.
fn colored(choice: ColorChoice, terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR") => false,
        ColorChoice::Auto if set("CLICOLOR_FORCE") => true,
        ColorChoice::Auto => terminal,
    }
}

/// Width and colour for the result.
pub(super) fn look(choice: ColorChoice, to_file: bool) -> (usize, bool) {
    let terminal = !to_file && io::stdout().is_terminal();
    (width(terminal), colored(choice, terminal) && !to_file)
}

/// Width and colour for messages.
pub(super) fn look_of_messages(choice: ColorChoice) -> (usize, bool) {
    let terminal = io::stderr().is_terminal();
    (width(terminal), colored(choice, terminal))
}

fn width(terminal: bool) -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let width = match (terminal, columns) {
        (_, Some(columns)) => columns,
        (true, None) => terminal_size::terminal_size().map_or(WIDTH, |(w, _)| usize::from(w.0)),
        (false, None) => WIDTH,
    };
    width.clamp(60, 200)
}

/// Writes the result to stdout, through a pager where one is wanted, or to a file.
pub(super) fn result(text: &str, file: Option<&Path>) -> Result<()> {
    match file {
        Some(path) => files::write(path, text),
        None if pager::shown(text) => Ok(()),
        None => match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
            Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
                Err(Box::new(Diagnostic::input(format!("cannot write to stdout: {e}"))))
            }
            _ => Ok(()),
        },
    }
}

/// Writes an error to stderr.
pub(super) fn error(diagnostic: &Diagnostic, choice: ColorChoice) -> io::Result<()> {
    let color = colored(choice, io::stderr().is_terminal());
    writeln!(io::stderr(), "{}", render::diagnostic(diagnostic, color).trim_end())
}

/// Writes a message to stderr.
pub(super) fn message(text: &str) -> Result<()> {
    let text = crate::report::printable(text, true);
    match io::stderr().write_all(text.as_bytes()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(Box::new(Diagnostic::input(format!("cannot write to stderr: {e}"))))
        }
        _ => Ok(()),
    }
}
