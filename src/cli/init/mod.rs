//! `ssc init`: the first scenario, from a few answers or from a trace.

mod ask;
mod next;
mod trace;
mod wish;

pub(super) use next::word;

use super::args::Global;
use super::files::{self, Traces};
use super::progress::Progress;
use super::{EXIT_OK, output};
use crate::diagnostic::{Diagnostic, Kind as Fault, Result, Source};
use crate::estimate::{Estimate, Options, estimate};
use crate::init::{Kind, scenario};
use crate::pricing::Book;
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
pub(super) struct InitArgs {
    /// The scenario to write; - for stdout
    #[arg(value_name = "FILE", default_value = "scenario.yaml")]
    file: PathBuf,
    /// What streams
    #[arg(long, value_enum, value_name = "KIND", conflicts_with = "from")]
    kind: Option<Kind>,
    /// Where it runs
    #[arg(long, value_name = "ID")]
    platform: Option<String>,
    /// How many requests, such as 2M/month or 5/s
    #[arg(long, value_name = "RATE", conflicts_with = "from")]
    rate: Option<String>,
    /// The model requests call, or none
    #[arg(long, value_name = "PROVIDER/MODEL", visible_alias = "llm")]
    model: Option<String>,
    /// What to call it
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Ask nothing: take the default of what no flag says
    #[arg(short, long)]
    yes: bool,
    /// Overwrite the file
    #[arg(long)]
    force: bool,
    /// Replay the requests of this trace
    #[arg(long, value_name = "TRACE", help_heading = "From a trace")]
    from: Option<PathBuf>,
    /// Write numbers fitted to the trace instead of the trace, and say how near they come
    #[arg(long, requires = "from", help_heading = "From a trace")]
    fit: bool,
    /// How much time the trace stands for, such as 1h
    #[arg(
        long,
        value_name = "DURATION",
        requires = "from",
        conflicts_with = "fit",
        help_heading = "From a trace"
    )]
    window: Option<String>,
    /// A column by another name, as in timestamp=When (can be repeated)
    #[arg(long, value_name = "NAME=HEADER", requires = "from", help_heading = "From a trace")]
    column: Vec<String>,
    /// Leave rows out that cannot be read, and count them
    #[arg(long, requires = "from", help_heading = "From a trace")]
    skip_bad_rows: bool,
    /// Read more price files from this directory (can be repeated)
    #[arg(long, value_name = "DIR")]
    pricing: Vec<PathBuf>,
}

impl InitArgs {
    /// Whether the scenario goes to stdout.
    fn to_stdout(&self) -> bool {
        self.file.as_os_str() == "-"
    }

    /// The folder that paths in the scenario start from.
    fn folder(&self) -> PathBuf {
        let parent = self.file.parent().filter(|_| !self.to_stdout());
        parent.unwrap_or(Path::new("")).to_path_buf()
    }
}

pub(super) fn run(args: &InitArgs, global: &Global) -> Result<u8> {
    may_write(args)?;
    let book = files::book(&args.pricing)?;
    let made = match &args.from {
        Some(path) => trace::make(args, path, &book, global)?,
        None => of_kind(args, &book, global)?,
    };
    if args.to_stdout() {
        output::result(&made.text, None)?;
    } else {
        files::write(&args.file, &made.text)?;
    }
    if !global.quiet {
        let (width, color) = output::look(global.color, false);
        let report = made.report.as_ref().map(|r| r(width, color && !args.to_stdout()));
        let next = next::steps(args, &made);
        if let Some(report) = report {
            // The scenario itself is the result where it goes to stdout.
            if args.to_stdout() {
                output::message(&report)?
            } else {
                output::result(&report, None)?
            }
        }
        output::message(&next)?;
    }
    Ok(EXIT_OK)
}

/// How a report is laid out: width and colour.
type Report = Box<dyn Fn(usize, bool) -> String>;

/// A scenario that was made and estimated.
struct Made {
    text: String,
    estimate: Estimate,
    /// What was found out about the trace.
    report: Option<Report>,
    /// Where the requests come from, in a few words.
    what: String,
}

fn of_kind(args: &InitArgs, book: &Book, global: &Global) -> Result<Made> {
    let wish = wish::of_kind(args, book)?;
    let gateway = (wish.kind == Kind::Voice).then(|| wish::gateway(book, &wish.target.platform));
    let text = scenario(wish.kind, &wish.target, &wish.rate, gateway.flatten());
    let progress = Progress::new(global.quiet);
    progress.replaying();
    let result = estimated(&text, &args.file, args.folder(), book, &progress);
    progress.clear();
    let what = format!("{} on {}, {}", wish.kind.name(), wish.target.platform, wish.rate);
    Ok(Made { estimate: result?, text, report: None, what })
}

/// What the scenario comes to today. A scenario that cannot be estimated is not written.
fn estimated(
    text: &str,
    file: &Path,
    folder: PathBuf,
    book: &Book,
    progress: &Progress,
) -> Result<Estimate> {
    let source = Source::new(file.display().to_string(), text);
    let options = Options { today: chrono::Utc::now().date_naive(), ..Options::default() };
    let mut traces = Traces { folder, progress, digest: None, memory: MEMORY };
    // The file is not there, so a place in it would lead nowhere.
    estimate(&source, book, &options, &mut traces).map_err(|mut error| {
        error.place = None;
        error.label.clear();
        let hint = error.hint.take().unwrap_or_else(|| "nothing was written".into());
        error.hint = Some(hint.replace("`window: 1h` under `arrivals:`", "`--window 1h`"));
        error
    })
}

/// Memory that a trace may take, as for the other commands.
const MEMORY: u64 = 4 << 30;

/// A file that is there is not overwritten, and a folder is no file.
fn may_write(args: &InitArgs) -> Result<()> {
    let (file, shown) = (&args.file, args.file.display());
    if args.to_stdout() {
        return Ok(());
    }
    let error = |message: String| Diagnostic::input(message).kind(Fault::File);
    if file.is_dir() {
        let inside = file.join("scenario.yaml");
        return Err(Box::new(
            error(format!("`{shown}` is a directory"))
                .hint(format!("name the file to write in it: `ssc init {}`", next::word(&inside))),
        ));
    }
    let ending = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !matches!(ending, "yaml" | "yml") {
        return Err(Box::new(
            error(format!("`{shown}` does not end in .yaml, so `ssc` would take it for a trace"))
                .hint(match &args.from {
                    None => {
                        format!("to start from a trace: `ssc init --from {}`", next::word(file))
                    }
                    Some(_) => {
                        "the trace follows `--from`, the scenario to write ends in .yaml".into()
                    }
                }),
        ));
    }
    if file.exists() && !args.force {
        return Err(Box::new(
            error(format!("`{shown}` is there already"))
                .hint("name another file, or overwrite it with `--force`"),
        ));
    }
    Ok(())
}
