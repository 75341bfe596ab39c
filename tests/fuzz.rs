//! Damaged input: whatever is read from outside is read or refused, never the end of the program.
//!
//! Every parser gets the same few hundred damaged files each time; `SSC_FUZZ_CASES` sets how many,
//! `SSC_FUZZ_SEED` takes others. Each group runs in a process of its own, so that endless loops, overflown
//! stacks and memory out of proportion are told, too. `fuzz/` goes further with the same parsers, from the
//! files that `SSC_FUZZ_SEEDS=FOLDER` writes there.

mod mutate;
#[allow(unreachable_pub, dead_code, reason = "the targets in `fuzz/` use them too")]
mod parsers;
mod seeds;

use mutate::{Chance, damaged};
use parsers::Folder;
use seeds::Seed;
use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// The variable that makes a test run its cases, instead of starting a process that does.
const INSIDE: &str = "SSC_FUZZ_INSIDE";
/// Longest time for all cases of a group.
const HANG: Duration = Duration::from_secs(300);
/// Longest time for one case; most take less than a millisecond.
const SLOW: Duration = Duration::from_secs(20);
/// Most memory that the cases of a group may take, in KiB.
const MEMORY: u64 = 700 << 10;

/// One parser with files it reads.
struct Target {
    name: &'static str,
    /// The target in `fuzz/` that has this parser.
    further: &'static str,
    seeds: Vec<Seed>,
    parse: fn(&Seed, &[u8]),
}

#[test]
fn damaged_traces_are_read_or_refused() {
    let any = |seed: &Seed, bytes: &[u8]| {
        parsers::trace_as(None, &seed.name, bytes, &Folder(seed.beside.clone()));
        parsers::trace_as(seed.format, &seed.name, bytes, &Folder(seed.beside.clone()));
    };
    let beside = |seed: &Seed, bytes: &[u8]| {
        let folder = Folder(vec![(seed.name.clone(), bytes.to_vec())]);
        let (name, trace) = seed.beside.first().unwrap();
        parsers::trace_as(None, name, trace, &folder);
    };
    let forced = |_: &Seed, bytes: &[u8]| parsers::trace_of_a_format(bytes);
    run(
        "damaged_traces_are_read_or_refused",
        || {
            vec![
                Target { name: "trace", further: "traces", seeds: seeds::traces(), parse: any },
                Target {
                    name: "file beside a trace",
                    further: "formats",
                    seeds: seeds::companions(),
                    parse: beside,
                },
                Target {
                    name: "trace of another format",
                    further: "formats",
                    seeds: seeds::traces(),
                    parse: forced,
                },
            ]
        },
        1_500,
    );
}

#[test]
fn damaged_containers_are_read_or_refused() {
    let parse = |_: &Seed, bytes: &[u8]| parsers::trace(bytes);
    run(
        "damaged_containers_are_read_or_refused",
        || {
            vec![
                Target { name: "container", further: "traces", seeds: seeds::containers(), parse },
                Target {
                    name: "packed trace",
                    further: "packed",
                    seeds: seeds::packed(),
                    parse: |_, bytes| parsers::packed(bytes),
                },
            ]
        },
        600,
    );
}

#[test]
fn damaged_scenarios_and_rates_are_read_or_refused() {
    run(
        "damaged_scenarios_and_rates_are_read_or_refused",
        || {
            vec![
                Target {
                    name: "scenario",
                    further: "scenarios",
                    seeds: seeds::scenarios(),
                    parse: |_, bytes| parsers::scenario(bytes),
                },
                Target {
                    name: "rates",
                    further: "scenarios",
                    seeds: seeds::rates(),
                    parse: |_, bytes| parsers::rates(bytes),
                },
                Target {
                    name: "quantities",
                    further: "scenarios",
                    seeds: seeds::quantities(),
                    parse: |_, bytes| parsers::quantities(bytes),
                },
            ]
        },
        400,
    );
}

