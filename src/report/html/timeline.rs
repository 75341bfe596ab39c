//! What happened when, and what it cost.

use super::Section;
use super::chart::{Chart, Series, Shape};
use super::drawn::{color, near};
use crate::estimate::{Costs, Estimate, Projection, Timeline, WorkloadEstimate};
use crate::pricing::Component;
use crate::replay::Moment;
use crate::report::number::{compact, count, dollars};
use crate::units::{Bins, Money, SimDuration, SimTime};
use chrono::{DateTime, Datelike};
use maud::{Markup, html};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

const DAY: SimDuration = SimDuration::from_hours(24);
/// Spans of all workloads that a page can show, each with its numbers; above it several are told as one.
const MOST_SPANS: usize = 3_000;
/// So many spans are told as one: parts of a day where they are hours, else whole days.
const TOGETHER: [usize; 8] = [1, 2, 3, 4, 6, 8, 12, 24];
/// Labels that fit beside each other.
const LABELS: usize = 8;

/// Cost, load and instances over time, of each workload that has a timeline.
pub(super) fn section(e: &Estimate) -> Option<Section> {
    let timed = || e.workloads.iter().filter_map(|w| Some((w, w.timeline.as_ref()?)));
    let spans: usize = timed().map(|(_, t)| t.costs.len()).sum();
    let fits = |factor: &usize| spans.div_ceil(*factor) <= MOST_SPANS;
    let factor = TOGETHER.into_iter().find(fits);
    let factor = factor.unwrap_or_else(|| spans.div_ceil(MOST_SPANS).next_multiple_of(24));
    let timed: Vec<_> = timed().map(|(w, t)| (w, coarser(t, factor))).collect();
    let several = timed.len() > 1;
    let body = html! {
        @for (w, timeline) in &timed {
            @if several { h3 { (super::text(&w.name)) } }
            @if let Projection::Scaled(window) = w.projection {
                p.soft {
                    (window.readable()) " were replayed and stand for the whole period: costs are scaled to it."
                }
            }
            (charts(w, timeline))
        }
    };
    (!timed.is_empty()).then_some(Section { id: "time", title: "Over time", body })
}

/// The timeline with so many spans taken as one.
fn coarser(t: &Timeline, factor: usize) -> Timeline {
    let (start, end) = (t.span(0).0, t.span(t.costs.len() - 1).1);
    let width = t.span((factor - 1).min(t.costs.len() - 1)).1.since(start);
    let moments = t.moments.chunks(factor).map(|each| {
        each.iter().fold(Moment::default(), |sum, m| Moment {
            arrivals: sum.arrivals + m.arrivals,
            served: sum.served + m.served,
            rejected: sum.rejected + m.rejected,
            cold_starts: sum.cold_starts + m.cold_starts,
            in_flight_time: sum.in_flight_time + m.in_flight_time,
            peak_in_flight: sum.peak_in_flight.max(m.peak_in_flight),
            instance_time: sum.instance_time + m.instance_time,
            peak_instances: sum.peak_instances.max(m.peak_instances),
        })
    });
    let costs = t.costs.chunks(factor).map(|each| {
        let mut sum = Costs::new();
        for (component, cost) in each.iter().flatten() {
            *sum.entry(*component).or_insert(Money::ZERO) += *cost;
        }
        sum
    });
    Timeline {
        bins: Bins::new((start, end), width),
        moments: moments.collect(),
        costs: costs.collect(),
        days: t.days,
    }
}

