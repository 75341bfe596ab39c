//! The requests of one workload over its window, as often as they are needed.

use super::Projection;
use super::slices::{Slice, Slices};
use super::timeline::Days;
use super::traffic::Traffic;
use crate::diagnostic::Result;
use crate::replay::Block;
use crate::units::{SimDuration, SimTime};
use crate::workload::arrivals::Pattern;
use crate::workload::random::{purpose, stream};
use crate::workload::stages::{Stage, StageDraws, Stages};
use crate::workload::{
    ComputeScale, Recording, Request, RequestDraws, RequestModel, Row, TimeBase,
};
use std::ops::Range;
use std::sync::Arc;

/// Most requests that are replayed one by one to fill a period; more are scaled from a window.
pub(super) const REPLAY_LIMIT: u64 = 20_000_000;

/// Requests that are prepared together.
pub(super) const PART: usize = 1 << 14;

/// Where rows come from.
#[derive(Clone)]
pub(super) enum Arrivals {
    Pattern(Pattern),
    Trace(Arc<Recording>),
}

/// The same pattern, or the very same trace.
impl PartialEq for Arrivals {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pattern(a), Self::Pattern(b)) => a == b,
            (Self::Trace(a), Self::Trace(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
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
    /// Those of a pattern, and those of a spike with the number of the first.
    Spiked(Vec<SimTime>, u64, Vec<SimTime>),
    Trace(Vec<Segment>),
    /// Whatever copies of a trace have between two instants.
    Slice(Slice),
}

/// Some rows of a block of the trace.
#[derive(Debug)]
struct Segment {
    block: usize,
    rows: Range<usize>,
    /// How much later they arrive in the replay.
    shift: i64,
}

/// Everything needed to produce a workload's requests, again and again, the same each time.
#[derive(Clone, PartialEq)]
pub(super) struct Requests {
    pub(super) arrivals: Arrivals,
    pub(super) model: RequestModel,
    /// Index of the LLM for each model label of the trace; the first for others.
    pub(super) llm_of_label: Vec<u16>,
    /// For each LLM, whether it is the platform's own vendor's, so that prompts do not leave for the internet.
    pub(super) inside: Vec<bool>,
    /// Cached tokens of the trace stand outside its input tokens.
    pub(super) cached_outside: bool,
    /// How processor time differs from what was measured.
    pub(super) compute: Option<ComputeScale>,
    pub(super) seed: u64,
    pub(super) index: u64,
    pub(super) from: SimTime,
    pub(super) window: SimDuration,
    /// Of a trace, how many times it comes; of a pattern, whose rate is multiplied already, the spike.
    pub(super) traffic: Traffic,
    pub(super) projection: Projection,
    pub(super) period: SimDuration,
    /// What the workload's stages make of a request, and which of them this is.
    pub(super) stages: Option<(Stage, Stages)>,
}

impl Requests {
    /// Which part of the replay tells one day from another.
    pub(super) fn days(&self) -> Days {
        let (window, projected) = match self.projection {
            Projection::Whole => (self.period, true),
            Projection::Repeated(window) => (window.min(self.period), true),
            Projection::Scaled(window) => (window, true),
            Projection::None(window) => (window, false),
        };
        let (calendar, generated) = match &self.arrivals {
            Arrivals::Pattern(_) => (true, true),
            Arrivals::Trace(trace) => (trace.about().time_base == TimeBase::UnixEpoch, false),
        };
        Days { window, calendar, generated, projected }
    }

    /// The replayed span.
    pub(super) fn span(&self) -> (SimTime, SimTime) {
        let length = match self.projection {
            Projection::Whole | Projection::Repeated(_) => self.period,
            Projection::Scaled(window) | Projection::None(window) => window,
        };
        (self.from, self.from + length)
    }

    /// About how many requests are replayed, those of a spike and what stages leave out aside.
    #[expect(clippy::cast_precision_loss, reason = "an order of magnitude")]
    pub(super) fn about(&self) -> f64 {
        let (from, to) = self.span();
        let span = to.since(from);
        match &self.arrivals {
            Arrivals::Pattern(pattern) => pattern.mean_count(from, span),
            Arrivals::Trace(trace) => {
                let copies = span.as_secs_f64() / self.window.as_secs_f64();
                trace.rows() as f64 * self.traffic.copies() as f64 * copies
            }
        }
    }

    /// The requests of the replayed span in portions, sorted by arrival.
    pub(super) fn parts(&self) -> Box<dyn Iterator<Item = Result<Part>> + Send + '_> {
        let (from, to) = self.span();
        let mut first = 0;
        let mut part = move |count: usize, rows| {
            let part = Part { first, rows };
            first += count as u64;
            part
        };
        match &self.arrivals {
            Arrivals::Pattern(pattern) => {
                let window = to.since(from);
                let mut times = pattern.arrivals(from, window, self.seed, self.index);
                if let Some((times_more, start, end)) = self.traffic.more() {
                    let within = (start.max(from), end.min(to).max(start));
                    let (seed, index) = (self.seed, self.index);
                    let more = pattern.burst((from, window), within, times_more, seed, index);
                    return Box::new(spiked(times, more.peekable(), part));
                }
                Box::new(std::iter::from_fn(move || {
                    let times: Vec<_> = times.by_ref().take(PART).collect();
                    (!times.is_empty()).then(|| Ok(part(times.len(), Rows::Times(times))))
                }))
            }
            Arrivals::Trace(trace) if !self.traffic.is_plain() => {
                let slices = Slices::new(trace, self.window, (from, to), self.traffic.copies());
                Box::new(slices.map(move |slice| Ok(part(0, Rows::Slice(slice?)))))
            }
            Arrivals::Trace(trace) => {
                let mut copies = Copies::new(trace, self.window, (from, to));
                Box::new(std::iter::from_fn(move || {
                    let taken = copies.take(PART).transpose()?;
                    Some(taken.map(|(count, segments)| part(count, Rows::Trace(segments))))
                }))
            }
        }
    }

    /// The whole requests of a portion.
    pub(super) fn complete(&self, part: &Part) -> Result<Block> {
        let rng = stream(self.seed, self.index, purpose::REQUESTS);
        let mut draws = RequestDraws::new(rng, part.first);
        let mut requests = Vec::new();
        match (&part.rows, &self.arrivals) {
            (Rows::Trace(segments), Arrivals::Trace(trace)) => {
                requests.reserve(segments.iter().map(|s| s.rows.len()).sum());
                for Segment { block, rows, shift } in segments {
                    let block = trace.block(*block)?;
                    requests.extend(rows.clone().map(|i| {
                        let mut row = block.row(i);
                        row.arrival = SimTime(row.arrival.0.saturating_add(*shift));
                        self.request(&row, &mut draws)
                    }));
                }
            }
            (Rows::Times(times), _) => {
                let row = |t: &SimTime| Row { arrival: *t, ..Row::default() };
                requests.extend(times.iter().map(|t| self.request(&row(t), &mut draws)));
            }
            (Rows::Spiked(times, first_more, more), _) => {
                let row = |t: &SimTime| Row { arrival: *t, ..Row::default() };
                requests.extend(times.iter().map(|t| self.request(&row(t), &mut draws)));
                let rng = stream(self.seed, self.index, purpose::SPIKE_REQUESTS);
                let mut draws = RequestDraws::new(rng, *first_more);
                requests.extend(more.iter().map(|t| self.request(&row(t), &mut draws)));
                requests.sort_by_key(|r| r.arrival);
            }
            (Rows::Slice(slice), Arrivals::Trace(trace)) => {
                self.slice(trace, slice, &mut requests)?;
            }
            (Rows::Trace(_) | Rows::Slice(_), Arrivals::Pattern(_)) => {}
        }
        Ok(Block::new(self.at_stage(part.first, requests)))
    }

    /// The requests as they come to this stage, from number `first` on.
    fn at_stage(&self, first: u64, requests: Vec<Request>) -> Vec<Request> {
        let Some((stage, stages)) = &self.stages else { return requests };
        let draws = StageDraws::from(stream(self.seed, self.index, purpose::STAGES), first);
        let at = |(r, draws): (&Request, StageDraws)| stages.at(*stage, r, &draws, &self.inside);
        requests.iter().zip(draws).filter_map(at).collect()
    }

    pub(super) fn request(&self, row: &Row, draws: &mut RequestDraws) -> Request {
        let mut request = self.model.complete(row, draws);
        if let Some(scale) = &self.compute {
            scale.apply(&mut request);
        }
        if self.cached_outside {
            let outside = row.cached_tokens.unwrap_or(0) + row.cache_write_tokens.unwrap_or(0);
            request.cached_tokens = row.cached_tokens.unwrap_or(0);
            request.cache_write_tokens = row.cache_write_tokens.unwrap_or(0);
            request.input_tokens = row.input_tokens.unwrap_or(0).saturating_add(outside);
        }
        let label = row.model.map_or(usize::MAX, usize::from);
        request.model = self.llm_of_label.get(label).copied().unwrap_or(0);
        // With stages, which model is called is not known yet.
        if self.stages.is_none() && self.inside.get(usize::from(request.model)) == Some(&true) {
            request.upstream_bytes = 0;
        }
        request
    }
}

