//! How long answers are: which cap cuts how many of them, exactly.

use std::collections::BTreeMap;

/// The answers of a stream, counted by their output tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lengths {
    counts: BTreeMap<u32, u64>,
    answers: u64,
    tokens: u64,
}

/// What a cap does to answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Truncation {
    /// Answers that are cut.
    pub(super) answers: u64,
    /// Tokens that are left out.
    pub(super) tokens: u64,
    /// What a cut answer loses: the median, and what one in twenty loses more than.
    pub(super) lost: [u32; 2],
    /// The most that an answer loses.
    pub(super) most: u32,
}

impl Lengths {
    /// Counts an answer.
    pub(super) fn add(&mut self, tokens: u32) {
        *self.counts.entry(tokens).or_default() += 1;
        self.answers += 1;
        self.tokens += u64::from(tokens);
    }

    /// How many answers there are.
    #[must_use]
    pub(super) const fn answers(&self) -> u64 {
        self.answers
    }

    /// Their tokens.
    #[must_use]
    pub(super) const fn tokens(&self) -> u64 {
        self.tokens
    }

    /// The longest answer; 0 without any.
    #[must_use]
    pub(super) fn longest(&self) -> u32 {
        self.counts.last_key_value().map_or(0, |(tokens, _)| *tokens)
    }

    /// The smallest cap, at least 1, that cuts at most `allowed` answers: the length of the longest answer
    /// but `allowed`.
    #[must_use]
    pub(super) fn smallest_cap(&self, allowed: u64) -> u32 {
        let mut longer = 0;
        for (tokens, count) in self.counts.iter().rev() {
            longer += count;
            if longer > allowed {
                return (*tokens).max(1);
            }
        }
        1
    }

    /// What a cap does.
    #[must_use]
    pub(super) fn cut_at(&self, cap: u32) -> Truncation {
        let cut = || self.counts.range(cap.saturating_add(1)..).map(|(t, n)| (t - cap, *n));
        let answers = cut().map(|(_, n)| n).sum::<u64>();
        // The loss that at least `per_cent` of those cut do not exceed.
        let at = |per_cent: u64| {
            let rank = (answers * per_cent).div_ceil(100).max(1);
            let mut seen = 0;
            let reached = cut().find(|(_, n)| {
                seen += n;
                seen >= rank
            });
            reached.map_or(0, |(lost, _)| lost)
        };
        Truncation {
            answers,
            tokens: cut().map(|(lost, n)| u64::from(lost) * n).sum(),
            lost: [at(50), at(95)],
            most: self.longest().saturating_sub(cap),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counted(tokens: &[u32]) -> Lengths {
        let mut lengths = Lengths::default();
        tokens.iter().for_each(|t| lengths.add(*t));
        lengths
    }

    #[test]
    fn of_a_known_distribution() {
        // 90 answers of 100 tokens, 9 of 500 and one of 2,000.
        let tokens = [vec![100; 90], vec![500; 9], vec![2_000]].concat();
        let lengths = counted(&tokens);
        let caps = [0, 1, 9, 10, 99, 100].map(|allowed| lengths.smallest_cap(allowed));
        assert_eq!(caps, [2_000, 500, 500, 100, 100, 1]);
        let cut = lengths.cut_at(500);
        assert_eq!((cut.answers, cut.tokens, cut.lost, cut.most), (1, 1_500, [1_500; 2], 1_500));
        let cut = lengths.cut_at(100);
        assert_eq!((cut.answers, cut.tokens), (10, 9 * 400 + 1_900));
        assert_eq!((cut.lost, cut.most), ([400, 1_900], 1_900));
        assert_eq!(lengths.cut_at(2_000), Truncation::default());
        assert_eq!(counted(&[7; 20]).smallest_cap(19), 7);
        assert_eq!(Lengths::default().smallest_cap(0), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        /// The cap against trying every cap on every answer.
        #[test]
        fn it_is_the_smallest_that_keeps_the_share(
            tokens in proptest::collection::vec(0_u32..40, 0..60), allowed in 0_u64..70,
        ) {
            let cut = |cap: u32| tokens.iter().filter(|t| **t > cap).count() as u64;
            let brute = (1..=41).find(|cap| cut(*cap) <= allowed);
            let lengths = counted(&tokens);
            prop_assert_eq!(Some(lengths.smallest_cap(allowed)), brute);
            let cap = lengths.smallest_cap(allowed);
            let found = lengths.cut_at(cap);
            let lost: Vec<u32> = tokens.iter().filter(|t| **t > cap).map(|t| t - cap).collect();
            prop_assert_eq!(found.answers, lost.len() as u64);
            prop_assert_eq!(found.tokens, lost.iter().map(|l| u64::from(*l)).sum::<u64>());
            let within = |l: u32| lost.iter().filter(|x| **x <= l).count() * 100;
            if !lost.is_empty() {
                for (value, rank) in found.lost.into_iter().zip([50, 95]) {
                    prop_assert!(within(value) >= rank * lost.len());
                    prop_assert!(within(value - 1) < rank * lost.len());
                }
            }
        }
    }
}
