//! The requests of one workload over its window in portions, as often as they are needed.

use super::copies::{Copies, Segment};
use super::slices::{Slice, Slices};
use super::source::{Arrivals, Requests};
use crate::diagnostic::Result;
use crate::replay::Block;
use crate::units::SimTime;
use crate::workload::random::{purpose, stream};
use crate::workload::stages::StageDraws;
use crate::workload::{Request, RequestDraws, Row};

/// Requests that are prepared together.
const PART: usize = 1 << 14;

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

impl Requests {
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
                let slices =
                    Slices::new(trace, self.window, (from, to), (self.traffic.copies(), PART));
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
        // Which rows come here, if not all.
        let mut taken = Vec::new();
        match (&part.rows, &self.arrivals) {
            (Rows::Trace(segments), Arrivals::Trace(trace)) => {
                requests.reserve(segments.iter().map(|s| s.rows.len()).sum());
                for Segment { block, rows, shift } in segments {
                    let block = trace.block(*block)?;
                    if let Some(routes) = &self.routes {
                        taken.extend(rows.clone().map(|i| routes.has(block.workload(i))));
                    }
                    let first = taken.len() - if taken.is_empty() { 0 } else { rows.len() };
                    requests.extend(rows.clone().filter_map(|i| {
                        if taken.get(first + i - rows.start) == Some(&false) {
                            draws.skip();
                            return None;
                        }
                        let mut row = block.row(i);
                        row.arrival = SimTime(row.arrival.0.saturating_add(*shift));
                        Some(self.request(&row, &mut draws))
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
        Ok(Block::new(self.at_stage(part.first, &taken, requests)))
    }

    /// The requests as they come to this stage; they are those of the rows from number `first` on that
    /// are taken.
    fn at_stage(&self, first: u64, taken: &[bool], requests: Vec<Request>) -> Vec<Request> {
        let Some((stage, stages)) = &self.stages else { return requests };
        let draws = StageDraws::from(stream(self.seed, self.index, purpose::STAGES), first);
        let draws = draws.enumerate().filter(|(i, _)| taken.get(*i) != Some(&false));
        let draws = draws.map(|(_, draws)| draws);
        let at = |(r, draws): (&Request, StageDraws)| stages.at(*stage, r, &draws, &self.inside);
        requests.iter().zip(draws).filter_map(at).collect()
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
