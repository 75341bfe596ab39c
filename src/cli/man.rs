//! `ssc man`: manual pages, made from the command line itself.

use super::exit::EXIT_OK;
use super::file_error::failure;
use super::files;
use super::flags::Global;
use super::{help, init, output};
use crate::diagnostic::{Diagnostic, Result};
use clap::Command;
use clap_mangen::Man;
use std::io;
use std::path::{Path, PathBuf};

/// `ssc man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc man | man -l -
  ssc man ~/.local/share/man/man1 && man ssc-estimate")]
pub(super) struct ManArgs {
    /// Write one page for each command to this folder
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Prints the page of `ssc`, or writes the pages of all commands to a folder.
pub(super) fn run(args: &ManArgs, ssc: Command, global: &Global) -> Result<u8> {
    let mut command = without_help(ssc);
    // Global flags and full names reach the commands below.
    command.build();
    let Some(folder) = &args.folder else {
        output::result(&page(&command)?, None)?;
        return Ok(EXIT_OK);
    };
    files::make_folder(folder)?;
    let written = pages(&command, folder)?;
    if !global.quiet {
        let first = init::word(&folder.join("ssc.1"));
        output::message(&format!("{written} pages; `man -l {first}` shows the first\n"))?;
    }
    Ok(EXIT_OK)
}

/// `ssc help` has no page: the others are it.
fn without_help(command: Command) -> Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help)
}

/// Writes the page of a command and those below it; how many.
fn pages(command: &Command, folder: &Path) -> Result<u32> {
    let mut written = 1;
    for sub in command.get_subcommands() {
        written += pages(sub, folder)?;
    }
    let name = command.get_display_name().unwrap_or(command.get_name());
    files::write(&folder.join(format!("{name}.1")), &page(command)?)?;
    Ok(written)
}

fn page(command: &Command) -> Result<String> {
    let mut text = Vec::new();
    rendered(command, &mut text).map_err(|e| failure("write", Path::new("ssc.1"), &e))?;
    String::from_utf8(text).map_err(|_| Box::new(Diagnostic::input("a page is not UTF-8 text")))
}

/// The sections in the order of other pages, examples and what follows them last.
fn rendered(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    // The day of a build is no date of the page: without one, pages are the same every day.
    let man = Man::new(command.clone()).date("").source(concat!("ssc ", env!("CARGO_PKG_VERSION")));
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    let (examples, others) = help::sections(command);
    for (title, body) in [("EXAMPLES", examples), ("NOTES", others)] {
        if !body.is_empty() {
            page.extend(format!(".SH {title}\n.nf\n").bytes());
            page.extend(body.lines().flat_map(|line| literal(line).into_bytes()));
            page.extend(b".fi\n");
        }
    }
    // The commands share the version of the program.
    if command.get_version().is_some() { man.render_version_section(page) } else { Ok(()) }
}

/// A line that is shown as it stands.
fn literal(line: &str) -> String {
    let text = line.replace('\\', "\\e").replace('-', "\\-");
    // A line that begins with a dot or a quote would be a command.
    let shield = if text.starts_with(['.', '\'']) { "\\&" } else { "" };
    format!("{shield}{text}\n")
}
