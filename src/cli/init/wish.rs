//! What the scenario is to be: flags first, then answers, then defaults.

use super::args::InitArgs;
use super::ask::Terminal;
use crate::diagnostic::{Diagnostic, Result, suggest};
use crate::init::{Kind, Target};
use crate::pricing::{Book, PlatformRef, Scaling};
use crate::workload::parse::rate_per_second;
use std::io::{self, IsTerminal};
use std::path::Path;

/// Where a scenario runs if nobody says so, and what it calls.
const PLATFORM: &str = "aws-lambda";
const MODEL: &str = "openai/gpt-6-luna";

/// Platforms that hold no WebSockets, and what holds them there.
const GATEWAYS: [(&str, &str); 2] =
    [("aws-lambda", "aws-api-gateway-websocket"), ("azure-functions-flex", "azure-web-pubsub")];

/// Settings that are shown, if the platform has them.
const SETTINGS: [&str; 4] = ["instance_type", "memory", "vcpu", "concurrency"];

/// What the scenario is to be.
pub(super) struct Wish {
    pub(super) kind: Kind,
    pub(super) rate: String,
    pub(super) target: Target,
}

type Checked<T> = std::result::Result<T, String>;

/// A wish for a kind of workload.
pub(super) fn of_kind(args: &InitArgs, book: &Book) -> Result<Wish> {
    let asking = Asking::new(args)?;
    let kinds = Kind::ALL.map(|k| format!("  {:<9} {}\n", k.name(), k.about())).concat();
    asking.say(&format!("What streams?\n{kinds}"))?;
    let kind = asking.value("Kind", args.kind.map(Kind::name), "chat", "--kind", &kind)?;
    let (platform, model) = place(&asking, args, book, true)?;
    let rate =
        asking.value("Requests", args.rate.as_deref(), kind.rate(), "--rate", &|text: &str| {
            rate_per_second(text).map(|_| text.trim().to_owned()).map_err(|e| e.to_string())
        })?;
    let name = asking.value("Name", args.name.as_deref(), kind.name(), "--name", &name)?;
    let target = target(book, name, platform, model);
    Ok(Wish { kind, rate, target })
}

/// Where a trace is to run.
///
/// Without tokens in it, no model is called unless somebody says so.
pub(super) fn of_trace(args: &InitArgs, book: &Book, trace: &Path, tokens: bool) -> Result<Target> {
    let asking = Asking::new(args)?;
    let (platform, model) = place(&asking, args, book, tokens)?;
    let stem = trace.file_name().and_then(|n| n.to_str()).unwrap_or("trace");
    let stem = stem.split('.').next().filter(|s| !s.is_empty()).unwrap_or("trace");
    let name = asking.value("Name", args.name.as_deref(), stem, "--name", &name)?;
    Ok(target(book, name, platform, model))
}

/// Platform and model.
fn place(
    asking: &Asking,
    args: &InitArgs,
    book: &Book,
    tokens: bool,
) -> Result<(String, Option<String>)> {
    let featured: Vec<_> = book.featured().collect();
    asking.say(&format!(
        "\nWhere? `ssc pricing list` has more than these:\n  {}\n",
        featured.join(", ")
    ))?;
    let known = |text: &str| platform(book, text);
    let given = args.platform.as_deref();
    let first =
        if featured.contains(&PLATFORM) { PLATFORM } else { featured.first().unwrap_or(&PLATFORM) };
    let platform = asking.value("Platform", given, first, "--platform", &known)?;
    let names = book.model_names();
    let first = if tokens && names.iter().any(|n| n == MODEL) { MODEL } else { "none" };
    let known = |text: &str| model(&names, text);
    let model = asking.value("Model, or none", args.model.as_deref(), first, "--model", &known)?;
    Ok((platform, model))
}

fn kind(text: &str) -> Checked<Kind> {
    let found = Kind::ALL.into_iter().find(|k| k.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| unknown("kind", text, &Kind::ALL.map(Kind::name)))
}

