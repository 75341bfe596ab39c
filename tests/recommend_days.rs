//! Savings over days like those that were seen.

use crate::cli::{ssc, text};
use crate::recommended::{BOOK, options};
use crate::shared::shared;
use rust_decimal::prelude::ToPrimitive;
use ssc::diagnostic::{Result, Source};
use ssc::estimate::{
    DAY, DayCosts, Estimator, NoRange, Options, TraceLoader, day_means, estimate, widening,
};
use ssc::recommend::{ByDays, NoDays, Recommendations, Session, Settings, recommend, rule};
use ssc::report::recommendation::{Applied, json, table};
use ssc::units::{Money, SimDuration, SimTime};
use ssc::workload::import::ReadOptions;
use ssc::workload::{Recording, Row, Trace};
use std::fs;

/// Monday, 2 November 2026.
const MONDAY: i64 = 1_793_577_600;

/// So many requests of a minute on each day, a second apart, from midnight on.
#[derive(Clone)]
struct Daily(Vec<i64>);

impl TraceLoader for Daily {
    fn load(&mut self, _: &str, _: &ReadOptions) -> Result<Recording> {
        let mut trace = Trace::new("test");
        for (day, requests) in self.0.iter().enumerate() {
            let midnight = MONDAY + 86_400 * i64::try_from(day).unwrap();
            for second in 0..*requests {
                let arrival = SimTime((midnight + second) * 1_000_000_000);
                let duration = Some(SimDuration::from_secs(60));
                trace.push(Row { arrival, duration, ..Row::default() });
            }
        }
        Ok(Recording::Memory(trace))
    }
}

const CHAT: &str = "\
name: chat
workloads:
  - name: chat
    platform: aws-lambda
    deployment: { memory: 4GiB }
    arrivals: { trace: t.csv, window: 14d }
";

fn without_free_tier() -> Options {
    Options { no_free_tier: true, ..options() }
}

/// What a rule says about requests on these days.
fn found(rule_name: &str, text: &str, mut days: Daily) -> Recommendations {
    let (source, options) = (Source::new("s.yaml", text), without_free_tier());
    let estimator = Estimator::new(&BOOK, &mut days);
    let mut session = Session::new(&source, &options, estimator, &|| false, &|_, _| ()).unwrap();
    let settings = Settings { rules: vec![rule(rule_name).unwrap()], max_changes: 9 };
    recommend(&mut session, &settings).unwrap()
}

fn by_days(found: &Recommendations) -> ByDays {
    found.ranked[0].range.as_ref().unwrap().days.unwrap()
}

fn number(money: Money) -> f64 {
    money.0.to_f64().unwrap()
}

/// Two weeks, uneven, fewer requests on weekends.
fn uneven() -> Vec<i64> {
    vec![410, 260, 380, 300, 350, 90, 120, 290, 440, 310, 270, 360, 70, 150]
}

#[test]
fn a_saving_of_one_day_is_noise_and_one_of_all_days_is_not() {
    let one = found("settings", CHAT, Daily([&[4_000][..], &[0; 13]].concat()));
    let (first, days) = (&one.ranked[0], by_days(&one));
    assert!(first.effect.saving() > Money("0.5".parse().unwrap()));
    assert_eq!((days.p10, days.days), (Money::ZERO, 14));
    assert!(days.p90 > first.effect.saving());
    assert!(
        first.range.as_ref().unwrap().least() > Money::ZERO,
        "no other condition takes it away"
    );
    assert!(first.noise && one.plan.is_none());
    let said = table(&one, &Applied::default(), 80, false);
    insta::assert_snapshot!(said);
    // As many requests, spread.
    let all = found("settings", CHAT, Daily(uneven()));
    let days = by_days(&all);
    let plan = all.plan.unwrap();
    assert!(Money::ZERO < days.p10 && days.p10 < plan.effect.saving());
    assert!(plan.effect.saving() < days.p90);
    assert_eq!(plan.range.unwrap().days, Ok(days));
    assert!((days.weekends, days.generated) == (true, false));
}

#[test]
fn days_that_are_alike_save_the_same_every_month() {
    let found = found("settings", CHAT, Daily(vec![300; 14]));
    let (saving, days) = (found.plan.as_ref().unwrap().effect.saving(), by_days(&found));
    let cent = Money("0.000002".parse().unwrap());
    assert!(saving - days.p10 < cent && days.p90 - saving < cent, "{days:?} {saving:?}");
}

