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
    insta::assert_snapshot!(words.join("\n"), @"
    steady 1.5/s, evenly spaced
    diurnal, mean 22.8/min, peak at 14:00 UTC with 4 times the rate of the trough
    weekly, mean 5/s, peak at 09:30 UTC with 6 times the rate of the trough, weekend days at 25% of a weekday
    bursty, mean 5/h, gaps with coefficient of variation 4
    Poisson 1/s, times 10 for 5min from 1h after the start, again every 1d
    Poisson, from 1/s to 20/s over the window
    ");
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
fn a_prompt_cache_reads() {
    let limits = |text: &str| match plan(&format!("trace: a.jsonl\nprompt_cache: {text}")) {
        Ok(ArrivalPlan::Traced(t)) => t.prompt_cache.map(|c| c.value),
        other => panic!("{other:?}"),
    };
    let ttl = SimDuration::from_secs(300);
    let tokens = 10_000_000;
    assert_eq!(limits("{ ttl: 5m, tokens: 10M }"), Some(CacheLimits { ttl, tokens }));
    assert_eq!(limits("{ ttl: 5min }"), Some(CacheLimits { ttl, tokens: u64::MAX }));
    assert_eq!(limits("{ tokens: 10000000 }"), Some(CacheLimits { ttl: SimDuration::MAX, tokens }));
    assert_eq!(limits("{ ttl: never }"), Some(CacheLimits::NONE));
    let messages = [
        fails("trace: a.jsonl\nprompt_cache: {}"),
        fails("trace: a.jsonl\nprompt_cache: { ttl: 0s }"),
        fails("trace: a.jsonl\nprompt_cache: { tokens: many }"),
        fails("trace: a.jsonl\nprompt_cache: { size: 5 }"),
        fails("rate: 2/s\nprompt_cache: { ttl: 5m }"),
    ];
    insta::assert_snapshot!(messages.concat(), @"
    the prompt cache has no limit --> 2:15+1 neither `ttl` nor `tokens`
      hint: say how long it holds a block: `prompt_cache: { ttl: 5m }`
    `0s` is not a lifetime above zero such as `5m` or `1h`, or `never` --> 2:22+2 expected a lifetime above zero such as `5m` or `1h`, or `never`
    `many` is not a whole number such as `80` or `1M` --> 2:25+4 expected a whole number such as `80` or `1M`
    unknown key `size` --> 2:17+4 not a key that can stand here
      note: known keys: `ttl`, `tokens`
    `prompt_cache` belongs to a trace, not generated arrivals --> 2:15+1 has no effect here
      hint: remove `prompt_cache`
    ");
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
    insta::assert_snapshot!(messages.concat(), @"
    unknown key `patern` --> 2:1+6 not a key that can stand here
      note: known keys: `pattern`, `rate`, `seed`, `start`, `window`, `peak_hour`, `peak_to_trough`, `weekend`, `cv`, `spike_at`, `spike_lasts`, `spike_factor`, `spike_every`, `to_rate`, `trace`, `format`, `columns`, `workload`, `only`, `except`, `prompt_cache`, `skip_bad_rows`
      hint: did you mean `pattern`?
    `-2/s` is not a rate such as `2/s`, `90/min`, `5000/h`, `1M/day` or `30M/month` --> 1:7+4 expected a rate such as `2/s`, `90/min`, `5000/h`, `1M/day` or `30M/month`
    `2000000000/s` is not a rate of at most `1B/s` --> 1:7+12 expected a rate of at most `1B/s`
    unknown value `bursti` --> 2:10+6 not one of the allowed values
      note: allowed: `steady`, `poisson`, `diurnal`, `weekly`, `bursty`, `spike`, `ramp`
      hint: did you mean `bursty`?
    pattern `steady` does not use `cv` --> 3:5+1 only for `bursty`
      hint: remove `cv`, or set `pattern` to `bursty`
    pattern `poisson` does not use `peak_hour` --> 2:12+1 only for `diurnal` and `weekly`
      hint: remove `peak_hour`, or set `pattern` to `diurnal` or `weekly`
    `140%` is not a share such as `40%` or `0.4`, between 0 and 100 % --> 3:10+4 expected a share such as `40%` or `0.4`, between 0 and 100 %
    `24` is not an hour of the day in UTC from 0 to 23.99, such as `14` or `14.5` --> 3:12+2 expected an hour of the day in UTC from 0 to 23.99, such as `14` or `14.5`
    `0.5` is not a ratio from 1 to 1M such as `4` --> 3:17+3 expected a ratio from 1 to 1M such as `4`
    `0` is not a coefficient of variation from 0.05 to 50 such as `4` --> 3:5+1 expected a coefficient of variation from 0.05 to 50 such as `4`
    pattern `ramp` needs `to_rate` --> 2:10+4 `to_rate` is missing
      hint: add `to_rate: 20/s`
    pattern `spike` needs `spike_lasts` --> 2:10+5 `spike_lasts` is missing
      hint: add `spike_lasts: 5min`
    spikes of 2h every 1h leave no time between them --> 6:14+2 must be more than 2h
    `rate` and `trace` exclude each other --> 1:7+3 a trace has its own rate
      note: the trace is `a.csv`
      hint: keep one of the two
    nothing says when requests arrive --> 1:1+6 neither `rate` nor `trace`
      hint: add `rate: 2/s` for generated arrivals, or `trace: FILE` for logged ones
    `pattern` belongs to generated arrivals, not a trace --> 2:10+7 has no effect here
      hint: remove `pattern`
    `start` belongs to generated arrivals, not a trace --> 2:8+13 has no effect here
      hint: remove `start`
    `columns` belongs to a trace, not generated arrivals --> 2:10+1 has no effect here
      hint: remove `columns`
    `monday` is not an instant such as `2026-11-02T00:00:00Z` --> 2:8+6 expected an instant such as `2026-11-02T00:00:00Z`
    `never` is not a duration above zero such as `6h`, `7d` or `30d` --> 2:9+5 expected a duration above zero such as `6h`, `7d` or `30d`
    `-1` is not a whole number from 0 to 18446744073709551615 --> 2:7+2 expected a whole number from 0 to 18446744073709551615
    duplicate key `rate` --> 2:1+4 already set above
      hint: keep one of the two; they cannot both apply
    ");
}