#[test]
fn damaged_prices_are_read_or_refused() {
    run(
        "damaged_prices_are_read_or_refused",
        || {
            vec![
                Target {
                    name: "price file",
                    further: "prices",
                    seeds: seeds::prices(),
                    parse: |_, bytes| parsers::prices(bytes),
                },
                Target {
                    name: "price table",
                    further: "prices",
                    seeds: seeds::price_tables(),
                    parse: |_, bytes| parsers::price_table(bytes),
                },
            ]
        },
        300,
    );
}

#[test]
fn damaged_bills_are_read_or_refused() {
    run(
        "damaged_bills_are_read_or_refused",
        || {
            vec![
                Target {
                    name: "bill",
                    further: "bills",
                    seeds: seeds::bills(),
                    parse: |_, bytes| parsers::bill(bytes),
                },
                Target {
                    name: "map of a bill",
                    further: "bills",
                    seeds: seeds::maps(),
                    parse: |_, bytes| parsers::bill_map(bytes),
                },
            ]
        },
        400,
    );
}

/// Starts this test again in a process of its own; there, gives damaged files to the parsers.
#[track_caller]
fn run(test: &str, targets: impl Fn() -> Vec<Target>, cases: u64) {
    if std::env::var_os(INSIDE).is_some() {
        let number = |name| std::env::var(name).ok().and_then(|value| value.parse().ok());
        let cases = number("SSC_FUZZ_CASES").unwrap_or(cases);
        let seed = number("SSC_FUZZ_SEED").unwrap_or(0);
        for target in targets() {
            if let Some(folder) = std::env::var_os("SSC_FUZZ_SEEDS") {
                write_seeds(&target, Path::new(&folder));
            }
            inside(&target, cases, seed);
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let append = || File::options().create(true).append(true).open(&log).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("fuzz::{test}"), "--nocapture"])
        .env(INSIDE, "1")
        .env("RUST_BACKTRACE", "0")
        .stdout(append())
        .stderr(append())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > HANG {
            child.kill().unwrap();
            break child.wait().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let log = fs::read(&log).unwrap();
    let log = String::from_utf8_lossy(&log);
    let last: Vec<_> = log.lines().rev().take(40).collect();
    let last: Vec<_> = last.into_iter().rev().collect();
    assert!(status.success(), "{status} after {:?}\n{}", start.elapsed(), last.join("\n"));
    assert!(log.contains("1 passed"), "the cases were not run:\n{log}");
}

fn write_seeds(target: &Target, folder: &Path) {
    let folder = folder.join(target.further);
    fs::create_dir_all(&folder).unwrap();
    for (i, seed) in target.seeds.iter().enumerate() {
        let name = format!("{}-{i}-{}", target.name, seed.name).replace([' ', '/'], "-");
        fs::write(folder.join(name), &seed.bytes).unwrap();
    }
}

/// Every seed as it is, then so many damaged ones.
#[expect(clippy::print_stdout, reason = "the last line tells which case ended the process")]
fn inside(target: &Target, cases: u64, seed: u64) {
    let whole = target.seeds.iter().map(|seed| (seed, seed.bytes.clone()));
    let broken = (0..cases).map(|case| {
        let mut chance = Chance::new(case ^ seed << 32);
        let pick = |chance: &mut Chance| &target.seeds[chance.below(target.seeds.len())];
        let (one, other) = (pick(&mut chance), pick(&mut chance));
        (one, damaged(&one.bytes, &other.bytes, &mut chance))
    });
    for (case, (seed, bytes)) in whole.chain(broken).enumerate() {
        println!("{}, case {case}, from {}", target.name, seed.name);
        let start = Instant::now();
        let told = catch_unwind(AssertUnwindSafe(|| (target.parse)(seed, &bytes)));
        let input = || String::from_utf8_lossy(&bytes).chars().take(4_000).collect::<String>();
        assert!(told.is_ok(), "the input was:\n{}", input());
        let took = start.elapsed();
        assert!(took < SLOW, "took {took:?}, the input was:\n{}", input());
        if let Some(peak) = peak_memory() {
            assert!(peak < MEMORY, "{peak} KiB of memory, the input was:\n{}", input());
        }
    }
}

/// The most memory this process has held, in KiB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
