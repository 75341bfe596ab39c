//! What was written, what it comes to, and what to run next.

use super::args::InitArgs;
use super::made::Made;
use crate::estimate::Figures;
use crate::report::number::money;
use std::path::Path;

/// Width of the commands.
const COMMANDS: usize = 40;

/// The closing words.
pub(super) fn steps(args: &InitArgs, made: &Made) -> String {
    let figures = Figures::of(&made.estimate);
    let mut text = String::new();
    if !args.to_stdout() {
        text.push_str(&format!("Wrote {}: {}\n", args.file.display(), made.what));
    }
    let unpriced = match figures.unpriced {
        0 => String::new(),
        1 => "; incomplete: one line has no price".into(),
        n => format!("; incomplete: {n} lines have no price"),
    };
    let tokens = if figures.models.is_zero() {
        String::new()
    } else {
        format!(", of which {} model tokens", money(figures.models))
    };
    let total = money(figures.total);
    text.push_str(&format!("As it stands: {total} a month{tokens}{unpriced}\n"));
    if args.to_stdout() {
        return text;
    }
    let file = word(&args.file);
    let replace = args.from.is_none();
    text.push_str("\nNext\n");
    if replace {
        text.push_str(&line(&format!("edit {file}"), "put your numbers where <-- stands"));
    }
    for (command, what) in [
        (format!("ssc estimate {file}"), "the bill, line by line"),
        (format!("ssc compare {file}"), "other platforms, the same traffic"),
        (format!("ssc recommend {file}"), "cheaper ways, each replayed"),
        (
            "ssc schema scenario -o ssc-scenario.schema.json".to_owned(),
            "then editors complete and check the file",
        ),
    ] {
        text.push_str(&line(&command, what));
    }
    text
}

/// A command and what it does, below each other where they do not fit beside each other.
fn line(command: &str, what: &str) -> String {
    if command.chars().count() <= COMMANDS {
        return format!("  {command:<COMMANDS$}  {what}\n");
    }
    format!("  {command}\n  {:COMMANDS$}  {what}\n", "")
}

/// A path as it is typed: in quotes if it has anything but plain characters.
pub(in crate::cli) fn word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "-_./\\:".contains(c);
    let windows_only = if cfg!(windows) { '\0' } else { '\\' };
    if text.chars().all(|c| plain(c) && c != windows_only) {
        return text;
    }
    if cfg!(windows) { format!("\"{text}\"") } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn paths_are_quoted_for_the_shell_where_they_need_it() {
        let shown =
            ["a/b-c.yaml", "my file.yaml", "it's.yaml", "$x.yaml", "größe.yaml", "a\\b.yaml"];
        let words = shown.map(|p| word(Path::new(p)));
        assert_eq!(
            words,
            [
                "a/b-c.yaml",
                "'my file.yaml'",
                "'it'\\''s.yaml'",
                "'$x.yaml'",
                "größe.yaml",
                "'a\\b.yaml'"
            ]
        );
    }
}