/// The arrivals of a pattern in portions, each with those of a spike that come before the next.
fn spiked(
    mut times: impl Iterator<Item = SimTime> + Send,
    mut more: std::iter::Peekable<impl Iterator<Item = SimTime> + Send>,
    mut part: impl FnMut(usize, Rows) -> Part + Send,
) -> impl Iterator<Item = Result<Part>> + Send {
    let mut first_more = 0;
    std::iter::from_fn(move || {
        let own: Vec<_> = times.by_ref().take(PART).collect();
        let last = if own.len() < PART { SimTime::MAX } else { *own.last()? };
        let mut on_top = Vec::new();
        while let Some(time) = more.next_if(|t| *t <= last) {
            on_top.push(time);
        }
        let first = first_more;
        first_more += on_top.len() as u64;
        let some = !(own.is_empty() && on_top.is_empty());
        some.then(|| Ok(part(own.len(), Rows::Spiked(own, first, on_top))))
    })
}

/// The rows of a trace's window, again and again until the span is full.
struct Copies<'a> {
    trace: &'a Recording,
    window: SimDuration,
    /// The trace's first arrival.
    start: SimTime,
    /// How much later the first copy arrives than the trace says.
    shift: i64,
    to: SimTime,
    /// The next row.
    copy: i64,
    block: usize,
    next: usize,
    done: bool,
}

