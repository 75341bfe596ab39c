//! Everything a workload's requests are made of.

use super::Projection;
use super::timeline::Days;
use super::traffic::Traffic;
use crate::units::{SimDuration, SimTime};
use crate::workload::arrivals::{Pattern, Routes};
use crate::workload::stages::{Stage, Stages};
use crate::workload::{
    ComputeScale, Recording, Request, RequestDraws, RequestModel, Row, TimeBase,
};
use std::sync::Arc;

/// Most requests that are replayed one by one to fill a period; more are scaled from a window.
pub(super) const REPLAY_LIMIT: u64 = 20_000_000;

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

/// Everything needed to produce a workload's requests, again and again, the same each time.
#[derive(Clone, PartialEq)]
pub(super) struct Requests {
    pub(super) arrivals: Arrivals,
    /// Which rows of a trace come here; all without it.
    pub(super) routes: Option<Routes>,
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
    /// Index of the workload that it draws its random numbers as.
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
    /// What its days are.
    pub(super) fn days(&self) -> Days {
        let (calendar, generated) = match &self.arrivals {
            Arrivals::Pattern(_) => (true, true),
            Arrivals::Trace(trace) => (trace.about().time_base == TimeBase::UnixEpoch, false),
        };
        Days { calendar, generated }
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
