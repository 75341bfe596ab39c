//! What benchmarks share: a made-up trace, and `ssc` in a process of its own, whose memory is known.
#![allow(dead_code, reason = "each benchmark uses some of it")]

use ssc::workload::random::{exponential, stream, uniform};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A number from the environment.
pub(crate) fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Columns of the made-up trace.
pub(crate) const HEADER: &str = "timestamp_s,duration_s,input_tokens,output_tokens";

/// One row of it, times in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MadeUp {
    pub(crate) at: u64,
    pub(crate) duration: u64,
    pub(crate) input: u64,
    pub(crate) output: u64,
}

/// A month of Poisson arrivals with exponential durations of two seconds, cut at ten.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "made-up numbers, all small"
)]
pub(crate) fn rows(count: usize) -> impl Iterator<Item = MadeUp> {
    const MONTH: f64 = 2_590_000_000.0;
    let (mut gaps, mut rest) = (stream(7, 0, 1), stream(7, 0, 2));
    let mut at = 0.0;
    (0..count).map(move |_| {
        at += exponential(&mut gaps) * MONTH / count as f64;
        let mut up_to = |from: f64, to: f64| (from + uniform(&mut rest) * (to - from)) as u64;
        let (input, output) = (up_to(100.0, 5_000.0), up_to(10.0, 1_000.0));
        let duration = (exponential(&mut rest) * 2_000.0).min(9_999.0) as u64;
        MadeUp { at: at as u64, duration, input, output }
    })
}

/// Writes the trace as CSV, about 27 bytes a row.
pub(crate) fn write_csv(path: &Path, count: usize) {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    writeln!(out, "{HEADER}").unwrap();
    for MadeUp { at, duration, input, output } in rows(count) {
        let (at, at_ms, duration, duration_ms) =
            (at / 1_000, at % 1_000, duration / 1_000, duration % 1_000);
        writeln!(out, "{at}.{at_ms:03},{duration}.{duration_ms:03},{input},{output}").unwrap();
    }
    out.flush().unwrap();
}

/// A folder for the files of a benchmark, gone at the end; `SSC_BENCH_DIR` says where.
pub(crate) fn folder() -> tempfile::TempDir {
    match std::env::var_os("SSC_BENCH_DIR") {
        Some(place) => tempfile::tempdir_in(PathBuf::from(place)).unwrap(),
        None => tempfile::tempdir().unwrap(),
    }
}

/// The shortest of a few runs, in seconds.
pub(crate) fn best<T>(runs: usize, mut run: impl FnMut() -> T) -> f64 {
    let one = |_| {
        let start = Instant::now();
        std::hint::black_box(run());
        start.elapsed().as_secs_f64()
    };
    (0..runs).map(one).fold(f64::INFINITY, f64::min)
}

/// Runs with so many threads.
pub(crate) fn on<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(run)
}

/// The word that makes a benchmark be `ssc`.
const CHILD: &str = "--be-ssc";

/// What a run of `ssc` took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) seconds: f64,
    /// The most memory it held, in bytes, where the system tells.
    pub(crate) peak: Option<f64>,
}

/// Stands at the beginning of `main`: whether this process was started to be `ssc`, and has been.
pub(crate) fn was_child() -> bool {
    let mut arguments = std::env::args_os();
    if arguments.by_ref().nth(1).is_none_or(|first| first != CHILD) {
        return false;
    }
    let start = Instant::now();
    let code = ssc::cli::run(std::iter::once("ssc".into()).chain(arguments)).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(code, 0, "ssc failed");
    let peak = peak_memory().map_or("-".to_owned(), |bytes| bytes.to_string());
    eprintln!("{seconds} {peak}");
    true
}

/// `ssc` with these arguments in a process of its own: the fastest of a few runs.
pub(crate) fn ssc(runs: usize, arguments: &[&str]) -> Spent {
    let one = |_| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(CHILD).args(arguments).arg("--quiet").stdout(Stdio::null());
        let output = command.stderr(Stdio::piped()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "ssc {arguments:?}: {told}");
        let (seconds, peak) = told.lines().last().and_then(|line| line.split_once(' ')).unwrap();
        Spent { seconds: seconds.parse().unwrap(), peak: peak.parse().ok() }
    };
    (0..runs).map(one).min_by(|a, b| a.seconds.total_cmp(&b.seconds)).unwrap()
}

/// The most memory this process has held, in bytes.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}
