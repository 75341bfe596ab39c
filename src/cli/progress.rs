//! Progress on stderr: for long work, on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Read};
use std::time::Duration;

/// Smaller files are read before a bar could be seen.
const WORTH_SHOWING: u64 = 8 * 1024 * 1024;

/// The one line that shows what goes on.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Visible only on a terminal and unless `quiet`.
    pub(super) fn new(quiet: bool) -> Self {
        let visible = !quiet && std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(
            None,
            if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() },
        );
        let progress = Self { bar };
        progress.spin();
        progress
    }

    /// No bar: nobody knows how long it takes.
    fn spin(&self) {
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            self.bar.set_style(style);
        }
    }

    /// Shows how much of a file is read.
    pub(super) fn reading(&self, file: std::fs::File, size: u64) -> Box<dyn Read> {
        if size < WORTH_SHOWING {
            return Box::new(file);
        }
        let style = "{msg} {wide_bar} {bytes}/{total_bytes} {eta}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            self.bar.set_style(style);
        }
        self.bar.set_length(size);
        self.bar.set_position(0);
        self.bar.set_message("reading");
        Box::new(self.bar.wrap_read(file))
    }

    /// The file is read; what follows takes a while.
    pub(super) fn done(&self) {
        self.spin();
        self.replaying();
    }

    /// Shows that requests are being replayed.
    pub(super) fn replaying(&self) {
        self.bar.set_message("replaying");
        self.bar.enable_steady_tick(Duration::from_millis(120));
    }

    /// Whether anybody sees it.
    pub(super) fn is_visible(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Shows what is known before the replay ends, above the line; [`Progress::clear`] takes it away.
    pub(super) fn first_look(&self, text: &str) {
        if let Ok(style) = ProgressStyle::with_template("{msg}\n{spinner} replaying {elapsed}") {
            self.bar.set_style(style);
        }
        // So many lines flicker if they are drawn often.
        self.bar.enable_steady_tick(Duration::from_millis(500));
        self.bar.set_message(text.trim_end().to_owned());
        self.bar.tick();
    }

    /// Shows which rule searches, and how many scenarios were estimated.
    pub(super) fn searching(&self, rule: &str, estimated: u64) {
        self.bar.set_message(format!("{rule}: {estimated} scenarios estimated"));
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
