//! `ssc completions`: a script made from the command line itself.

use super::exit::EXIT_OK;
use super::{files, output};
use crate::diagnostic::Result;
use crate::pricing::{Book, Scaling};
use crate::recommend::RULES;
use clap::Command;
use clap::builder::PossibleValuesParser;

/// `ssc completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc completions bash > ~/.local/share/bash-completion/completions/ssc
  ssc completions zsh > ~/.zfunc/_ssc
  ssc completions fish > ~/.config/fish/completions/ssc.fish
  ssc completions powershell >> $PROFILE

For zsh, ~/.zfunc has to be in $fpath before `compinit` runs. The scripts for bash, zsh and fish know
the platforms, regions, models and rules of this version: make them again after an update.")]
pub(super) struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Prints a script that completes commands, flags, and the ids that the shipped price book knows.
pub(super) fn run(args: &CompletionsArgs, ssc: Command) -> Result<u8> {
    let mut command = with_values(ssc, &Values::of(&files::book(&[])?));
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "ssc", &mut script);
    output::result(&String::from_utf8_lossy(&script), None)?;
    Ok(EXIT_OK)
}

/// Ids that arguments take.
struct Values {
    platforms: Vec<String>,
    regions: Vec<String>,
    models: Vec<String>,
    rules: Vec<String>,
}

impl Values {
    fn of(book: &Book) -> Self {
        let runs = book.platforms().filter(|p| p.platform.scaling != Scaling::None);
        let regions = book.services.iter().flat_map(|s| s.regions.keys().cloned());
        let regions: std::collections::BTreeSet<_> = regions.collect();
        Self {
            platforms: runs.map(|p| p.platform.id.clone()).collect(),
            regions: regions.into_iter().collect(),
            models: book.model_names(),
            rules: RULES.iter().map(|r| r.name().to_owned()).collect(),
        }
    }

    /// The ids of an argument.
    fn of_argument(&self, id: &str) -> Option<&[String]> {
        match id {
            "platform" | "platforms" => Some(&self.platforms),
            "region" => Some(&self.regions),
            "llm" | "model" => Some(&self.models),
            "rule" | "only" | "except" => Some(&self.rules),
            _ => None,
        }
    }
}

/// The command line with ids where it takes free text; only to be completed, never to be read.
fn with_values(command: clap::Command, values: &Values) -> clap::Command {
    let command = command.mut_args(|arg| match values.of_argument(arg.get_id().as_str()) {
        Some(ids) => arg.value_parser(PossibleValuesParser::new(ids.to_vec())),
        None => arg,
    });
    command.mut_subcommands(|sub| with_values(sub, values))
}
