//! The plan: what is taken, what is not, and in which order; with rules of the tests' own.

use crate::cli::LAB;
use proptest::prelude::*;
use ssc::diagnostic::{Diagnostic, Result, Source};
use ssc::estimate::{Estimator, Options, TraceLoader, estimate};
use ssc::pricing::{Book, embedded_sources};
use ssc::recommend::{
    Advice, Certificate, Change, Effort, Goal, Proposal, Recommendations, Rule, Session, Settings,
    recommend,
};
use ssc::units::Money;
use ssc::workload::Recording;
use ssc::workload::import::ReadOptions;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// The shipped book and the lab's.
static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let mut sources = embedded_sources();
    for file in ["lab.yaml", "lab-boxes.yaml", "llm/lab-ai.yaml"] {
        let path = Path::new(LAB).join(file);
        sources.push(Source::new(path.display().to_string(), fs::read_to_string(&path).unwrap()));
    }
    Book::load(&sources).unwrap()
});

struct NoTraces;

impl TraceLoader for NoTraces {
    fn load(&mut self, path: &str, _: &ReadOptions) -> Result<Recording> {
        Err(Box::new(Diagnostic::input(format!("no trace {path} in this test"))))
    }
}

fn day() -> Options {
    Options { today: "2026-11-23".parse().unwrap(), ..Options::default() }
}

fn total(source: &Source, options: &Options) -> Money {
    estimate(source, &BOOK, options, &mut NoTraces).unwrap().statement.total()
}

/// What a rule of these tests does: changes of a scenario, given the session.
type Says = fn(&mut Session<'_>) -> Vec<Change>;

/// A rule of these tests.
struct Test(&'static str, Says);

impl Rule for Test {
    fn code(&self) -> &'static str {
        "SSC999"
    }
    fn name(&self) -> &'static str {
        self.0
    }
    fn summary(&self) -> &'static str {
        "for tests"
    }
    fn explanation(&self) -> &'static str {
        "# for tests"
    }
    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let propose = |change: Change| {
            Advice::Proposal(Box::new(Proposal {
                title: change.lines().join(", "),
                change,
                effort: Effort::Low,
                evidence: Vec::new(),
                certificate: Certificate::BestFound("a test".into()),
                artifacts: Vec::new(),
            }))
        };
        Ok(self.1(session).into_iter().map(propose).collect())
    }
}

/// What a setting of the first workload is.
fn now(session: &Session<'_>, name: &str) -> String {
    session.now().estimate.workloads[0].settings.get(name).cloned().unwrap_or_default()
}

fn set(name: &str, value: &str) -> Change {
    Change::none().set(0, &format!("deployment.{name}"), value)
}

const CHAT: &str = "\
# a comment that stays
name: chat
seed: 3
period: 6h
workloads:
  - name: chat
    platform: lab
    arrivals: { pattern: bursty, rate: 4000/day, cv: 2 } # measured
    requests: { duration: { p50: 4s, p95: 20s } }
";

struct Search {
    text: String,
    rules: Vec<&'static dyn Rule>,
    goal: Goal,
    max_changes: usize,
    no_free_tier: bool,
}