fn charts(w: &WorkloadEstimate, t: &Timeline) -> Markup {
    let labels: Vec<String> = (0..t.costs.len()).map(|i| label(t, i)).collect();
    let every = every(t);
    let of = |name: &str| format!("{name} · {}", w.name);
    let dated = DateTime::from_timestamp_nanos(t.span(0).0.0).year() > 1971;
    let along = if dated { "start, UTC" } else { "start" };
    let width = t.span(0).1.since(t.span(0).0).readable();
    let chart = |title: &str, (prefix, up): (&str, &str), shape: Shape, series: &[Series]| {
        Chart { title, prefix, up, along, labels: &labels, every, shape }.draw(series)
    };
    let each = |what: &str| format!("{what} in {width}");
    let rare = [
        counted(t, (1, "cold starts"), |m| m.cold_starts),
        counted(t, (4, "rejected"), |m| m.rejected),
    ];
    html! {
        (chart(&of("Cost"), ("$", &each("$")), Shape::Stacked, &costs(t)))
        (chart(&of("Instances and requests in flight"), ("", "at once"), Shape::Steps, &[
            counted(t, (0, "most instances"), |m| u64::from(m.peak_instances)),
            counted(t, (1, "most in flight"), |m| u64::from(m.peak_in_flight)),
            mean(t, (2, "mean in flight"), |m| m.in_flight_time),
        ]))
        (chart(&of("Requests"), ("", &each("requests")), Shape::Steps, &[
            counted(t, (0, "arrivals"), |m| m.arrivals),
        ]))
        (chart(&of("Cold starts and rejected requests"), ("", &each("requests")), Shape::Steps, &rare))
    }
}

/// One series for each part of the bill that costs anything.
fn costs(t: &Timeline) -> Vec<Series> {
    let cost = |i: usize, c: Component| t.costs[i].get(&c).copied().unwrap_or(Money::ZERO);
    let spans = || 0..t.costs.len();
    let used = Component::ALL.into_iter().filter(|c| spans().any(|i| !cost(i, *c).is_zero()));
    let series = |c: Component| Series {
        name: c.name().to_owned(),
        color: color(c),
        values: spans().map(|i| near(cost(i, c))).collect(),
        shown: spans().map(|i| dollars(cost(i, c), 4)).collect(),
    };
    used.map(series).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
fn counted(t: &Timeline, (color, name): (usize, &str), of: impl Fn(&Moment) -> u64) -> Series {
    let counts: Vec<u64> = t.moments.iter().map(of).collect();
    Series {
        name: name.to_owned(),
        color,
        values: counts.iter().map(|n| *n as f64).collect(),
        shown: counts.into_iter().map(count).collect(),
    }
}

/// A time-weighted mean over each span.
fn mean(t: &Timeline, (color, name): (usize, &str), of: impl Fn(&Moment) -> i128) -> Series {
    let mean = |(i, m): (usize, &Moment)| {
        let (from, to) = t.span(i);
        let length = Decimal::from(to.since(from).0);
        let sum = Decimal::try_from_i128_with_scale(of(m), 0).unwrap_or_default();
        sum.checked_div(length).unwrap_or_default()
    };
    let means: Vec<Decimal> = t.moments.iter().enumerate().map(mean).collect();
    Series {
        name: name.to_owned(),
        color,
        values: means.iter().map(|m| m.to_f64().unwrap_or_default()).collect(),
        shown: means.into_iter().map(|m| compact(m, 2)).collect(),
    }
}

/// When a span starts: a date where arrivals have one, else the day of the window.
fn label(t: &Timeline, i: usize) -> String {
    let start = t.span(i).0;
    let at = DateTime::from_timestamp_nanos(start.0);
    if at.year() > 1971 {
        return at.format("%a %-d %b %H:%M").to_string();
    }
    let day = start.since(t.span(0).0).0 / DAY.0 + 1;
    let weekday = if t.days.calendar { at.format(" %a").to_string() } else { String::new() };
    format!("day {day}{weekday} {}", clock(start))
}

fn clock(at: SimTime) -> String {
    DateTime::from_timestamp_nanos(at.0).format("%H:%M").to_string()
}

/// Every so many spans have a label at the axis: whole days where spans are hours.
fn every(t: &Timeline) -> usize {
    let count = t.costs.len();
    let least = count.div_ceil(LABELS).max(1);
    let width = t.span(0).1.since(t.span(0).0);
    let day = usize::try_from(DAY.0 / width.0.max(1)).unwrap_or(1).max(1);
    if least > day / 2 { least.next_multiple_of(day) } else { least }
}
