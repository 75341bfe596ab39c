//! Tests of the `arrivals:` section.

use super::*;

fn plan(text: &str) -> Result<ArrivalPlan> {
    let source = Source::new("s.yaml", text);
    let spec: Located<ArrivalsSpec> = source.yaml()?;
    ArrivalPlan::resolve(&spec, &source)
}

fn generated(text: &str) -> Generated {
    match plan(text) {
        Ok(ArrivalPlan::Generated(g)) => g,
        other => panic!("{other:?}"),
    }
}

/// Every part of the message a user sees.
fn fails(text: &str) -> String {
    let e = plan(text).unwrap_err();
    let at = e.place.map_or(String::new(), |p| {
        format!(" --> {}:{}+{} {}", p.line, p.column, p.length, e.label)
    });
    let notes: String = e.notes.iter().map(|n| format!("\n  note: {n}")).collect();
    let hint = e.hint.map_or(String::new(), |h| format!("\n  hint: {h}"));
    format!("{}{at}{notes}{hint}\n", e.message)
}

#[test]
fn a_rate_alone_is_poisson_and_says_so() {
    let g = generated("rate: 2/s");
    assert_eq!(g.pattern, Pattern::Poisson { rate: 2.0 });
    assert_eq!((g.start, g.window, g.seed), (SimTime(1_793_577_600_000_000_000), None, None));
    let listed: Vec<_> = g
        .assumptions
        .iter()
        .map(|a| format!("{} = {} ({})", a.subject, a.value, a.origin))
        .collect();
    assert_eq!(
        listed,
        [
            "arrivals.pattern = poisson (assumption)",
            "arrivals.rate = 2/s (given)",
            "arrivals.start = 2026-11-02T00:00:00Z (assumption)"
        ]
    );
}

#[test]
fn every_pattern_reads() {
    let start = "\nstart: 2026-11-02T01:00:00+01:00\nseed: 18446744073709551615\nwindow: 7d";
    let cases = [
        "rate: 90/min\npattern: steady",
        "rate: 1M/month\npattern: diurnal",
        "rate: 5/s\npattern: weekly\npeak_hour: 9.5\npeak_to_trough: 6\nweekend: 25%",
        "rate: 5/h\npattern: bursty",
        "rate: 1/s\npattern: spike\nspike_at: 1h\nspike_lasts: 5min\nspike_factor: 10\nspike_every: 1d",
        "rate: 1/s\npattern: ramp\nto_rate: 20/s",
    ];
    let words = cases.map(|case| {
        let g = generated(&format!("{case}{start}"));
        assert_eq!(g.start, SimTime(1_793_577_600_000_000_000));
        assert_eq!((g.seed, g.window), (Some(u64::MAX), Some(SimDuration::from_hours(168))));
        g.pattern.describe()
    });
    insta::assert_snapshot!(words.join("\n"), @"");
}

#[test]
fn a_trace_reads() {
    let text = "trace: logs/a.csv\nformat: csv\ncolumns: { arrival: ts, duration: ms }\nworkload: chat\n\
                skip_bad_rows: true\nwindow: 2d\nseed: 7";
    let Ok(ArrivalPlan::Traced(t)) = plan(text) else { panic!("not a trace") };
    assert_eq!(t.path.value, "logs/a.csv");
    assert_eq!(t.columns["duration"].value, "ms");
    assert_eq!(t.workload.as_ref().map(|w| w.value.as_str()), Some("chat"));
    assert!(t.skip_bad_rows);
    assert_eq!((t.seed, t.window), (Some(7), Some(SimDuration::from_hours(48))));
}

#[test]
fn bad_sections_are_explained_in_full() {
    let messages = [
        fails("rate: 2/s\npatern: steady"),
        fails("rate: -2/s"),
        fails("rate: 2000000000/s"),
        fails("rate: 2/s\npattern: bursti"),
        fails("rate: 2/s\npattern: steady\ncv: 4"),
        fails("rate: 2/s\npeak_hour: 3"),
        fails("rate: 2/s\npattern: weekly\nweekend: 140%"),
        fails("rate: 2/s\npattern: diurnal\npeak_hour: 24"),
        fails("rate: 2/s\npattern: diurnal\npeak_to_trough: 0.5"),
        fails("rate: 2/s\npattern: bursty\ncv: 0"),
        fails("rate: 2/s\npattern: ramp"),
        fails("rate: 2/s\npattern: spike\nspike_at: 1h"),
        fails(
            "rate: 2/s\npattern: spike\nspike_at: 1h\nspike_lasts: 2h\nspike_factor: 3\nspike_every: 1h",
        ),
        fails("rate: 2/s\ntrace: a.csv"),
        fails("window: 2d"),
        fails("trace: a.csv\npattern: poisson"),
        fails("trace: a.csv\nstart: 2026-11-02T00:00:00Z"),
        fails("rate: 2/s\ncolumns: { arrival: ts }"),
        fails("rate: 2/s\nstart: monday"),
        fails("rate: 2/s\nwindow: never"),
        fails("rate: 2/s\nseed: -1"),
        fails("rate: 2/s\nrate: 3/s"),
    ];
    insta::assert_snapshot!(messages.concat(), @"");
}