fn search(text: &str, rules: &[&'static dyn Rule]) -> Search {
    Search {
        text: text.into(),
        rules: rules.to_vec(),
        goal: Goal::Cost,
        max_changes: 8,
        no_free_tier: true,
    }
}

impl Search {
    fn run(&self) -> Recommendations {
        self.until(&|| false).unwrap()
    }

    fn until(&self, stop: &dyn Fn() -> bool) -> Result<Recommendations> {
        let source = Source::new("chat.yaml", self.text.as_str());
        let options = Options { no_free_tier: self.no_free_tier, ..day() };
        let mut loader = NoTraces;
        let estimator = Estimator::new(&BOOK, &mut loader);
        let session = Session::new(&source, &options, estimator, stop, &|_, _| ())?;
        let settings = Settings { rules: self.rules.clone(), max_changes: self.max_changes };
        let found = recommend(&mut session.with_goal(self.goal), &settings)?;
        holds(&found);
        Ok(found)
    }
}

/// What is true of every plan: its text says what it promises, it is priced, and comments stay.
fn holds(found: &Recommendations) {
    let Some(plan) = &found.plan else { return };
    // On another day, with nothing but what no scenario can say.
    assert_eq!(found.options.pricing_date, None);
    let options = Options { today: "2030-01-01".parse().unwrap(), ..found.options.clone() };
    let fresh = estimate(&plan.trial.source, &BOOK, &options, &mut NoTraces).unwrap();
    assert_eq!(fresh.statement.total(), plan.effect.after.total);
    assert!(fresh.statement.unpriced.is_empty());
    assert!(plan.trial.source.text().contains("# a comment that stays"));
    assert!(!plan.steps.is_empty());
    let wanted = matches!(found.goal, Goal::Latency { .. }) || !found.broken.is_empty();
    let noise = plan.range.as_ref().is_some_and(ssc::recommend::Range::is_noise);
    assert!(wanted || !noise, "no plan is within noise: {:?}", plan.range);
    let mut total = found.before.outcome.total;
    for step in &plan.steps {
        assert_eq!(step.effect.before.total, total, "each step starts where the last one ended");
        total = step.effect.after.total;
    }
    assert_eq!(total, plan.effect.after.total);
}

static SMALLER: Test = Test("smaller", |s| match now(s, "memory").as_str() {
    "1GiB" => vec![set("memory", "512MiB")],
    _ => Vec::new(),
});

#[test]
fn what_rules_say_is_not_believed() {
    static WRONG: Test = Test("wrong", |_| {
        vec![
            set("memory", "2GiB"),
            set("memory", "1GiB"),
            set("memroy", "128MiB"),
            set("memory", "99GiB"),
            // There requests are free, since nothing is known to cost anything.
            Change::none().set(0, "region", "there"),
            Change::none().set(7, "region", "there"),
            set("startup_time", "0ms"),
        ]
    });
    let found = search(CHAT, &[&WRONG]).run();
    assert!(found.ranked.is_empty(), "{:#?}", found.ranked);
    assert!(found.plan.is_none());
    // The unpriced region would have won by its total.
    let there = CHAT.replace("platform: lab\n", "platform: lab\n    region: there\n");
    let there = estimate(&Source::new("t.yaml", there), &BOOK, &day(), &mut NoTraces).unwrap();
    assert!(there.statement.total() < found.before.outcome.total);
    assert!(!there.statement.unpriced.is_empty());
}

#[test]
fn assumptions_are_kept_also_where_a_rule_leaves_them_out() {
    static FORGETS: Test = Test("forgets", |s| {
        let first = &s.file().workloads[0];
        first
            .deployment
            .keys()
            .map(|k| Change::none().remove(0, &format!("deployment.{k}")))
            .collect()
    });
    let with = |deployment: &str| {
        let line = format!("platform: lab\n    deployment: {deployment}\n");
        search(&CHAT.replace("platform: lab\n", &line), &[&FORGETS]).run()
    };
    // A slow start is billed: to forget it would save.
    assert!(with("{ startup_time: 5s }").ranked.is_empty());
    assert_eq!(with("{ memory: 2GiB }").ranked.len(), 1);
}

#[test]
fn a_change_is_shown_once_whoever_proposes_it() {
    static ALSO: Test = Test("also", |s| SMALLER.1(s));
    let found = search(CHAT, &[&SMALLER, &ALSO]).run();
    assert_eq!(found.ranked.len(), 1);
    assert_eq!(found.ranked[0].rule, "smaller");
    assert_eq!(found.plan.unwrap().steps.len(), 1);
}

#[test]
fn a_step_that_a_later_one_makes_needless_is_left_out() {
    static AGAIN: Test = Test("again", |s| match now(s, "memory").as_str() {
        "512MiB" => vec![set("memory", "256MiB")],
        _ => Vec::new(),
    });
    let plan = search(CHAT, &[&SMALLER, &AGAIN]).run().plan.unwrap();
    assert_eq!(plan.change.lines(), ["workloads[0].deployment.memory: 256MiB"]);
    assert_eq!(plan.steps.len(), 1);
}

#[test]
fn a_start_that_saves_less_can_lead_further() {
    static TRAP: Test = Test("trap", |s| match now(s, "memory").as_str() {
        "1GiB" => vec![set("memory", "256MiB").then(&set("timeout", "10min"))],
        _ => Vec::new(),
    });
    static SLOW: Test =
        Test("slow", |s| match (now(s, "memory").as_str(), now(s, "timeout").as_str()) {
            ("1GiB", _) => vec![set("memory", "900MiB")],
            ("900MiB", "15min") => vec![set("memory", "128MiB")],
            _ => Vec::new(),
        });
    let found = search(CHAT, &[&TRAP, &SLOW]).run();
    assert_eq!(found.ranked[0].rule, "trap", "the best by itself");
    let plan = found.plan.unwrap();
    assert_eq!(plan.change.lines(), ["workloads[0].deployment.memory: 128MiB"]);
    assert!(plan.effect.after.total < found.ranked[0].effect.after.total);
}

#[test]
fn a_plan_has_no_more_changes_than_asked_for() {
    static HALF: Test = Test("half", |s| {
        let memory = now(s, "memory");
        let mib =
            if memory == "1GiB" { 1024 } else { memory.trim_end_matches("MiB").parse().unwrap() };
        let half = format!("{}MiB", mib / 2);
        if mib < 256 {
            return Vec::new();
        }
        // Each adds something, so that none can be left out.
        let timeout = format!("{}min", 1 + mib / 128);
        vec![set("memory", &half).then(&set("timeout", &timeout))]
    });
    let mut one = search(CHAT, &[&HALF]);
    one.max_changes = 1;
    let (one, all) = (one.run().plan.unwrap(), search(CHAT, &[&HALF]).run().plan.unwrap());
    assert_eq!(one.trial.estimate.workloads[0].settings["memory"], "512MiB");
    assert_eq!(all.trial.estimate.workloads[0].settings["memory"], "128MiB");
    assert!(all.effect.after.total < one.effect.after.total);
}

#[test]
fn less_than_a_cent_is_noise_and_in_no_plan() {
    let quiet = CHAT.replace("4000/day", "80/day");
    let found = search(&quiet, &[&SMALLER]).run();
    assert_eq!(found.ranked.len(), 1);
    assert!(found.ranked[0].effect.saving() > Money::ZERO);
    assert!(found.ranked[0].noise);
    assert!(found.plan.is_none());
}

#[test]
fn a_saving_that_less_traffic_turns_around_is_noise() {
    // A box that is always on pays only from some traffic on.
    static BOX: Test = Test("box", |s| match now(s, "provisioned_concurrency").as_str() {
        "1" => Vec::new(),
        _ => vec![set("provisioned_concurrency", "1")],
    });
    // Ten seconds each, never two at once below 8,640 a day. Busy, it saves 0.0000166667 - 0.00001 a
    // second; on, it costs 0.000004: it pays if it is busy 60 % of the time, with 5,184 a day.
    let boxes = CHAT
        .replace("platform: lab\n", "platform: lab-box\n")
        .replace("pattern: bursty", "pattern: steady")
        .replace(", cv: 2", "")
        .replace("{ p50: 4s, p95: 20s }", "10s")
        .replace("period: 6h", "period: 5d");
    let at = |rate: &str| search(&boxes.replace("4000/day", rate), &[&BOX]).run();
    assert!(at("5100/day").ranked.is_empty());
    let found = at("5700/day");
    let range = found.ranked[0].range.as_ref().unwrap();
    assert!(range.saving > Money::ZERO && range.least() < Money::ZERO, "{range:?}");
    assert!(found.ranked[0].noise && found.plan.is_none());
    // With 6,739 a day it pays down to 5,184 of them.
    let found = at("6739/day");
    assert!(!found.ranked[0].noise && found.plan.is_some());
    let range = found.ranked[0].range.as_ref().unwrap();
    let flips = range.flips.as_ref().unwrap();
    assert_eq!(flips.len(), 1, "{range:?}");
    let expected = rust_decimal::Decimal::new(769, 3);
    assert!((flips[0] - expected).abs() < rust_decimal::Decimal::new(3, 2), "{range:?}");
}

#[test]
fn a_plan_of_independent_changes_is_the_best_of_all_combinations() {
    const SIZES: [&str; 3] = ["1GiB", "512MiB", "2GiB"];
    static EACH: Test = Test("each", |_| {
        let change = |w: usize, m| Change::none().set(w, "deployment.memory", m);
        (0..4).flat_map(|w| SIZES.map(|m| change(w, m))).collect()
    });
    // Each of the four starts with another size.
    let (head, one) = CHAT.split_once("workloads:\n").unwrap();
    let mut text = format!("{head}workloads:\n");
    for (name, size) in [("a", "1GiB"), ("b", "2GiB"), ("c", "512MiB"), ("d", "4GiB")] {
        let deployed = format!("platform: lab\n    deployment: {{ memory: {size} }}\n");
        text += &one
            .replace("name: chat", &format!("name: {name}"))
            .replace("platform: lab\n", &deployed);
    }
    let found = search(&text, &[&EACH]).run();
    let (source, options) =
        (Source::new("chat.yaml", text), Options { no_free_tier: true, ..day() });
    let mut least = total(&source, &options);
    for combination in 0..81_usize {
        let size = |w: u32| SIZES[combination / 3_usize.pow(w) % 3];
        let change = |all: Change, w: u32| all.set(w as usize, "deployment.memory", size(w));
        let change = (0..4).fold(Change::none(), change);
        least = least.min(total(&change.apply(&source).unwrap(), &options));
    }
    let plan = found.plan.unwrap();
    assert_eq!(plan.effect.after.total, least);
    assert_eq!(plan.steps.len(), 3);
}

static WARMER: Test = Test("warmer", |s| match now(s, "provisioned_concurrency").as_str() {
    "" | "0" => vec![set("provisioned_concurrency", "5"), set("provisioned_concurrency", "20")],
    _ => Vec::new(),
});

/// Boxes that stop soon, so that many requests start cold.
fn impatient() -> String {
    CHAT.replace("platform: lab\n", "platform: lab-box\n    deployment: { idle_timeout: 5s }\n")
}

#[test]
fn a_broken_objective_is_put_right_even_if_it_costs_something() {
    let strict = format!("{}objectives: {{ cold_starts: 0% }}\n", impatient());
    let found = search(&strict, &[&WARMER, &SMALLER]).run();
    assert_eq!(found.broken.len(), 1, "{:?}", found.broken);
    assert!(found.ranked.iter().all(|r| r.rule == "warmer" && !r.noise), "nothing else is enough");
    assert!(found.ranked[0].effect.saving() < Money::ZERO);
    let plan = found.plan.unwrap();
    assert_eq!(plan.effect.after.cold_starts, 0);
    assert!(plan.steps.iter().any(|s| s.rule == "smaller"), "and is then made cheaper");
    // An objective that holds is kept.
    let held = format!("{}objectives: {{ cold_starts: 100% }}\n", impatient());
    let found = search(&held, &[&WARMER, &SMALLER]).run();
    assert!(found.broken.is_empty());
    assert!(found.ranked.iter().all(|r| r.rule == "smaller"), "warm instances cost something");
}

#[test]
fn latency_may_cost_only_what_was_allowed() {
    let with = |goal| Search { goal, ..search(&impatient(), &[&WARMER]) }.run();
    let latency = |percent: i64| Goal::Latency { dearer: rust_decimal::Decimal::new(percent, 2) };
    assert!(with(Goal::Cost).plan.is_none());
    let found = with(latency(0));
    let free = found.plan.is_some_and(|p| p.effect.after.total > found.before.outcome.total);
    assert!(!free, "no dearer bill unless it was allowed");
    let found = with(latency(100_000));
    let plan = found.plan.unwrap();
    assert!(plan.effect.after.cold_starts < plan.effect.before.cold_starts);
    assert!(!plan.steps[0].noise);
}

#[test]
fn a_goal_orders_and_limits_outcomes() {
    let found = search(CHAT, &[&SMALLER]).run();
    let outcome = |p95: i64, cold: u64, total: i64| {
        let mut o = found.before.outcome;
        o.time_to_first_token[1] = Some(ssc::units::SimDuration::from_millis(p95));
        (o.cold_starts, o.total) = (cold, Money(total.into()));
        o
    };
    let start = outcome(1000, 50, 100);
    let latency = Goal::Latency { dearer: rust_decimal::Decimal::new(1, 1) };
    for (goal, after, allowed, better) in [
        (Goal::Cost, outcome(9000, 90, 99), true, true),
        (Goal::Cost, outcome(1, 0, 100), true, false),
        (Goal::Balanced, outcome(1100, 90, 99), true, true),
        (Goal::Balanced, outcome(1101, 0, 1), false, true),
        (latency, outcome(999, 50, 110), true, true),
        (latency, outcome(999, 50, 111), false, true),
        (latency, outcome(1000, 49, 105), true, true),
        (latency, outcome(1000, 50, 99), true, true),
        (latency, outcome(1000, 50, 101), true, false),
        (latency, outcome(1001, 0, 1), false, false),
        (latency, outcome(900, 51, 1), false, true),
    ] {
        assert_eq!(goal.allows(&start, &after), allowed, "{goal:?} {after:?}");
        assert_eq!(goal.better(&after, &start), better, "{goal:?} {after:?}");
    }
}

#[test]
fn without_time_there_is_no_plan_and_it_is_said() {
    let search = search(CHAT, &[&SMALLER, &WARMER]);
    let found = search.until(&|| true).unwrap();
    assert!(found.out_of_time && found.plan.is_none() && found.ranked.is_empty());
    assert_eq!(found.not_asked, ["smaller", "warmer"]);
    assert_eq!(found.before.outcome.total, search.run().before.outcome.total);
}

/// Time that ends anywhere leaves a plan that holds, if any, and never an error.
#[test]
fn time_may_end_anywhere() {
    let search = search(CHAT, &[&SMALLER, &WARMER]);
    let mut last = None;
    for asked in (0..40).step_by(3) {
        let left = std::cell::Cell::new(asked);
        let stop = || {
            left.set(left.get() - 1);
            left.get() < 0
        };
        let plan = search.until(&stop).unwrap().plan;
        assert!(last.is_none() || plan.is_some(), "more time finds no less");
        last = plan;
    }
    assert!(last.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// What is on the command line is written into the scenario, and the scenario alone says the same.
    #[test]
    fn a_session_says_what_was_on_the_command_line(
        date in any::<bool>(),
        seed in proptest::option::of(1_u64..9),
        own_seed in any::<bool>(),
        platform in proptest::option::of(prop_oneof![Just("lab-box"), Just("lab")]),
        region in any::<bool>(),
        written in any::<bool>(),
        llm in any::<bool>(),
        fixed_prices in any::<bool>(),
        rates in any::<bool>(),
        no_free_tier in any::<bool>(),
    ) {
        let mut text = CHAT.to_owned();
        if own_seed {
            text = text.replace("cv: 2 }", "cv: 2, seed: 8 }");
        }
        if written {
            text = text.replace(
                "platform: lab\n",
                "platform: lab\n    region: here\n    deployment: { memory: 512MiB, min_instances: 1, idle_timeout: 1min }\n",
            );
            text.push_str("pricing:\n  discounts: [{ percent: 50 }] # a contract\npricing_date: 2026-11-01\n");
        }
        let region_id = match platform { Some("lab-box") => "eu-west-1", _ => "here" };
        let options = Options {
            pricing_date: date.then(|| "2026-10-05".parse().unwrap()),
            seed,
            platform: platform.map(str::to_owned),
            region: region.then(|| region_id.to_owned()),
            llm: llm.then(|| "lab-ai/lab-1".to_owned()),
            fixed_prices,
            no_free_tier,
            rates: rates.then(|| Source::new(
                "rates.yaml",
                "---\n# ours\ndiscounts:\n  - percent: 12.5\n\n    # of the lab\n    provider: Lab\n",
            )),
            ..day()
        };
        let source = Source::new("chat.yaml", text.as_str());
        let expected = total(&source, &options);
        let mut loader = NoTraces;
        let estimator = Estimator::new(&BOOK, &mut loader);
        let session = Session::new(&source, &options, estimator, &|| false, &|_, _| ()).unwrap();
        let bare = Options { no_free_tier, today: "2031-01-01".parse().unwrap(), ..Options::default() };
        prop_assert_eq!(total(session.source(), &bare), expected);
        prop_assert_eq!(session.now().outcome.total, expected);
        prop_assert!(session.source().text().contains("# measured"));
        let left = session.options();
        prop_assert!(left.pricing_date.is_none() && left.rates.is_none() && left.platform.is_none());
    }
}

/// A rule that has everything to say.
struct Full;

impl Rule for Full {
    fn code(&self) -> &'static str {
        "SSC998"
    }
    fn name(&self) -> &'static str {
        "full"
    }
    fn summary(&self) -> &'static str {
        "everything there is"
    }
    fn explanation(&self) -> &'static str {
        "# Full"
    }
    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let proposal = |title: &str, change, certificate| Proposal {
            title: title.into(),
            change,
            effort: Effort::Medium,
            evidence: vec![
                "Answers take 8 s on average, and half of the memory is never used.".into(),
            ],
            certificate,
            artifacts: Vec::new(),
        };
        let total = session.now().outcome.total.0;
        let bound = Certificate::Bound {
            bound: Money(total * rust_decimal::Decimal::new(48, 2)),
            of: "no request is shorter than its answer".into(),
        };
        let mut advice = Vec::new();
        if now(session, "memory") == "1GiB" {
            let mut half = proposal("Give chat half of the memory", set("memory", "512MiB"), bound);
            half.artifacts = vec![
                ssc::recommend::Artifact {
                    name: "memory in use".into(),
                    kind: "text",
                    content: "00 ▁▁▂▃▅▇█▇▅▃▂▁ 24\n".into(),
                    figure: None,
                },
                ssc::recommend::Artifact {
                    name: "a template".into(),
                    kind: "json",
                    content: "{\n  \"Memory\": 512\n}\n".into(),
                    figure: None,
                },
            ];
            advice.push(Advice::Proposal(Box::new(half)));
        }
        if now(session, "concurrency") == "1" {
            let change = set("concurrency", "80").then(&set("max_instances", "4"));
            let why = "instances may be shared";
            let share =
                proposal("Let chat share instances", change, Certificate::Optimal(why.into()));
            advice.push(Advice::Proposal(Box::new(share)));
        }
        let wait =
            proposal("Wait longer", set("idle_timeout", "361s"), Certificate::Exhaustive(1_440));
        advice.push(Advice::Proposal(Box::new(wait)));
        advice.push(Advice::WhatIf(ssc::recommend::WhatIf {
            title: "Answer repeated questions from a cache".into(),
            break_even: "pays if at least 3.1% of the questions repeat within an hour".into(),
            state: "add `response_cache: 10%` under `requests:`".into(),
            evidence: vec!["A hit saves $0.0001.".into()],
        }));
        advice.push(Advice::Refused(ssc::recommend::Refused {
            what: "somewhere-else".into(),
            why: "38 of 1,093 streams are longer than its limit of 60 s".into(),
        }));
        Ok(advice)
    }
}

