//! Warm capacity: a price book of the tests' own, traces in memory, and recommendations on them.

use ssc::diagnostic::{Result, Source};
use ssc::estimate::{Estimate, Estimator, Options, TraceLoader};
use ssc::pricing::Book;
use ssc::recommend::{Recommendations, Session, Settings, recommend, rule};
use ssc::units::{SimDuration, SimTime};
use ssc::workload::import::ReadOptions;
use ssc::workload::{Recording, Row, TimeBase, Trace};
use std::sync::LazyLock;

/// Prices and platforms that can be checked by hand.
pub(crate) static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/warm/warm.yaml");
    let text = std::fs::read_to_string(folder).unwrap();
    Book::load(&[Source::new("warm.yaml", text)]).unwrap_or_else(|e| panic!("{e:?}"))
});

/// Arrivals and durations in nanoseconds, as a trace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows(pub(crate) Vec<(i64, i64)>);

impl TraceLoader for Rows {
    fn load(&mut self, _: &str, _: &ReadOptions) -> Result<Recording> {
        let mut trace = Trace::new("test");
        trace.time_base = TimeBase::UnixEpoch;
        for (arrival, duration) in &self.0 {
            let (arrival, duration) = (SimTime(*arrival), Some(SimDuration(*duration)));
            trace.push(Row { arrival, duration, ..Row::default() });
        }
        Ok(Recording::Memory(trace))
    }
}

pub(crate) fn options() -> Options {
    Options { today: "2026-11-23".parse().unwrap(), ..Options::default() }
}

/// The estimate of a scenario.
pub(crate) fn estimate(text: &str, rows: &Rows) -> Estimate {
    let mut rows = rows.clone();
    let source = Source::new("warm.yaml", text);
    ssc::estimate::estimate(&source, &BOOK, &options(), &mut rows)
        .unwrap_or_else(|e| panic!("{e:?}\n{text}"))
}

/// Does something with a session on a scenario.
pub(crate) fn session<T>(
    text: &str,
    rows: &Rows,
    book: &Book,
    f: impl FnOnce(&mut Session<'_>) -> T,
) -> T {
    let mut rows = rows.clone();
    let (source, options) = (Source::new("warm.yaml", text), options());
    let estimator = Estimator::new(book, &mut rows);
    let mut session = Session::new(&source, &options, estimator, &|| false, &|_, _| {})
        .unwrap_or_else(|e| panic!("{e:?}\n{text}"));
    f(&mut session)
}

/// What one rule recommends.
pub(crate) fn advise(text: &str, rows: &Rows, book: &Book, name: &str) -> Recommendations {
    let settings = Settings { rules: vec![rule(name).unwrap()], max_changes: 1 };
    session(text, rows, book, |s| recommend(s, &settings)).unwrap_or_else(|e| panic!("{e:?}"))
}

/// A small generator, so that these tests depend on nothing else.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// From 0 to `n` - 1.
    pub(crate) fn below(&mut self, n: u64) -> i64 {
        i64::try_from(self.next() % n).unwrap()
    }
    /// The same, as a number of things.
    pub(crate) fn index(&mut self, n: u64) -> usize {
        usize::try_from(self.below(n)).unwrap()
    }
    /// Uniform on (0, 1].
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 1.0) / (1_u64 << 53) as f64
    }
}

/// Runs one rule on a shipped scenario and holds what every rule promises: the applied text estimates to
/// the promised total exactly, objectives hold, and the rule has nothing more to say. None if a price file
/// is not in the book.
pub(crate) fn shipped(name: &str) -> Option<Recommendations> {
    let path = format!("{}/scenarios/recommend/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    if !crate::book::has_all(&text) {
        return None;
    }
    let book = crate::book::book();
    let none = Rows::default();
    let found = advise(&text, &none, &book, name);
    let plan = found.plan.as_ref().expect("the rule finds something");
    let applied = plan.trial.source.text();
    assert!(plan.effect.after.total < plan.effect.before.total);
    session(applied, &none, &book, |s| {
        assert_eq!(s.now().outcome, plan.effect.after, "{applied}");
        assert!(s.keeps(s.now()), "{applied}");
    });
    let again = advise(applied, &none, &book, name);
    assert!(again.ranked.is_empty(), "{:?}", again.ranked);
    Some(found)
}

/// The bound of a proposal, if it has one.
pub(crate) fn bound(found: &Recommendations) -> Option<ssc::units::Money> {
    match found.ranked.first()?.proposal.certificate {
        ssc::recommend::Certificate::Bound { bound, .. } => Some(bound),
        _ => None,
    }
}

/// A proposal as people see it.
pub(crate) fn told(found: &Recommendations) -> String {
    let p = &found.ranked[0].proposal;
    let artifacts: Vec<String> =
        p.artifacts.iter().map(|a| format!("--- {} ({})\n{}", a.name, a.kind, a.content)).collect();
    let change = p.change.lines().join("\n");
    format!(
        "{}\n{change}\n{}\n{:?}\n{}",
        p.title,
        p.evidence.join("\n"),
        p.certificate,
        artifacts.join("")
    )
}
