//! What a long comparison shows while it goes on.

use crate::recommended::{Folder, NoTraces};
use ssc::diagnostic::Source;
use ssc::estimate::{Estimate, Estimator, Options, Projection, TraceLoader, Variant, estimate};
use ssc::units::SimDuration;
use std::fs;

const SCENARIO: &str = "\
name: chat
pricing_date: 2026-11-23
workloads:
  - name: chat
    platform: lab
    arrivals: { pattern: diurnal, rate: 30k/month }
    requests: { duration: 2s, response_bytes: 1kB }
";

fn options(first_look: bool) -> Options {
    Options { today: "2026-11-23".parse().unwrap(), first_look, ..Options::default() }
}

fn both(body: &str, loader: &mut dyn TraceLoader) -> [Estimate; 2] {
    let (book, source) = (crate::book::lab(), Source::new("s.yaml", body));
    let of = |look| estimate(&source, &book, &options(look), loader).unwrap();
    [false, true].map(of)
}

fn window(estimate: &Estimate) -> Projection {
    estimate.workloads[0].projection.clone()
}

#[test]
fn a_first_look_at_a_pattern_is_a_day_of_it() {
    let [whole, look] = both(SCENARIO, &mut NoTraces);
    let day = Projection::Scaled(SimDuration::from_hours(24));
    assert_eq!((window(&whole), window(&look)), (Projection::Whole, day));
    let [all, seen] = [&whole, &look].map(|e| e.statement.total().to_string().parse::<f64>());
    assert!((seen.unwrap() / all.unwrap() - 1.0).abs() < 0.2);
    // No shorter window becomes longer, and a sample stays one.
    let hour = SCENARIO.replace("30k/month }", "30k/month, window: 1h }");
    let [whole, look] = both(&hour, &mut NoTraces);
    assert_eq!(window(&look), window(&whole));
    assert_eq!(look.statement.total(), whole.statement.total());
    let sample = format!("projection: none\n{hour}");
    assert!(matches!(window(&both(&sample, &mut NoTraces)[1]), Projection::None(_)));
}

#[test]
fn a_first_look_at_a_trace_is_the_trace_scaled() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..500).map(|i| format!("{}\n", i * i % 90_000)).collect();
    fs::write(folder.path().join("t.csv"), format!("timestamp\n{rows}")).unwrap();
    let mut loader = Folder(folder.path().to_owned());
    let body = SCENARIO.replace("pattern: diurnal, rate: 30k/month", "trace: t.csv, window: 1d");
    let [whole, look] = both(&body, &mut loader);
    assert!(matches!(window(&whole), Projection::Repeated(_)));
    let scaled = format!("projection: scale\n{body}");
    let [scaled, _] = both(&scaled, &mut loader);
    assert_eq!(look.statement.total(), scaled.statement.total());
    assert_ne!(look.statement.total(), whole.statement.total());
}

/// How many requests are replayed is known before: within two percent of what is drawn, or within a
/// copy of the trace.
#[test]
fn the_size_of_a_replay_is_known_before_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.csv"), "timestamp\n0\n60\n3000\n").unwrap();
    let mut loader = Folder(folder.path().to_owned());
    let book = crate::book::lab();
    let mut estimator = Estimator::new(&book, &mut loader);
    let trace = SCENARIO.replace("pattern: diurnal, rate: 30k/month", "trace: t.csv, window: 1h");
    for (body, off) in [(SCENARIO, 600.0), (&trace, 3.0)] {
        for look in [false, true] {
            let (source, options) = (Source::new("s.yaml", body), options(look));
            let variant = Variant { source: &source, options: &options };
            let size = estimator.size(variant).unwrap();
            let estimate = estimator.run(&[variant]).unwrap().pop().unwrap().unwrap();
            let replayed = f64::from(u32::try_from(estimate.workloads[0].facts.requests).unwrap());
            assert!((size - replayed).abs() <= off, "{size}, not {replayed}");
        }
    }
}

/// On a terminal a long comparison is previewed, on stderr alone, and the preview goes.
#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::print_stderr, reason = "a skipped test must not look like a passed one")]
fn a_terminal_sees_a_first_look_and_then_the_result() {
    use crate::cli::{LAB, text};
    use std::process::{Command, Stdio};
    if Command::new("script").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI needs script");
        eprintln!("SKIPPED: script is not here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let body =
        SCENARIO.replace("pattern: diurnal, rate: 30k/month", "pattern: steady, rate: 3.1M/month");
    fs::write(folder.path().join("long.yaml"), body).unwrap();
    fs::write(folder.path().join("short.yaml"), SCENARIO).unwrap();
    let run = |arguments: &str, into: &str| {
        let ssc = env!("CARGO_BIN_EXE_ssc");
        let line = format!(
            "stty rows 30 cols 80; '{ssc}' compare {arguments} --platforms lab --pricing '{LAB}' > {into}"
        );
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).current_dir(folder.path()).env_remove("COLUMNS");
        let seen = text(&script.stdin(Stdio::null()).output().unwrap().stdout);
        (seen, fs::read_to_string(folder.path().join(into)).unwrap())
    };
    let (seen, result) = run("long.yaml", "a.txt");
    assert!(seen.contains("First look: 1d of 730h, scaled; all of it is being replayed"), "{seen}");
    assert!(!result.contains("First look") && result.contains("chat · per month (730 h)"));
    // The last thing that happens to its lines is that they are cleared.
    let after = seen.rsplit("First look").next().unwrap();
    let cleared = after.matches("\u{1b}[2K").count();
    assert!(cleared >= 4, "{after:?}");
    let (seen, quiet) = run("long.yaml --quiet", "b.txt");
    assert_eq!((seen.as_str(), &quiet), ("", &result));
    assert!(!run("short.yaml", "c.txt").0.contains("First look"));
}
