//! `ssc explain`.

use super::exit::EXIT_OK;
use super::flags::Global;
use super::output;
use crate::diagnostic::{Diagnostic, Result, suggest};
use crate::recommend::{RULES, Rule, rule};
use crate::report::recommendation;

/// `ssc explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc explain
  ssc explain settings")]
pub(super) struct ExplainArgs {
    /// Code or name of a rule, such as SSC204 or settings; all of them in a list if left out
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

/// The rule that was asked for.
pub(super) fn find(wanted: &str) -> Result<&'static dyn Rule> {
    rule(wanted).ok_or_else(|| {
        let names = || RULES.iter().flat_map(|r| [r.code(), r.name()]);
        Box::new(
            Diagnostic::input(format!("there is no rule `{wanted}`"))
                .note(format!("rules: {}", suggest::list(RULES.iter().map(|r| r.name()))))
                .maybe_hint(suggest::did_you_mean(wanted, names())),
        )
    })
}

pub(super) fn run(args: &ExplainArgs, global: &Global) -> Result<u8> {
    let (width, color) = output::look(global.color, false);
    let text = match &args.rule {
        Some(wanted) => recommendation::explanation(find(wanted)?, width, color),
        None => recommendation::rules(RULES, width, color),
    };
    output::result(&text, None)?;
    Ok(EXIT_OK)
}
