use super::*;
use crate::pricing::UnitLoad;
use crate::replay::Outcome;
use proptest::prelude::*;

const SECOND: i64 = 1_000_000_000;

fn rule(window: i64, take: Take, of: &[(Load, u64, Option<i64>)]) -> Capacity {
    Capacity {
        window: SimDuration(window * SECOND),
        take,
        whole: false,
        minimum: 0,
        steps: Vec::new(),
        units: None,
        of: of
            .iter()
            .map(|&(load, per_unit, every)| UnitLoad {
                load,
                per_unit,
                every: every.map(|s| SimDuration(s * SECOND)),
                direction: None,
                times: Vec::new(),
                multiplier: 1,
            })
            .collect(),
    }
}

/// Unit-seconds and the units of the busiest window, for `(arrival, length in ms, bytes out)`.
fn units(rule: Capacity, hours: i64, requests: &[(i64, i64, u64)]) -> (f64, u64) {
    let mut meter = CapacityMeter::new(rule, SimTime(0), SimTime(hours * 3_600 * SECOND));
    for &(at, length, bytes) in requests {
        let arrival = SimTime(at * 1_000_000);
        let duration = SimDuration(length * 1_000_000);
        let request = Request {
            arrival,
            duration,
            response_bytes: bytes,
            messages_in: 1,
            messages_out: 1,
            ..Request::default()
        };
        let placement = Placement {
            instance: 0,
            provisioned: false,
            pool_configured: false,
            cold: false,
            startup_wait: SimDuration::ZERO,
            start: arrival,
            end: arrival + duration,
            outcome: Outcome::Completed,
        };
        meter.served(&request, &placement, (true, SimDuration::ZERO));
    }
    let (total, needed, _) = meter.read(None);
    (total as f64 / SECOND as f64, needed)
}

fn balancer() -> Capacity {
    let of = [
        (Load::NewConnections, 25, Some(1)),
        (Load::ActiveConnections, 3_000, None),
        (Load::Bytes, 1_000_000_000, Some(3_600)),
    ];
    rule(3_600, Take::Each, &of)
}

#[test]
fn the_fullest_load_of_each_hour_decides() {
    // Ten a second for an hour: 10/25 by new connections, 10/3,000 by open ones, 0.036 by bytes.
    let busy: Vec<_> = (0..36_000).map(|i| (i * 100, 50, 1_000)).collect();
    let (seconds, _) = units(balancer(), 2, &busy);
    assert!((seconds - 0.4 * 3_600.0).abs() < 1e-3, "{seconds}");
    // Half-hour streams, one a second: 1,800 open on average once it runs, 0.6 units; 1/25 by rate.
    let long: Vec<_> = (0..7_200).map(|i| (i * 1_000, 1_800_000, 0)).collect();
    let (seconds, _) = units(balancer(), 2, &long);
    let second_hour = 0.6 * 3_600.0;
    let first_hour = (0.5 * 900.0 + 0.5 * 1_800.0) / 3_000.0 * 3_600.0;
    // Streams still running at the end are counted to their own end, as every meter does.
    let rest = 0.5 * 900.0 / 3_000.0 * 3_600.0;
    assert!((seconds - first_hour - second_hour - rest).abs() < 1.0, "{seconds}");
}

#[test]
fn shards_follow_the_busiest_second_and_have_a_minimum() {
    let mut shards = rule(1, Take::Peak, &[(Load::Messages, 1_000, Some(1))]);
    (shards.whole, shards.minimum) = (true, 1);
    shards.of[0].direction = Some(Direction::In);
    let burst: Vec<_> = (0..2_500).map(|_| (5_000, 100, 10)).collect();
    assert_eq!(units(shards.clone(), 1, &burst), (3.0 * 3_600.0, 3));
    assert_eq!(units(shards, 1, &[]), (3_600.0, 0));
}

#[test]
fn socket_units_come_in_steps_of_the_most_connections_at_once() {
    let mut sockets = rule(60, Take::Peak, &[(Load::ActiveConnections, 1_000, None)]);
    (sockets.minimum, sockets.steps) = (1, vec![1, 2, 5, 10]);
    let open = |n: i64| (0..n).map(|i| (i, 60_000, 0)).collect::<Vec<_>>();
    assert_eq!(units(sockets.clone(), 1, &open(1_000)), (3_600.0, 1));
    assert_eq!(units(sockets.clone(), 1, &open(1_001)), (2.0 * 3_600.0, 2));
    assert_eq!(units(sockets.clone(), 1, &open(2_001)), (5.0 * 3_600.0, 3));
    // A connection that ends at the instant the next begins does not overlap it.
    let chain: Vec<_> = (0..3_000).map(|i| (i * 1_000, 1_000, 0)).collect();
    assert_eq!(units(sockets, 1, &chain), (3_600.0, 1));
}

#[test]
fn a_fixed_number_of_units_is_paid_whatever_the_traffic_and_its_lack_is_known() {
    let mut shards = rule(1, Take::Peak, &[(Load::Requests, 10, Some(1))]);
    shards.whole = true;
    let mut meter = CapacityMeter::new(shards, SimTime(0), SimTime(10 * SECOND));
    let request = Request::default();
    let placement = Placement {
        instance: 0,
        provisioned: false,
        pool_configured: false,
        cold: false,
        startup_wait: SimDuration::ZERO,
        start: SimTime(0),
        end: SimTime(0),
        outcome: Outcome::Completed,
    };
    for _ in 0..25 {
        meter.served(&request, &placement, (true, SimDuration::ZERO));
    }
    assert_eq!(meter.read(Some(2)), (20 * i128::from(SECOND), 3, Vec::new()));
}

#[test]
fn quiet_stretches_pay_the_minimum_of_every_window() {
    let mut sometimes = rule(3_600, Take::Each, &[(Load::Requests, 1_000, Some(3_600))]);
    (sometimes.whole, sometimes.minimum) = (true, 1);
    // 2,500 requests in the third of ten hours: 3 units there, 1 in the nine others.
    let burst: Vec<_> = (0..2_500).map(|i| (2 * 3_600_000 + i, 10, 0)).collect();
    assert_eq!(units(sometimes, 10, &burst), (12.0 * 3_600.0, 3));
}

proptest! {
    /// What is spread over windows is neither lost nor doubled.
    #[test]
    fn every_byte_is_in_some_window(
        mut arrivals in prop::collection::vec((0..3_000_000_i64, 0..400_000_i64, 0..1_000_000_u64), 1..60),
    ) {
        arrivals.sort_unstable();
        let bytes = rule(7, Take::Each, &[(Load::Bytes, 1_000, Some(1))]);
        let (seconds, _) = units(bytes, 1, &arrivals);
        let total: u64 = arrivals.iter().map(|a| a.2).sum();
        // Each of at most 572 windows is rounded up to a nanosecond.
        prop_assert!((seconds - total as f64 / 1_000.0).abs() < 1e-5);
    }

    /// Averaged over windows, open connections are the time they were open.
    #[test]
    fn connection_time_is_conserved(
        mut arrivals in prop::collection::vec((0..3_000_000_i64, 0..400_000_i64, 0..1_u64), 1..60),
    ) {
        arrivals.sort_unstable();
        let open = rule(11, Take::Each, &[(Load::ActiveConnections, 1, None)]);
        let (seconds, _) = units(open, 1, &arrivals);
        let total: i64 = arrivals.iter().map(|a| a.1).sum();
        prop_assert!((seconds - total as f64 / 1_000.0).abs() < 1e-5);
    }
}
