//! Results taller than the terminal go through the pager that the environment names.

use super::flags::PagerChoice;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

/// What `less` is told if nobody tells it anything: leave if one screen is enough, keep colours, leave
/// the text on the screen.
const LESS: &str = "FRX";

/// Whether the command line lets a pager be used: one process shows one result.
static ALLOWED: AtomicBool = AtomicBool::new(false);

/// Says what the command line says.
pub(super) fn allow(choice: PagerChoice) {
    ALLOWED.store(choice == PagerChoice::Auto, Ordering::Relaxed);
}

/// The pager of the environment, if there is one: `SSC_PAGER`, else `PAGER`. An empty one and `cat`
/// are none.
fn named(variable: impl Fn(&str) -> Option<OsString>) -> Option<String> {
    let said = variable("SSC_PAGER").or_else(|| variable("PAGER"))?;
    let said = said.into_string().ok()?;
    let said = said.trim();
    (!said.is_empty() && said != "cat").then(|| said.to_owned())
}

/// Shows a text in the pager, if stdout is a terminal that it does not fit and a pager is named.
/// Otherwise, and when the pager does not start, it is up to the caller.
pub(super) fn shown(text: &str) -> bool {
    if !ALLOWED.load(Ordering::Relaxed) {
        return false;
    }
    let Some(pager) = named(|name| std::env::var_os(name)) else { return false };
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        return false;
    }
    let Some((_, height)) = terminal_size::terminal_size() else { return false };
    // A line is kept for the prompt.
    if text.lines().count() < usize::from(height.0) {
        return false;
    }
    through(&pager, text)
}

/// Runs the pager on a text; false if it does not start. No shell is involved: words are separated by
/// spaces, and nothing else has a meaning.
fn through(pager: &str, text: &str) -> bool {
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else { return false };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        command.env("LESS", LESS);
    }
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Who leaves the pager early has read enough.
        let _ = input.write_all(text.as_bytes());
    }
    let _ = child.wait();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_the_pager() {
        let of = |own: Option<&str>, all: Option<&str>| {
            named(|name| if name == "PAGER" { all } else { own }.map(OsString::from))
        };
        assert_eq!(of(None, None), None);
        assert_eq!(of(None, Some("less -S")), Some("less -S".into()));
        assert_eq!(of(Some("more"), Some("less")), Some("more".into()));
        assert_eq!(of(Some(""), Some("less")), None, "an empty one switches it off");
        assert_eq!(of(Some("cat"), Some("less")), None);
    }

    #[test]
    fn a_pager_gets_the_text_and_a_missing_one_is_no_error() {
        assert!(!through("no-such-pager-anywhere --x", "text"));
        assert!(!through("  ", "text"));
        if cfg!(unix) {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("seen");
            assert!(through(&format!("dd status=none of={}", file.display()), "one\ntwo\n"));
            assert_eq!(std::fs::read_to_string(file).unwrap(), "one\ntwo\n");
            // A pager that reads nothing ends well.
            assert!(through("true", &"x".repeat(1 << 20)));
        }
    }
}
