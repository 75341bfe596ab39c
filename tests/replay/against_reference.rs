//! The engine tells exactly what the plain event loop tells, event for event.

use super::reference::reference;
use super::request;
use proptest::prelude::*;
use ssc::replay::{
    Active, AtLimit, Behavior, Block, Disconnect, Dispatch, Facts, Life, Observer, Placement,
    Rejection, Replay, Scaling, Steps, Summary,
};
use ssc::units::{SimDuration, SimTime};
use ssc::workload::Request;

/// All that was told, in order.
#[derive(Debug, PartialEq)]
enum Told {
    Served(SimTime, Placement),
    Rejected(SimTime, Rejection),
    Started(u32, SimTime, bool),
    Active(Active),
    Stopped(Life),
    WarmIdle(i128, i128),
    Summary(Summary),
}

#[derive(Default)]
struct Log {
    told: Vec<Told>,
    requests_only: bool,
}

impl Observer for Log {
    fn served(&mut self, request: &Request, placement: &Placement) {
        let instance = if self.requests_only { 0 } else { placement.instance };
        self.told.push(Told::Served(request.arrival, Placement { instance, ..*placement }));
    }
    fn rejected(&mut self, request: &Request, why: Rejection) {
        self.told.push(Told::Rejected(request.arrival, why));
    }
    fn started(&mut self, instance: u32, at: SimTime, requested: bool) {
        if !self.requests_only {
            self.told.push(Told::Started(instance, at, requested));
        }
    }
    fn active(&mut self, span: &Active) {
        if !self.requests_only {
            self.told.push(Told::Active(*span));
        }
    }
    fn stopped(&mut self, life: &Life) {
        if !self.requests_only {
            self.told.push(Told::Stopped(*life));
        }
    }
    fn warm_idle(&mut self, below_floor: i128, at_floor: i128) {
        self.told.push(Told::WarmIdle(below_floor, at_floor));
    }
    fn summary(&mut self, summary: &Summary) {
        self.told.push(Told::Summary(*summary));
    }
    fn needs_instances(&self) -> bool {
        !self.requests_only
    }
}

fn pick<T: Clone + std::fmt::Debug + 'static>(from: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(from.to_vec())
}

fn time(range: std::ops::Range<i64>) -> impl Strategy<Value = SimDuration> {
    range.prop_map(SimDuration)
}

/// At most this, or for ever.
pub(crate) fn time_or_ever(most: i64) -> impl Strategy<Value = SimDuration> {
    prop_oneof![2 => time(0..most), 1 => Just(SimDuration::MAX)]
}

pub(crate) fn requests() -> impl Strategy<Value = Vec<Request>> {
    let leaves = prop::option::weighted(0.2, 0_i64..20);
    let row = (0_i64..60, 0_i64..20, leaves).prop_map(|(arrival, duration, leaves)| Request {
        disconnect_after: leaves.map(SimDuration),
        ..request(arrival, duration)
    });
    prop::collection::vec(row, 0..60).prop_map(|mut rows| {
        rows.sort_by_key(|r| r.arrival);
        rows
    })
}

fn steps() -> impl Strategy<Value = Steps> {
    let changes = prop::collection::vec((1_i64..80, 0_u32..4), 0..4);
    prop_oneof![
        2 => Just(Steps::constant(0)),
        1 => (0_u32..4, changes).prop_map(|(initial, changes)| {
            Steps::new(initial, changes.into_iter().map(|c| (SimTime(c.0), c.1)).collect())
        }),
    ]
}

fn scaling() -> impl Strategy<Value = Scaling> {
    let proxy = (0_u32..4, time(1..20))
        .prop_map(|(soft_limit, every)| Scaling::ProxyLoop { soft_limit, every });
    let target = (20_u32..120, time(1..10), time(1..30), time(1..60)).prop_map(
        |(target_percent, every, up_window, down_window)| Scaling::TargetUtilization {
            target_percent,
            every,
            up_window,
            down_window,
        },
    );
    prop_oneof![3 => Just(Scaling::PerRequest), 1 => Just(Scaling::Fixed), 2 => proxy, 2 => target]
}