static FULL: Full = Full;

fn report(width: usize) -> (Recommendations, String) {
    let text = CHAT.replace("{ p50: 4s, p95: 20s }", "{ p50: 5min, p95: 10min }").replace(
        "  - name: chat\n    platform: lab\n",
        "  - name: chat\n    platform: lab\n    llm: lab-ai/lab-1\n",
    );
    let found = search(&text, &[&FULL, &SMALLER]).run();
    let applied = ssc::report::recommendation::Applied {
        file: None,
        confirm: "ssc estimate cheaper.yaml --no-free-tier".into(),
    };
    let table = ssc::report::recommendation::table(&found, &applied, width, false);
    let widest = table.lines().map(|l| l.chars().count()).max().unwrap();
    assert!(widest <= width, "{table}");
    (found, table)
}

#[test]
fn the_report_at_80_columns() {
    insta::assert_snapshot!(report(80).1);
}

#[test]
fn the_report_at_120_columns() {
    insta::assert_snapshot!(report(120).1);
}

#[test]
fn nothing_to_recommend_is_said_plainly() {
    static NOTHING: Test = Test("nothing", |_| vec![set("memory", "2GiB")]);
    let found = search(CHAT, &[&NOTHING]).run();
    let applied = ssc::report::recommendation::Applied {
        file: Some("cheaper.yaml".into()),
        confirm: String::new(),
    };
    insta::assert_snapshot!(ssc::report::recommendation::table(&found, &applied, 80, false));
}

