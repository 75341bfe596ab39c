//! The requests of one workload over its window, as often as they are needed.

use super::Projection;
use crate::replay::Block;
use crate::units::{SimDuration, SimTime};
use crate::workload::arrivals::Pattern;
use crate::workload::random::{purpose, stream};
use crate::workload::{Request, RequestDraws, RequestModel, Row, Trace};
use std::ops::Range;
use std::sync::Arc;

/// Most requests that are replayed one by one to fill a period; more are scaled from a window.
pub(super) const REPLAY_LIMIT: u64 = 20_000_000;

/// Requests that are prepared together.
const PART: usize = 1 << 14;

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Arrivals {
    Pattern(Pattern),
    Trace(Arc<Trace>),
}

/// Consecutive requests of the replayed span, not completed yet.
#[derive(Debug)]
pub(super) struct Part {
    /// The number of its first request.
    first: u64,
    rows: Rows,
}

#[derive(Debug)]
enum Rows {
    Times(Vec<SimTime>),
    /// Ranges of rows of the trace, and how much later they arrive in the replay.
    Trace(Vec<(Range<usize>, i64)>),
}

/// Everything needed to produce a workload's requests, again and again, the same each time.
#[derive(Clone, Debug, PartialEq)]
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

    /// The requests of the replayed span in portions, sorted by arrival.
    pub(super) fn parts(&self) -> Box<dyn Iterator<Item = Part> + Send + '_> {
        let (from, to) = self.span();
        let mut first = 0;
        let mut part = move |count: usize, rows| {
            let part = Part { first, rows };
            first += count as u64;
            part
        };
        match &self.arrivals {
            Arrivals::Pattern(pattern) => {
                let mut times = pattern.arrivals(from, to.since(from), self.seed, self.index);
                Box::new(std::iter::from_fn(move || {
                    let times: Vec<_> = times.by_ref().take(PART).collect();
                    (!times.is_empty()).then(|| part(times.len(), Rows::Times(times)))
                }))
            }
            Arrivals::Trace(trace) => {
                let mut copies = Copies::new(trace, self.window, (from, to));
                Box::new(std::iter::from_fn(move || {
                    let (count, ranges) = copies.take(PART);
                    (count > 0).then(|| part(count, Rows::Trace(ranges)))
                }))
            }
        }
    }

    /// The whole requests of a portion.
    pub(super) fn complete(&self, part: &Part) -> Block {
        let rng = stream(self.seed, self.index, purpose::REQUESTS);
        let mut draws = RequestDraws::new(rng, part.first);
        let mut complete = |row: &Row| self.request(row, &mut draws);
        Block::new(match (&part.rows, &self.arrivals) {
            (Rows::Trace(ranges), Arrivals::Trace(trace)) => {
                let rows = ranges.iter().flat_map(|(range, shift)| {
                    range.clone().map(|i| {
                        let row = trace.row(i);
                        Row { arrival: SimTime(row.arrival.0.saturating_add(*shift)), ..row }
                    })
                });
                rows.map(|row| complete(&row)).collect()
            }
            (Rows::Times(times), _) => {
                let rows = times.iter().map(|t| Row { arrival: *t, ..Row::default() });
                rows.map(|row| complete(&row)).collect()
            }
            (Rows::Trace(_), Arrivals::Pattern(_)) => Vec::new(),
        })
    }

    fn request(&self, row: &Row, draws: &mut RequestDraws) -> Request {
        let mut request = self.model.complete(row, draws);
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
    }
}

/// The rows of a trace's window, again and again until the span is full.
#[derive(Debug)]
struct Copies<'a> {
    trace: &'a Trace,
    /// Rows of the window.
    rows: usize,
    window: SimDuration,
    /// How much later the first copy arrives than the trace says.
    shift: i64,
    to: SimTime,
    /// The next row.
    copy: i64,
    next: usize,
}

impl<'a> Copies<'a> {
    fn new(trace: &'a Trace, window: SimDuration, (from, to): (SimTime, SimTime)) -> Self {
        let start = trace.row(0).arrival;
        let rows = trace.arrivals().partition_point(|t| SimTime(*t).since(start) < window);
        Self { trace, rows, window, shift: from.since(start).0, to, copy: 0, next: 0 }
    }

    /// The next rows, at most `most` of them.
    fn take(&mut self, most: usize) -> (usize, Vec<(Range<usize>, i64)>) {
        let (mut count, mut ranges) = (0, Vec::new());
        while count < most && self.rows > 0 {
            let shift = self.shift.saturating_add(self.copy.saturating_mul(self.window.0));
            let end = self.rows.min(self.next + most - count);
            let rows = &self.trace.arrivals()[self.next..end];
            let inside = rows.partition_point(|t| t.saturating_add(shift) < self.to.0);
            if inside > 0 {
                ranges.push((self.next..self.next + inside, shift));
            }
            count += inside;
            self.next += inside;
            if inside < rows.len() {
                break;
            }
            if self.next == self.rows {
                (self.copy, self.next) = (self.copy + 1, 0);
            }
        }
        (count, ranges)
    }
}
