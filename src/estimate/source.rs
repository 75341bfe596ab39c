//! The requests of one workload over its window, as often as they are needed.

use super::Projection;
use crate::units::{SimDuration, SimTime};
use crate::workload::arrivals::Pattern;
use crate::workload::random::{purpose, stream};
use crate::workload::{Request, RequestModel, Row, Trace};

/// Most requests that are replayed one by one to fill a period; more are scaled from a window.
pub(super) const REPLAY_LIMIT: u64 = 20_000_000;

/// Where rows come from.
#[derive(Clone, Debug)]
pub(super) enum Arrivals {
    Pattern(Pattern),
    Trace(Box<Trace>),
}

/// Everything needed to produce a workload's requests, again and again, the same each time.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    pub(super) arrivals: Arrivals,
    pub(super) model: RequestModel,
    /// Index of the LLM for each model label of the trace; the first for others.
    pub(super) llm_of_label: Vec<u16>,
    /// For each LLM, whether it is the platform's own vendor's, so that prompts do not leave for the internet.
    pub(super) inside: Vec<bool>,
    /// Cached tokens of the trace stand outside its input tokens.
    pub(super) cached_outside: bool,
    pub(super) seed: u64,
    pub(super) index: u64,
    pub(super) from: SimTime,
    pub(super) window: SimDuration,
    pub(super) projection: Projection,
    pub(super) period: SimDuration,
}

impl Requests {
    /// The replayed span.
    pub(super) fn span(&self) -> (SimTime, SimTime) {
        let length = match self.projection {
            Projection::Whole | Projection::Repeated(_) => self.period,
            Projection::Scaled(window) | Projection::None(window) => window,
        };
        (self.from, self.from + length)
    }

    /// The requests of the replayed span, sorted by arrival.
    pub(super) fn iter(&self) -> Box<dyn Iterator<Item = Request> + '_> {
        let mut rng = stream(self.seed, self.index, purpose::REQUESTS);
        let (from, to) = self.span();
        let complete = move |row: Row| {
            let mut request = self.model.complete(&row, &mut rng);
            if self.cached_outside {
                let outside = row.cached_tokens.unwrap_or(0) + row.cache_write_tokens.unwrap_or(0);
                request.cached_tokens = row.cached_tokens.unwrap_or(0);
                request.cache_write_tokens = row.cache_write_tokens.unwrap_or(0);
                request.input_tokens = row.input_tokens.unwrap_or(0).saturating_add(outside);
            }
            let label = row.model.map_or(usize::MAX, usize::from);
            request.model = self.llm_of_label.get(label).copied().unwrap_or(0);
            if self.inside.get(usize::from(request.model)) == Some(&true) {
                request.upstream_bytes = 0;
            }
            request
        };
        match &self.arrivals {
            Arrivals::Pattern(pattern) => {
                let arrivals = pattern.arrivals(from, to.since(from), self.seed, self.index);
                Box::new(arrivals.map(|arrival| Row { arrival, ..Row::default() }).map(complete))
            }
            Arrivals::Trace(trace) => {
                let copies = 0..;
                let window = self.window;
                let start = trace.row(0).arrival;
                let rows = copies.flat_map(move |copy: i64| {
                    let shift = from.since(start).0 + copy.saturating_mul(window.0);
                    trace.iter().take_while(move |row| row.arrival.since(start) < window).map(
                        move |row| Row {
                            arrival: SimTime(row.arrival.0.saturating_add(shift)),
                            ..row
                        },
                    )
                });
                Box::new(rows.take_while(move |row| row.arrival < to).map(complete))
            }
        }
    }
}
