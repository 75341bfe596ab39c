//! Copies of a trace: at once the trace itself, at less a part of it, at more a whole with it.

use crate::estimate::Projection;
use crate::estimate::source::{Arrivals, Requests};
use crate::estimate::traffic::{Spike, Traffic};
use crate::units::{SimDuration, SimTime};
use crate::workload::{Known, Recording, Request, RequestModel, Row, Trace};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// 12,000 rows in bursts: many at one instant, then a pause.
fn bursts() -> Trace {
    let mut trace = Trace::new("test");
    for i in 0..12_000_i64 {
        let arrival = SimTime(1_000 + (i / 210) * 60_000_000_000 + (i % 7) * 1_000);
        let output_tokens = u32::try_from(i % 50).ok();
        trace.push(Row { arrival, output_tokens, ..Row::default() });
    }
    trace.sort_by_arrival();
    trace
}

fn requests(trace: Arc<Recording>, factor: &str, spike: Option<Spike>) -> Vec<Request> {
    let window = SimDuration::from_hours(1);
    let from = SimTime(7_000_000_000_000);
    let period = SimDuration::from_secs(3_600 * 5 / 2);
    let source = crate::diagnostic::Source::new("test", "");
    let requests = Requests {
        routes: None,
        arrivals: Arrivals::Trace(trace),
        model: RequestModel::resolve(&source, None, &Known::default()).unwrap(),
        llm_of_label: Vec::new(),
        inside: Vec::new(),
        cached_outside: false,
        seed: 3,
        index: 0,
        from,
        window,
        traffic: Traffic::new(factor.parse().unwrap(), spike, from),
        projection: Projection::Repeated(window),
        compute: None,
        stages: None,
        period,
    };
    let parts = requests.parts().map(|part| requests.complete(&part.unwrap()).unwrap());
    parts.flat_map(|block| block.requests().to_vec()).collect()
}

fn memory() -> Arc<Recording> {
    Arc::new(Recording::Memory(bursts()))
}

fn sorted(requests: &[Request]) -> bool {
    requests.windows(2).all(|pair| pair[0].arrival <= pair[1].arrival)
}

/// Every request of `part` is in `whole`, as often.
fn within(part: &[Request], whole: &[Request]) -> bool {
    let counted = |all: &[Request]| {
        let mut counts = BTreeMap::new();
        for r in all {
            *counts.entry((r.arrival, r.output_tokens, r.duration)).or_insert(0) += 1;
        }
        counts
    };
    let whole = counted(whole);
    counted(part).iter().all(|(request, n)| whole.get(request).is_some_and(|m| n <= m))
}

#[test]
fn once_is_the_trace_itself_however_it_is_sliced() {
    let nothing = Spike {
        factor: Decimal::ONE,
        at: SimDuration::from_hours(1),
        lasts: SimDuration::from_hours(1),
    };
    let plain = requests(memory(), "1", None);
    assert!(plain.len() > 27_000, "{}", plain.len());
    assert_eq!(plain, requests(memory(), "1", Some(nothing)));
}

#[test]
fn what_a_smaller_factor_has_a_larger_one_has_too_with_the_same_needs() {
    let all: Vec<_> =
        ["0.2", "0.9", "1", "1.3", "3"].map(|factor| requests(memory(), factor, None)).into();
    for (pair, ratio) in all.windows(2).zip([4.5, 1.11, 1.3, 2.31]) {
        assert!(sorted(&pair[1]) && within(&pair[0], &pair[1]));
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let seen = pair[1].len() as f64 / pair[0].len() as f64;
        assert!((seen / ratio - 1.0).abs() < 0.03, "{seen} instead of {ratio}");
    }
}

#[test]
fn a_spike_adds_requests_within_it_alone() {
    let spike = Spike {
        factor: Decimal::from(4),
        at: SimDuration::from_secs(1_800),
        lasts: SimDuration::from_secs(600),
    };
    let (usual, more) = (requests(memory(), "1", None), requests(memory(), "1", Some(spike)));
    let from = SimTime(7_000_000_000_000) + spike.at;
    let inside = |r: &&Request| from <= r.arrival && r.arrival < from + spike.lasts;
    let outside = |all: &[Request]| all.iter().filter(|r| !inside(r)).copied().collect::<Vec<_>>();
    assert_eq!(outside(&usual), outside(&more));
    let (n, m) = (usual.iter().filter(inside).count(), more.iter().filter(inside).count());
    assert!(n > 1_500 && m > 3 * n && m < 5 * n, "{n} {m}");
}
