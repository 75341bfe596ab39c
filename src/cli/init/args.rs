//! What can be typed after `ssc init`.

use crate::init::Kind;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::path::{Path, PathBuf};

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.about()))
    }
}

/// `ssc init`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc init
  ssc init chat.yaml --kind chat --platform cloud-run --rate 2M/month
  ssc init agent.yaml --kind agent --model openai/gpt-6-luna --yes
  ssc init --from requests.csv.gz --platform aws-lambda
  ssc init --from requests.csv.gz --platform aws-lambda --fit
  ssc init - --kind rag --yes

On a terminal, what no flag says is asked. Nothing is overwritten without --force, and nothing is
written that `ssc estimate` would refuse.")]
pub(in crate::cli) struct InitArgs {
    /// The scenario to write; - for stdout
    #[arg(value_name = "FILE", default_value = "scenario.yaml")]
    pub(super) file: PathBuf,
    /// What streams
    #[arg(long, value_enum, value_name = "KIND", conflicts_with = "from")]
    pub(super) kind: Option<Kind>,
    /// Where it runs
    #[arg(long, value_name = "ID")]
    pub(super) platform: Option<String>,
    /// How many requests, such as 2M/month or 5/s
    #[arg(long, value_name = "RATE", conflicts_with = "from")]
    pub(super) rate: Option<String>,
    /// The model requests call, or none
    #[arg(long, value_name = "PROVIDER/MODEL", visible_alias = "llm")]
    pub(super) model: Option<String>,
    /// What to call it
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Ask nothing: take the default of what no flag says
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Overwrite the file
    #[arg(long)]
    pub(super) force: bool,
    /// Replay the requests of this trace
    #[arg(long, value_name = "TRACE", help_heading = "From a trace")]
    pub(super) from: Option<PathBuf>,
    /// Write numbers fitted to the trace instead of the trace, and say how near they come
    #[arg(long, requires = "from", help_heading = "From a trace")]
    pub(super) fit: bool,
    /// How much time the trace stands for, such as 1h
    #[arg(
        long,
        value_name = "DURATION",
        requires = "from",
        conflicts_with = "fit",
        help_heading = "From a trace"
    )]
    pub(super) window: Option<String>,
    /// A column by another name, as in timestamp=When (can be repeated)
    #[arg(long, value_name = "NAME=HEADER", requires = "from", help_heading = "From a trace")]
    pub(super) column: Vec<String>,
    /// Leave rows out that cannot be read, and count them
    #[arg(long, requires = "from", help_heading = "From a trace")]
    pub(super) skip_bad_rows: bool,
    /// Read more price files from this directory (can be repeated)
    #[arg(long, value_name = "DIR")]
    pub(super) pricing: Vec<PathBuf>,
}

impl InitArgs {
    /// Whether the scenario goes to stdout.
    pub(super) fn to_stdout(&self) -> bool {
        self.file.as_os_str() == "-"
    }

    /// The folder that paths in the scenario start from.
    pub(super) fn folder(&self) -> PathBuf {
        let parent = self.file.parent().filter(|_| !self.to_stdout());
        parent.unwrap_or(Path::new("")).to_path_buf()
    }
}