fn behaviors() -> impl Strategy<Value = Behavior> {
    let queue = time_or_ever(20).prop_map(AtLimit::Queue);
    let limits = (
        prop_oneof![1_u32..8, Just(u32::MAX)],
        prop_oneof![Just(AtLimit::Reject), queue],
        time_or_ever(25),
        pick(&[Disconnect::Stops, Disconnect::RunsOn]),
    );
    let times = (1_u32..5, prop_oneof![Just(SimDuration(0)), time(0..6)], time_or_ever(30));
    (times, limits, pick(&super::POLICIES), scaling(), steps(), steps()).prop_map(
        |(times, limits, dispatch, scaling, floor, provisioned)| Behavior {
            concurrency: times.0,
            startup: times.1,
            idle_timeout: times.2,
            floor,
            provisioned,
            max_instances: limits.0,
            at_limit: limits.1,
            timeout: limits.2,
            dispatch,
            on_disconnect: limits.3,
            scaling,
        },
    )
}

/// The same with all times stretched, so that departures are days away from their block.
fn stretched(by: i64, b: &Behavior, requests: &[Request]) -> (Behavior, Vec<Request>) {
    let time = |d: SimDuration| SimDuration(d.0.saturating_mul(by));
    let steps = |s: &Steps| {
        let changes = s.spans(SimTime(0), SimTime(1_000)).into_iter();
        Steps::new(s.at(SimTime(0)), changes.map(|c| (SimTime(c.0.0 * by), c.2)).collect())
    };
    let mut b =
        Behavior { floor: steps(&b.floor), provisioned: steps(&b.provisioned), ..b.clone() };
    (b.startup, b.idle_timeout, b.timeout) =
        (time(b.startup), time(b.idle_timeout), time(b.timeout));
    if let AtLimit::Queue(patience) = &mut b.at_limit {
        *patience = time(*patience);
    }
    match &mut b.scaling {
        Scaling::ProxyLoop { every, .. } => *every = time(*every),
        Scaling::TargetUtilization { every, up_window, down_window, .. } => {
            (*every, *up_window, *down_window) =
                (time(*every), time(*up_window), time(*down_window));
        }
        Scaling::PerRequest | Scaling::Fixed => {}
    }
    let requests = requests.iter().map(|r| Request {
        arrival: SimTime(r.arrival.0 * by),
        duration: time(r.duration),
        disconnect_after: r.disconnect_after.map(time),
        ..*r
    });
    (b, requests.collect())
}

/// Fed in blocks of the given sizes, again and again.
pub(crate) fn in_blocks<O: Observer>(
    b: &Behavior,
    requests: &[Request],
    sizes: &[usize],
    window: (SimTime, SimTime),
    clip: bool,
    observer: O,
) -> O {
    let mut replay = Replay::new(b, window, clip, observer);
    let mut rest = requests;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (block, after) = rest.split_at((*size).min(rest.len()));
        replay.feed(&Block::new(block.to_vec()));
        rest = after;
    }
    replay.finish()
}

/// Seven days in steps of 60.
const FAR: i64 = 10_000_000_000_000;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn events_are_those_of_the_plain_loop(
        rows in requests(), b in behaviors(), sizes in prop::collection::vec(1_usize..40, 1..5),
        window in (-3_i64..=0, 1_i64..100), clip in any::<bool>(), by in pick(&[1, FAR]),
    ) {
        let (b, rows) = stretched(by, &b, &rows);
        let window = (SimTime(window.0 * by), SimTime(window.1 * by));
        let expected = reference(&b, &rows, window, clip, Log::default());
        let log = in_blocks(&b, &rows, &sizes, window, clip, Log::default());
        prop_assert_eq!(log.told, expected.told);
        let facts = in_blocks(&b, &rows, &sizes, window, clip, Facts::default());
        prop_assert!(facts.identities_hold(), "{:?}", facts);
    }

    #[test]
    fn a_stack_is_the_plain_loop(
        rows in requests(), b in behaviors(), sizes in prop::collection::vec(1_usize..40, 1..5),
        to in 1_i64..100, clip in any::<bool>(), by in pick(&[1, FAR]), queue in any::<bool>(),
    ) {
        let b = Behavior {
            concurrency: 1,
            dispatch: Dispatch::MostRecentlyUsed,
            scaling: Scaling::PerRequest,
            floor: Steps::constant(0),
            provisioned: Steps::constant(0),
            at_limit: if queue { b.at_limit } else { AtLimit::Reject },
            max_instances: if queue { u32::MAX } else { b.max_instances },
            ..b
        };
        let (b, rows) = stretched(by, &b, &rows);
        let window = (SimTime(0), SimTime(to * by));
        let log = || Log { requests_only: true, ..Log::default() };
        let expected = reference(&b, &rows, window, clip, log());
        let log = in_blocks(&b, &rows, &sizes, window, clip, log());
        prop_assert_eq!(log.told, expected.told);
    }
}