impl<'a> Copies<'a> {
    fn new(trace: &'a Recording, window: SimDuration, (from, to): (SimTime, SimTime)) -> Self {
        let (start, _) = trace.ends();
        let shift = from.since(start).0;
        let done = trace.rows() == 0 || from >= to;
        Self { trace, window, start, shift, to, copy: 0, block: 0, next: 0, done }
    }

    /// The next rows, at most `most` of them, or a whole block of a packed trace, which is decoded at
    /// once; none at the end.
    fn take(&mut self, most: usize) -> Result<Option<(usize, Vec<Segment>)>> {
        let packed = matches!(self.trace, Recording::Packed(_));
        let (mut count, mut segments) = (0, Vec::new());
        while !self.done && count < most {
            let shift = self.shift();
            let (reach, ends_copy) = self.reach(shift)?;
            let end = if packed { reach } else { reach.min(self.next + most - count) };
            if end > self.next {
                count += end - self.next;
                segments.push(Segment { block: self.block, rows: self.next..end, shift });
            }
            self.next = end;
            if end == reach {
                self.leave_block(ends_copy);
            }
            if packed && count > 0 {
                break;
            }
        }
        Ok((count > 0).then_some((count, segments)))
    }

    fn shift(&self) -> i64 {
        self.shift.saturating_add(self.copy.saturating_mul(self.window.0))
    }

    /// Where the rows of this copy end in this block, and whether it has none behind it.
    fn reach(&self, shift: i64) -> Result<(usize, bool)> {
        let until = (self.start + self.window).0.min(self.to.0.saturating_sub(shift));
        if self.trace.last_of(self.block).0 < until {
            return Ok((self.trace.rows_of(self.block), false));
        }
        let block = self.trace.block(self.block)?;
        Ok((block.arrivals().partition_point(|t| *t < until), true))
    }

    fn leave_block(&mut self, ends_copy: bool) {
        (self.block, self.next) = (self.block + 1, 0);
        if ends_copy || self.block == self.trace.blocks() {
            (self.block, self.copy) = (0, self.copy.saturating_add(1));
            self.done = self.start.0.saturating_add(self.shift()) >= self.to.0;
        }
    }
}
