//! What happened when, as JSON.

use super::number::seconds;
use crate::estimate::Timeline;
use chrono::{DateTime, SecondsFormat};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// One span of time of a workload.
#[derive(Serialize, JsonSchema)]
pub(super) struct Span {
    start: String,
    arrivals: u64,
    served: u64,
    rejected: u64,
    cold_starts: u64,
    in_flight_seconds: String,
    peak_in_flight: u32,
    instance_seconds: String,
    peak_instances: u32,
    cost: String,
    cost_by_component: BTreeMap<&'static str, String>,
}

/// The spans of a timeline, in order.
pub(super) fn spans(timeline: &Timeline) -> Vec<Span> {
    let span = |(i, moment): (usize, &crate::replay::Moment)| Span {
        start: DateTime::from_timestamp_nanos(timeline.span(i).0.0)
            .to_rfc3339_opts(SecondsFormat::AutoSi, true),
        arrivals: moment.arrivals,
        served: moment.served,
        rejected: moment.rejected,
        cold_starts: moment.cold_starts,
        in_flight_seconds: seconds(moment.in_flight_time),
        peak_in_flight: moment.peak_in_flight,
        instance_seconds: seconds(moment.instance_time),
        peak_instances: moment.peak_instances,
        cost: timeline.cost(i).to_string(),
        cost_by_component: timeline.costs[i]
            .iter()
            .map(|(component, cost)| (component.name(), cost.to_string()))
            .collect(),
    };
    timeline.moments.iter().enumerate().map(span).collect()
}
