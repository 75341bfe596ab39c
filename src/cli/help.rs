//! How help is laid out: with examples first where there is room for them.

use clap::Command;

/// The long help: what it is, examples, then everything else.
const TEMPLATE: &str =
    "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// Where examples end and other sections begin.
const EXAMPLES: &str = "Examples:\n";

/// Moves the examples of every command to the top of its `--help`; `-h` keeps them at the end.
pub(super) fn examples_first(command: Command) -> Command {
    let (examples, others) = sections(&command);
    let command = command.help_template(TEMPLATE);
    let command = if examples.is_empty() {
        command
    } else {
        command.before_long_help(format!("{EXAMPLES}{examples}")).after_long_help(others)
    };
    command.mut_subcommands(examples_first)
}

/// The examples of a command, and what follows them in its help.
pub(super) fn sections(command: &Command) -> (String, String) {
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let Some((before, rest)) = text.split_once(EXAMPLES) else { return (String::new(), text) };
    let (examples, after) = rest.split_once("\n\n").unwrap_or((rest, ""));
    let others: Vec<&str> = [before, after].map(str::trim_end).into_iter().collect();
    (examples.trim_end().to_owned(), others.join("\n\n").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_come_first_in_long_help_only() {
        let inner =
            Command::new("b").about("Does b").after_help("Examples:\n  a b\n\nCodes:\n  0 done");
        let mut command = examples_first(Command::new("a").subcommand(inner));
        let sub = command.find_subcommand_mut("b").unwrap();
        let long = sub.render_long_help().to_string();
        assert_eq!(
            long,
            "Does b\n\nExamples:\n  a b\n\nUsage: b\n\nOptions:\n  -h, --help\n          \
             Print help (see a summary with '-h')\n\nCodes:\n  0 done\n"
        );
        let short = sub.render_help().to_string();
        assert!(short.starts_with("Does b\n\nUsage: b\n"), "{short}");
        assert!(short.ends_with("Examples:\n  a b\n\nCodes:\n  0 done\n"), "{short}");
    }
}
