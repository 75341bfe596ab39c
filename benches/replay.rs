//! How fast requests are replayed: the engine against a plain event loop with a binary heap, and against
//! the time it takes to read the same requests from memory.
//!
//! `cargo bench --bench replay`; `SSC_BENCH_REQUESTS` sets how many requests, `SSC_BENCH_BLOCK` how many
//! of them are in a block.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for developers")]

#[path = "../tests/replay/reference.rs"]
mod reference;

use reference::reference;
use ssc::replay::{Behavior, Block, Dispatch, Facts, Levels, Observer, Placement, Replay};
use ssc::units::{SimDuration, SimTime};
use ssc::workload::Request;
use ssc::workload::random::{exponential, stream};
use std::hint::black_box;
use std::time::Instant;

/// A meter of one kind: cold starts and billed time.
#[derive(Default)]
struct Meter {
    cold: u64,
    billed: i128,
    requests_only: bool,
}

impl Observer for Meter {
    fn served(&mut self, _: &Request, placement: &Placement) {
        self.cold += u64::from(placement.cold);
        self.billed += i128::from(placement.end.since(placement.start).0);
    }
    fn needs_instances(&self) -> bool {
        !self.requests_only
    }
}

struct Workload {
    requests: Vec<Request>,
    blocks: Vec<Block>,
    window: (SimTime, SimTime),
}

/// Poisson arrivals, exponential service of one second on average.
fn workload(requests: usize, block: usize, in_flight: f64) -> Workload {
    let (mut gaps, mut lengths) = (stream(7, 0, 1), stream(7, 0, 2));
    let mut at = SimTime(0);
    let request = |_| {
        at = at + SimDuration::from_secs_f64(exponential(&mut gaps) / in_flight);
        let duration = SimDuration::from_secs_f64(exponential(&mut lengths));
        Request { arrival: at, duration, ..Request::default() }
    };
    let requests: Vec<Request> = (0..requests).map(request).collect();
    let blocks = requests.chunks(block).map(|part| Block::new(part.to_vec())).collect();
    Workload { requests, blocks, window: (SimTime(0), at + SimDuration(1)) }
}

/// Seconds this thread has used, where the system tells; else seconds passed.
fn clock(start: Instant) -> f64 {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat");
    let nanos = used.ok().and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| start.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

/// Nanoseconds for each request, the best of a few runs.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn time<T>(requests: usize, runs: u32, mut run: impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    let one = |_| {
        let from = clock(start);
        black_box(run());
        clock(start) - from
    };
    (0..runs).map(one).fold(f64::INFINITY, f64::min) * 1e9 / requests as f64
}

fn feed<O: Observer>(b: &Behavior, w: &Workload, observer: O) -> O {
    let mut replay = Replay::new(b, w.window, true, observer);
    w.blocks.iter().for_each(|block| replay.feed(block));
    replay.finish()
}

fn levels(b: &Behavior, w: &Workload, timeouts: i64) -> usize {
    let timeouts = (1..=timeouts).map(|t| SimDuration::from_millis(t * 500)).collect();
    let mut levels = Levels::new(b, w.window, true, timeouts, vec![0], false);
    w.blocks.iter().for_each(|block| levels.feed(block));
    levels.finish().busy().len()
}

/// Reads every request, as any replay must.
fn read(w: &Workload) -> i64 {
    let sum = |r: &Request| r.arrival.0 ^ r.duration.0 ^ i64::from(r.model);
    w.blocks.iter().flat_map(Block::requests).map(sum).fold(0, |a, b| a ^ b)
}

fn behavior(concurrency: u32, dispatch: Dispatch) -> Behavior {
    let idle_timeout = SimDuration::from_secs(60);
    Behavior { concurrency, dispatch, idle_timeout, ..Behavior::default() }
}

fn main() {
    let setting = |name: &str, default| {
        std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let requests = setting("SSC_BENCH_REQUESTS", 2_000_000);
    let block = setting("SSC_BENCH_BLOCK", 8_192);
    println!("{requests} requests in blocks of {block}; million requests a second on one core");
    println!("in flight  concurrency  policy            heap  engine  ratio  reading/engine");
    for in_flight in [10.0, 1_000.0, 100_000.0] {
        let w = workload(requests, block, in_flight);
        let reading = time(requests, 3, || read(&w));
        let row = |what: &str, heap: f64, fast: f64| {
            let [slow_rate, rate] = [heap, fast].map(|nanos| 1e3 / nanos);
            let (ratio, share) = (heap / fast, reading / fast);
            println!(
                "{in_flight:>9}  {what:<28} {slow_rate:>6.1} {rate:>7.1} {ratio:>6.1} {share:>8.2}"
            );
        };
        let plain = |b: &Behavior| {
            time(requests, 1, || reference(b, &w.requests, w.window, true, Meter::default()))
        };
        for concurrency in [1, 10, 80, 1_000] {
            for dispatch in [Dispatch::MostRecentlyUsed, Dispatch::FirstFit, Dispatch::LeastLoaded]
            {
                let b = behavior(concurrency, dispatch);
                let what = format!("{concurrency:>11}  {dispatch:?}");
                row(&what, plain(&b), time(requests, 3, || feed(&b, &w, Meter::default())));
            }
        }
        let b = behavior(1, Dispatch::MostRecentlyUsed);
        let heap = plain(&b);
        let requests_only = || Meter { requests_only: true, ..Meter::default() };
        row("          1  stack", heap, time(requests, 3, || feed(&b, &w, requests_only())));
        row(
            "          1  stack with facts",
            heap,
            time(requests, 3, || feed(&b, &w, Facts::default())),
        );
        let one = time(requests, 3, || levels(&b, &w, 1));
        row("          1  1 keep-alive", heap, one);
        let many = time(requests, 3, || levels(&b, &w, 500));
        row("          1  500 keep-alives", heap, many);
        println!("{in_flight:>9}  500 keep-alives cost {:.2} times one", many / one);
    }
}