#[test]
fn the_json_is_what_its_schema_says_and_tells_all_that_the_table_shows() {
    let applied = ssc::report::recommendation::Applied {
        file: Some("cheaper.yaml".into()),
        confirm: "ssc estimate cheaper.yaml".into(),
    };
    let schema = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/recommend.json"),
    );
    let schema: serde_json::Value = serde_json::from_str(&schema.unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let nothing = search(CHAT, &[]).run();
    let mut broken =
        search(&format!("{}objectives: {{ cold_starts: 0% }}\n", impatient()), &[&WARMER]);
    broken.goal = Goal::Latency { dearer: rust_decimal::Decimal::new(5, 2) };
    for found in [report(80).0, nothing, broken.run()] {
        let json = ssc::report::recommendation::json(&found, &applied);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        let errors: Vec<_> =
            schema.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        assert_eq!(value["recommendations"].as_array().unwrap().len(), found.ranked.len());
        if let Some(plan) = &found.plan {
            assert_eq!(value["plan"]["scenario"], plan.trial.source.text());
            let promised: rust_decimal::Decimal =
                value["plan"]["promised_total"].as_str().unwrap().parse().unwrap();
            assert_eq!(promised, plan.effect.after.total.0);
        }
        let mut wrong = value.clone();
        wrong["estimated"] = serde_json::json!("many");
        assert!(!schema.is_valid(&wrong));
        let mut wrong = value;
        wrong["now"]["more"] = serde_json::json!(1);
        assert!(!schema.is_valid(&wrong));
    }
}
