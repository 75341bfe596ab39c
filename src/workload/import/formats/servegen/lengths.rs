//! The token counts beside ServeGen rates: how often each count occurs, by window.

use crate::diagnostic::{Diagnostic, Result};
use crate::workload::import::cell::{Refusal, Unit, nanoseconds, shown, whole};
use crate::workload::import::importer::Beside;
use crate::workload::import::sibling;
use crate::workload::random::uniform;
use rand::Rng;
use std::collections::BTreeMap;
use std::io::Read;

/// The largest file that is read; the published ones have up to some 10 MB.
const LARGEST: u64 = 256 << 20;

/// Token counts of all windows.
pub(super) struct Lengths {
    /// By the window's first instant, in nanoseconds.
    windows: BTreeMap<i64, Window>,
}

/// Token counts of one window.
#[derive(Default)]
pub(super) struct Window {
    input: Option<Counts>,
    output: Option<Counts>,
}

/// How often a count occurs: counts with the share of those up to it, ascending.
struct Counts(Vec<(f64, u32)>);

impl Lengths {
    /// Reads the file called `name` beside the rates.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or is not what ServeGen writes.
    pub(super) fn read(beside: &dyn Beside, name: &str, path: &str) -> Result<Self> {
        let input = sibling::open(beside, name, path)?;
        let mut text = String::new();
        let read = input.into_bytes().take(LARGEST + 1).read_to_string(&mut text);
        let wrong = |message: String| {
            Box::new(
                Diagnostic::input(message)
                    .note(format!("in {path}"))
                    .hint("move the file elsewhere to have no token counts, or fetch it again"),
            )
        };
        read.map_err(|error| wrong(format!("cannot read the token counts: {error}")))?;
        if text.len() as u64 > LARGEST {
            return Err(wrong("the token counts are larger than 256 MiB".into()));
        }
        let json: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("the token counts are not as expected: {error}")))?;
        let mut windows = BTreeMap::new();
        for (start, columns) in &json {
            let refuse = |refusal: Refusal| {
                wrong(format!(
                    "token counts from {} s: {}",
                    shown(start.as_bytes()),
                    refusal.message
                ))
            };
            let (at, _) = nanoseconds(start.as_bytes(), Unit::Seconds).map_err(refuse)?;
            let counts = |column: &str| {
                let text = columns.get(column).map_or("{}", String::as_str);
                Counts::parse(text).map_err(refuse)
            };
            let window =
                Window { input: counts("input_tokens")?, output: counts("output_tokens")? };
            windows.insert(at, window);
        }
        Ok(Self { windows })
    }

    /// The counts of the window that `at` lies in.
    pub(super) fn at(&self, at: i64) -> Option<&Window> {
        self.windows.range(..=at).next_back().map(|(_, window)| window)
    }
}

impl Window {
    /// Input and output tokens of one request, each drawn for itself: how they go together is not told.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> (Option<u32>, Option<u32>) {
        let input = self.input.as_ref().and_then(|counts| counts.draw(rng));
        (input, self.output.as_ref().and_then(|counts| counts.draw(rng)))
    }
}

impl Counts {
    /// Reads `{12: 0.25, 13: 0.75}`; none if nothing is in it.
    fn parse(text: &str) -> std::result::Result<Option<Self>, Refusal> {
        let refuse = |piece: &str| {
            Refusal::new(piece.trim().as_bytes(), "not a token count and its probability")
        };
        let inside = text.trim().strip_prefix('{').and_then(|t| t.strip_suffix('}'));
        let inside = inside.ok_or_else(|| refuse(text))?;
        let mut shares = BTreeMap::new();
        for piece in inside.split(',').filter(|piece| !piece.trim().is_empty()) {
            let (count, share) = piece.split_once(':').ok_or_else(|| refuse(piece))?;
            let count = whole(count.trim().as_bytes(), "tokens")?;
            let count = u32::try_from(count).ok().filter(|n| *n < u32::MAX);
            let share = share.trim().parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0);
            let (count, share) = count.zip(share).ok_or_else(|| refuse(piece))?;
            *shares.entry(count).or_insert(0.0) += share;
        }
        let mut up_to = 0.0;
        let counts = shares.into_iter().filter(|(_, share)| *share > 0.0).map(|(count, share)| {
            up_to += share;
            (up_to, count)
        });
        let counts: Vec<_> = counts.collect();
        Ok((!counts.is_empty()).then_some(Self(counts)))
    }

    /// A count; the shares need not add up to 1.
    fn draw(&self, rng: &mut impl Rng) -> Option<u32> {
        let (all, last) = *self.0.last()?;
        let target = uniform(rng) * all;
        let found = self.0.partition_point(|(up_to, _)| *up_to <= target);
        Some(self.0.get(found).map_or(last, |(_, count)| *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::random::stream;

    #[test]
    fn shares_are_drawn_as_often_as_they_say() {
        let counts = Counts::parse("{7: 0.25, 9.0: 0.5, 2: 0.0, 1200: 2.5e-01}").unwrap().unwrap();
        let mut rng = stream(1, 0, 0);
        let mut seen = BTreeMap::new();
        for _ in 0..40_000 {
            *seen.entry(counts.draw(&mut rng).unwrap()).or_insert(0_i32) += 1;
        }
        assert_eq!(seen.keys().collect::<Vec<_>>(), [&7, &9, &1_200]);
        assert!((seen[&9] - 20_000).abs() < 500 && (seen[&7] - 10_000).abs() < 450, "{seen:?}");
    }

    #[test]
    fn nothing_and_nonsense() {
        assert!(Counts::parse("{}").unwrap().is_none());
        for bad in ["", "[1]", "{1}", "{1: x}", "{-1: 0.5}", "{1.5: 1}", "{1: nan}", "{1: -1}"] {
            assert!(Counts::parse(bad).is_err(), "{bad}");
        }
    }
}
