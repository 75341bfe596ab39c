//! A trace from the file to the bill: one platform, and six of them compared, with the memory it takes.
//!
//! `cargo bench --bench estimate`; `SSC_BENCH_ROWS` sets how many rows, `SSC_BENCH_DIR` where the file is
//! made. Every run is a process of its own.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for developers"
)]

mod common;

use common::{Spent, folder, setting, ssc, write_csv};

/// Runs of each; the best counts.
const RUNS: usize = 3;
/// Memory for a trace where it is bounded: less than the traces of these sizes take.
const BOUND: &str = "16MiB";

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn main() {
    if common::was_child() {
        return;
    }
    let count = setting("SSC_BENCH_ROWS", 2_000_000);
    let folder = folder();
    let csv = folder.path().join("trace.csv");
    write_csv(&csv, count);
    let packed = folder.path().join("trace.ssct");
    let (csv, packed) = (csv.to_str().unwrap(), packed.to_str().unwrap());
    println!("{count} requests of a month; the best of {RUNS} runs, files in the disk cache");
    println!(
        "{:<40} {:>7} {:>8} {:>8} {:>9} {:>6}",
        "", "threads", "seconds", "M rows/s", "peak MB", "B/row"
    );
    let row = |what: &str, threads: &str, arguments: &[&str]| {
        let all = [arguments, &["--threads", threads]].concat();
        let Spent { seconds, peak } = ssc(RUNS, &all);
        let rate = count as f64 / seconds / 1e6;
        let memory = peak.map_or(format!("{:>9} {:>6}", "-", "-"), |bytes| {
            format!("{:>9.1} {:>6.1}", bytes / 1e6, bytes / count as f64)
        });
        println!("{what:<40} {threads:>7} {seconds:>8.3} {rate:>8.1} {memory}");
    };
    for threads in ["1", "2"] {
        for platform in ["aws-lambda", "cloud-run"] {
            let what = format!("estimate, {platform}, CSV");
            row(&what, threads, &["estimate", csv, "--platform", platform]);
        }
        row("compare, six platforms, CSV", threads, &["compare", csv]);
        let bounded = ["--platform", "cloud-run", "--memory", BOUND];
        row(
            "estimate, cloud-run, CSV, bounded",
            threads,
            &[&["estimate", csv][..], &bounded].concat(),
        );
        row("pack, CSV", threads, &["trace", "pack", csv, "-o", packed]);
        let estimate = ["estimate", packed, "--platform", "cloud-run"];
        row("estimate, cloud-run, packed", threads, &estimate);
        row("compare, six platforms, packed", threads, &["compare", packed]);
    }
    println!("bounded: `--memory {BOUND}`; what is larger is sorted into a temporary file");
    let bytes = |path: &str| std::fs::metadata(path).unwrap().len() as f64 / count as f64;
    println!("bytes a request on disk: CSV {:.1}, packed {:.1}", bytes(csv), bytes(packed));
}
