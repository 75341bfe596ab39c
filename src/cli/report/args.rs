//! Flags of `ssc report`.

use crate::cli::flags::ScenarioArgs;
use std::path::PathBuf;

/// `ssc report`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc report scenarios/chat.yaml
  ssc report scenarios/chat.yaml -o bill.html --platforms aws-lambda,cloud-run,fly-machines
  ssc report trace.csv.gz --platform aws-lambda --llm openai/gpt-6-luna --time-limit 30s
  ssc report scenarios/chat.yaml --no-recommend --sweep memory=512MiB,1GiB,2GiB
  ssc report scenarios/chat.yaml -o - | gzip > bill.html.gz")]
pub(in crate::cli) struct ReportArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    /// Run every workload on this platform; for a trace: where it runs now
    #[arg(long, value_name = "ID")]
    pub(super) platform: Option<String>,
    /// Platforms to compare [default: the ones the price book puts forward]
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(super) platforms: Vec<String>,
    /// Try many values, as `ssc compare` does [default: traffic from 0.1x to at most 10x]
    #[arg(long, value_name = "NAME=VALUES")]
    pub(super) sweep: Option<String>,
    /// Leave recommendations out
    #[arg(long, conflicts_with_all = ["only", "except", "time_limit"])]
    pub(super) no_recommend: bool,
    /// Ask only these rules, by code or name
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Ask all rules but these
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) except: Vec<String>,
    /// End the search for recommendations after this long with the best that was found, such as 30s
    #[arg(long, value_name = "DURATION")]
    pub(super) time_limit: Option<String>,
    /// Write the page to this file; `-` is stdout [default: the input's name with .html, here]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}