/// The costs of days are those of each day estimated alone, and the range is as wide as the variance of
/// a double bootstrap over what they save says.
#[test]
fn the_range_is_that_of_the_days_by_themselves() {
    let found = found("settings", CHAT, Daily(uneven()));
    let after = found.ranked[0].trial.source.text().to_owned();
    let alone = |text: &str| -> Vec<f64> {
        let text = format!("{text}projection: none\n");
        let source = Source::new("s.yaml", text.replace("window: 14d", "window: 1d"));
        let one = |n: &i64| {
            let e = estimate(&source, &BOOK, &without_free_tier(), &mut Daily(vec![*n])).unwrap();
            number(e.statement.total())
        };
        uneven().iter().map(one).collect()
    };
    let told_apart = |text: &str| -> DayCosts {
        let options = Options { timeline: Some(DAY), ..without_free_tier() };
        let source = Source::new("s.yaml", text);
        DayCosts::of(&estimate(&source, &BOOK, &options, &mut Daily(uneven())).unwrap()).unwrap()
    };
    for text in [CHAT, &after] {
        let days = told_apart(text);
        for (a, b) in days.costs.iter().zip(alone(text)) {
            assert!((a / b - 1.0).abs() < 1e-6, "{a} {b}");
        }
        let weekends: Vec<usize> =
            (0..14).filter(|d| days.weekends.as_ref().unwrap()[*d]).collect();
        assert_eq!(weekends, [5, 6, 12, 13]);
    }
    let saved: Vec<f64> = alone(CHAT).iter().zip(alone(&after)).map(|(b, a)| b - a).collect();
    let weekends: Vec<bool> = (0..14).map(|d| d % 7 >= 5).collect();
    let means = day_means(&saved, Some(&weekends));
    let mut variance = 0.0;
    for (kind, mean) in [false, true].into_iter().zip(means) {
        let of: Vec<f64> = (0..14).filter(|d| weekends[*d] == kind).map(|d| saved[d]).collect();
        let n = of.len() as f64;
        let each = of.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / n;
        let ahead = if kind { 9.0 } else { 21.0 };
        variance += each * (ahead * (1.0 - 1.0 / n) + ahead * ahead / n);
    }
    let expected = 21.0 * means[0] + 9.0 * means[1];
    let log_width =
        2.0 * 1.281_55 * variance.sqrt() / expected * widening(&saved, Some(&weekends), 0.9);
    let days = by_days(&found);
    let made = (number(days.p90) / number(days.p10)).ln();
    assert!((made / log_width - 1.0).abs() < 0.05, "{made} {log_width}");
}

#[test]
fn why_there_is_no_range_is_said() {
    let none = |found: &Recommendations| found.ranked[0].range.as_ref().unwrap().days.unwrap_err();
    let few = CHAT.replace("14d", "6d");
    let mut short = found("settings", &few, Daily(vec![600; 6]));
    assert_eq!(none(&short), NoDays::NoRange(NoRange::FewDays(6)));
    assert!(!short.ranked[0].noise, "what is not known is no noise");
    let sample = found("settings", &format!("{CHAT}projection: none\n"), Daily(uneven()));
    assert_eq!(none(&sample), NoDays::NoRange(NoRange::Sample));
    for (why, words) in [
        (none(&short), "no range: 6 days of arrivals, at least 7 are needed"),
        (none(&sample), "no range: the sample is billed as it is"),
        (
            NoDays::NoRange(NoRange::FewDays(0)),
            "no range: less than a day of arrivals, at least 7 days are needed",
        ),
        (NoDays::TooLong, "no range: more than 4,000,000 requests are replayed"),
        (NoDays::Unknown, "no range: days were not told apart"),
    ] {
        short.ranked[0].range.as_mut().unwrap().days = Err(why);
        let said = table(&short, &Applied::default(), 120, false);
        assert!(said.contains(words), "{said}");
        assert!(json(&short, &Applied::default()).contains(words));
    }
}

#[test]
fn any_number_of_threads_gives_the_same_range() {
    let with = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| json(&found("settings", CHAT, Daily(uneven())), &Applied::default()))
    };
    let (one, two) = (with(1), with(2));
    assert!(one.contains("\"p10\"") && one == two);
}

#[test]
fn generated_days_are_called_that() {
    let text = "\
name: chat
workloads:
  - name: chat
    platform: aws-lambda
    arrivals: { pattern: bursty, rate: 200/day, cv: 2 }
    requests: { duration: { p50: 40s, p95: 90s } }
";
    let with = |text: &str| found("settings", text, Daily(Vec::new()));
    let found = with(text);
    let days = by_days(&found);
    assert!(days.generated && days.days == 30);
    assert!(days.p10 > Money::ZERO && days.p10 < days.p90);
    let said = table(&found, &Applied::default(), 120, false);
    assert!(
        said.contains("from 30 generated days, weekends apart: sampling noise alone"),
        "{said}"
    );
    // Another seed of the scenario, other days and another resample.
    assert!(by_days(&with(&format!("{text}seed: 9\n"))) != days);
}

/// What a trace of at least a week saves has a range around it, and the plan still holds.
#[test]
fn real_weeks_have_a_range() {
    let Some(path) = shared("traces/ragpulse/0_trace.jsonl") else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::copy(path, folder.path().join("t.jsonl")).unwrap();
    let arguments = ["recommend", "t.jsonl", "--platform", "aws-lambda", "--no-free-tier"];
    let more = ["--llm", "openai/gpt-6-luna", "--only", "settings,commitments", "--format", "json"];
    let output =
        ssc(&[&arguments[..], &more, &["--pricing-date", "2026-11-23"]].concat(), folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = found["recommendations"].as_array().unwrap();
    assert!(!all.is_empty());
    for r in all {
        let days = &r["range"]["by_days"];
        let at = |name: &str| days[name].as_str().unwrap().parse::<f64>().unwrap();
        let saving: f64 = r["effect"]["saving"].as_str().unwrap().parse().unwrap();
        assert!(days["days"] == 7 && days["sampling_noise_alone"] == false, "{days}");
        assert!(at("p10") < saving && saving < at("p90"), "{days}");
        assert!(r["within_noise"] == true || at("p10") > 0.0, "{r}");
    }
}
