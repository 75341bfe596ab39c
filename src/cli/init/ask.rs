//! Questions on the terminal, one line each, with what is taken when nothing is typed.

use crate::diagnostic::{Diagnostic, Result};
use std::io::{BufRead, Write};

/// Where answers come from and questions go.
pub(super) struct Terminal<'a> {
    pub(super) input: &'a mut dyn BufRead,
    pub(super) output: &'a mut dyn Write,
}

/// What an answer may be: the value, or what is wrong with it.
pub(super) type Check<'a, T> = dyn Fn(&str) -> std::result::Result<T, String> + 'a;

impl Terminal<'_> {
    /// Says something.
    pub(super) fn say(&mut self, text: &str) -> Result<()> {
        let text = crate::report::printable(text, true);
        self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush()).map_err(gone)
    }

    /// Asks until an answer passes; an empty one is the default.
    pub(super) fn ask<T>(
        &mut self,
        question: &str,
        default: &str,
        check: &Check<'_, T>,
    ) -> Result<T> {
        loop {
            self.say(&format!("{question} [{default}]: "))?;
            let mut line = String::new();
            if self.input.read_line(&mut line).map_err(gone)? == 0 {
                self.say("\n")?;
                return Err(Box::new(
                    Diagnostic::input("the answers ended before the questions").hint(
                        "nothing was written; `ssc init --help` lists the flags to use instead",
                    ),
                ));
            }
            let answer = line.trim();
            match check(if answer.is_empty() { default } else { answer }) {
                Ok(value) => return Ok(value),
                Err(why) => self.say(&format!("  {why}\n"))?,
            }
        }
    }
}

fn gone(error: std::io::Error) -> Box<Diagnostic> {
    Box::new(Diagnostic::input(format!("cannot talk to the terminal: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(typed: &str) -> (Result<u32>, String) {
        let (mut input, mut output) = (typed.as_bytes(), Vec::new());
        let mut terminal = Terminal { input: &mut input, output: &mut output };
        let check = |text: &str| text.parse::<u32>().map_err(|_| format!("`{text}` is no number"));
        let answer = terminal.ask("How many", "7", &check);
        (answer, String::from_utf8(output).unwrap())
    }

    #[test]
    fn an_empty_line_is_the_default_and_a_bad_one_is_asked_again() {
        assert_eq!(run("\n").0, Ok(7));
        let (answer, said) = run("x\u{1b}[2J\r\n 12 \r\n");
        assert_eq!(answer, Ok(12));
        assert_eq!(said, "How many [7]:   `x\u{fffd}[2J` is no number\nHow many [7]: ");
    }

    #[test]
    fn the_end_of_the_input_is_an_error_and_no_endless_question() {
        let (answer, _) = run("x\n");
        assert!(answer.unwrap_err().message.contains("ended before"));
    }
}