/// A platform's id, from its id or another name of it.
fn platform<'a>(book: &'a Book, text: &str) -> Checked<String> {
    let Some(found) = book.platform(text) else {
        let names = |p: PlatformRef<'a>| {
            let aliases = p.platform.aliases.iter().map(String::as_str);
            std::iter::once(p.platform.id.as_str()).chain(aliases)
        };
        let runs = book.platforms().filter(|p| p.platform.scaling != Scaling::None);
        let names: Vec<_> = runs.flat_map(names).collect();
        return Err(unknown("platform", text, &names));
    };
    let platform = found.platform;
    if platform.scaling == Scaling::None {
        return Err(format!("`{}` runs no code: it belongs under `path:`", platform.id));
    }
    Ok(platform.id.clone())
}

fn model(names: &[String], text: &str) -> Checked<Option<String>> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    if names.iter().any(|n| n == text) {
        return Ok(Some(text.to_owned()));
    }
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    Err(unknown("model", text, &names))
}

fn name(text: &str) -> Checked<String> {
    if text.chars().any(char::is_control) || text.trim().is_empty() {
        return Err("a name is a line of text".into());
    }
    Ok(text.trim().to_owned())
}

fn unknown(what: &str, text: &str, known: &[&str]) -> String {
    let near = suggest::did_you_mean(text, known.iter().copied());
    let near = near.unwrap_or_else(|| suggest::nearest(text, known.iter().copied()));
    format!("there is no {what} `{text}`; {near}")
}

fn target(book: &Book, name: String, platform: String, model: Option<String>) -> Target {
    let specs = book.platform(&platform).map(|p| &p.platform.settings);
    let setting = |key: &&str| {
        let default = specs?.get(*key)?.default.clone()?;
        Some(((*key).to_owned(), default))
    };
    let settings = SETTINGS.iter().filter_map(setting).collect();
    Target { name, platform, settings, model }
}

/// What holds WebSockets on behalf of a platform that does not, if the book has it.
pub(super) fn gateway<'a>(book: &'a Book, platform: &str) -> Option<&'a str> {
    let (_, via) = GATEWAYS.into_iter().find(|(id, _)| *id == platform)?;
    book.platform(via).map(|p| p.platform.id.as_str())
}

/// Whether and how questions are asked.
struct Asking {
    on: bool,
}

impl Asking {
    /// # Errors
    /// When nobody says what is wanted: no flag, and no terminal to ask on.
    fn new(args: &InitArgs) -> Result<Self> {
        let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        let said = args.kind.is_some() || args.from.is_some();
        if !terminal && !args.yes && !said {
            let kinds = suggest::list(Kind::ALL.map(Kind::name));
            return Err(Box::new(
                Diagnostic::input("nothing says what streams, and there is no terminal to ask on")
                    .note(format!("kinds: {kinds}"))
                    .note("also: --platform ID, --rate RATE, --model PROVIDER/MODEL, --name NAME")
                    .hint(
                        "`ssc init --kind chat`, `ssc init --from TRACE`, or `--yes` for defaults",
                    ),
            ));
        }
        // A trace or a kind is enough to start from: the rest has defaults that are easily changed.
        Ok(Self { on: terminal && !args.yes })
    }

    fn say(&self, text: &str) -> Result<()> {
        if self.on { with_terminal(|terminal| terminal.say(text)) } else { Ok(()) }
    }

    /// The flag's value, the answer, or the default.
    fn value<T>(
        &self,
        question: &str,
        given: Option<&str>,
        default: &str,
        flag: &str,
        check: &super::ask::Check<'_, T>,
    ) -> Result<T> {
        match given {
            Some(text) => check(text)
                .map_err(|why| Box::new(Diagnostic::input(format!("`{flag} {text}`: {why}")))),
            None if self.on => with_terminal(|t| t.ask(question, default, check)),
            None => check(default).map_err(|why| {
                Box::new(Diagnostic::input(why).hint(format!("say it with `{flag}`")))
            }),
        }
    }
}

/// Questions go to stderr: stdout is for the scenario.
fn with_terminal<T>(run: impl FnOnce(&mut Terminal<'_>) -> Result<T>) -> Result<T> {
    let (mut input, mut output) = (io::stdin().lock(), io::stderr().lock());
    run(&mut Terminal { input: &mut input, output: &mut output })
}
