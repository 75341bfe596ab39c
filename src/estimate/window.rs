//! The span that is replayed, and how it fills the period.

use super::Projection;
use super::context::Context;
use super::source::{Arrivals, REPLAY_LIMIT};
use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimDuration, SimTime};
use crate::workload::arrivals::ArrivalPlan;
use crate::workload::{Assumption, Origin, TimeBase};
use rust_decimal::prelude::ToPrimitive;

/// Monday, 2 November 2026: where a trace without a calendar is put.
const RELATIVE_START: i64 = 1_793_577_600_000_000_000;

const DAY: SimDuration = SimDuration::from_hours(24);

/// Where the window starts, how long it is, and how it fills the period.
pub(super) fn window(
    context: &Context<'_>,
    plan: &ArrivalPlan,
    arrivals: &Arrivals,
    assumptions: &mut Vec<Assumption>,
) -> Result<(SimTime, SimDuration, Projection)> {
    let (period, look) = (context.period, context.options.first_look);
    let (from, given, window, count) = match (plan, arrivals) {
        (ArrivalPlan::Traced(traced), Arrivals::Trace(trace)) => {
            let base = trace.ends().0;
            let from = match trace.about().time_base {
                TimeBase::UnixEpoch => base,
                TimeBase::TraceStart => SimTime(RELATIVE_START.saturating_add(base.0)),
            };
            let window = traced.window.or_else(|| trace.natural_window()).ok_or_else(|| {
                Box::new(
                    context
                        .source
                        .error(
                            &traced.path,
                            "the trace is a single instant, so it says nothing about a month",
                            "one arrival time",
                        )
                        .hint("say how long it stands for: `window: 1h` under `arrivals:`"),
                )
            })?;
            let factor = context.traffic.to_f64().unwrap_or(1.0);
            (from, traced.window.is_some(), window, trace.rows() as f64 * factor)
        }
        (ArrivalPlan::Generated(g), Arrivals::Pattern(pattern)) => {
            let whole = pattern.mean_count(g.start, period);
            let window = g.window.unwrap_or_else(|| affordable(period, whole));
            let window = if look { window.min(DAY) } else { window };
            (g.start, g.window.is_some(), window, pattern.mean_count(g.start, window))
        }
        _ => unreachable!("a plan and what it opened agree"),
    };
    if window <= SimDuration::ZERO {
        return Err(Box::new(Diagnostic::input("the window of the arrivals is empty")));
    }
    let generated = matches!(plan, ArrivalPlan::Generated(_));
    #[expect(clippy::cast_precision_loss, reason = "an order of magnitude")]
    let fits = count * (period.as_secs_f64() / window.as_secs_f64()) <= REPLAY_LIMIT as f64;
    let projection = match context.projection {
        Some("none") => Projection::None(window),
        _ if window == period => Projection::Whole,
        Some("scale") => Projection::Scaled(window),
        _ if look => Projection::Scaled(window),
        _ if generated || window > period => Projection::Scaled(window),
        Some("repeat") => Projection::Repeated(window),
        _ if fits => Projection::Repeated(window),
        _ => Projection::Scaled(window),
    };
    let (value, note) = match &projection {
        Projection::Whole => ("every request of the period is replayed".to_owned(), ""),
        Projection::Repeated(_) => (
            format!("{} repeated over {period}", window.readable()),
            "tiers and allowances apply to the whole period",
        ),
        Projection::Scaled(_) => (
            format!("{} scaled to {period}", window.readable()),
            "tiers and allowances apply to the whole period",
        ),
        Projection::None(_) => {
            (format!("{} as it is", window.readable()), "not projected to a month")
        }
    };
    let origin =
        if given || context.projection.is_some() { Origin::Given } else { Origin::Assumed };
    assumptions.push(Assumption::new("projection", value, origin).note(note));
    Ok((from, window, projection))
}

/// The longest of period, week, day and hour with few enough requests to replay one by one.
#[expect(clippy::cast_precision_loss, reason = "an order of magnitude")]
fn affordable(period: SimDuration, requests: f64) -> SimDuration {
    let hours = SimDuration::from_hours;
    let fits = |w: &SimDuration| {
        requests * (w.as_secs_f64() / period.as_secs_f64()) <= REPLAY_LIMIT as f64
    };
    let candidates = [period, hours(168), hours(24), hours(1)];
    let shorter = candidates.into_iter().filter(|w| *w <= period);
    let (mut shorter, limit) = (shorter.into_iter(), REPLAY_LIMIT as f64);
    shorter.find(fits).unwrap_or_else(|| {
        SimDuration::from_secs_f64(period.as_secs_f64() * limit / requests).max(SimDuration(1))
    })
}
