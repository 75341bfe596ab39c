//! Budgets and baselines: what passes, what fails, and how it is told.

use crate::cli::{LAB, at_width, fails_with, ssc, text};
use rust_decimal::Decimal;
use serde_json::Value;
use std::fs;
use std::process::{Command, Output};
use std::sync::LazyLock;

pub(crate) const BUDGETS: &str = "\
budgets:
  monthly: { warn: 15 USD, fail: 20 USD }
  per_1000_streams: $1.50
  tokens: 5M
  cold_starts: 1%
  failed: 0%
  time_to_first_token_p95: 300ms
  max_increase: 5%
  workloads:
    chat: 16.50 USD
  platforms: { lab: 1 USD }
";

const WORKLOAD: &str = "\
workloads:
  - name: chat
    platform: lab
    arrivals: { pattern: steady, rate: 10k/month }
    requests: { input_tokens: 300, output_tokens: 100, time_to_first_token: 400ms }
    llm: lab-ai/lab-1
";

pub(crate) fn scenario(budgets: &str) -> String {
    format!("name: chat\npricing_date: 2026-11-23\n{budgets}{WORKLOAD}")
}

/// `ssc check s.yaml` in a folder with these files.
fn run(files: &[(&str, &str)], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    ssc(&[&["check", "s.yaml"], arguments].concat(), folder.path())
}

pub(crate) fn checked(budgets: &str, arguments: &[&str]) -> (i32, String) {
    let output = run(&[("s.yaml", &scenario(budgets))], arguments);
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    (output.status.code().unwrap(), text(&output.stdout))
}

pub(crate) fn json(budgets: &str, arguments: &[&str]) -> (i32, Value) {
    let (code, text) = checked(budgets, &[arguments, &["--format", "json"]].concat());
    (code, serde_json::from_str(&text).unwrap())
}

fn status(json: &Value, id: &str) -> String {
    let mut policies = json["policies"].as_array().unwrap().iter();
    policies.find(|p| p["id"] == id).unwrap()["status"].as_str().unwrap().to_owned()
}

/// A scenario that breaks some budgets, in one format.
pub(crate) fn broken(format: &str) -> String {
    let (code, text) = checked(BUDGETS, &["--format", format]);
    assert_eq!(code, 1);
    text
}

#[test]
fn the_check_as_a_table() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), scenario(BUDGETS)).unwrap();
    let at = |columns: &str| at_width(&["check", "s.yaml"], folder.path(), columns);
    insta::assert_snapshot!(at("80"));
    assert!(at("60").contains("FAILED"));
}

#[test]
fn the_check_as_json() {
    insta::assert_snapshot!(broken("json"));
}

#[test]
fn the_check_as_markdown() {
    let markdown = broken("markdown");
    assert!(markdown.starts_with("<!-- ssc-check -->\n### chat: FAILED"), "{markdown}");
    insta::assert_snapshot!(markdown);
}

#[test]
fn the_check_as_junit() {
    insta::assert_snapshot!(broken("junit"));
}

#[test]
fn the_check_as_sarif() {
    let version = concat!("\"", env!("CARGO_PKG_VERSION"), "\"");
    insta::assert_snapshot!(broken("sarif").replace(version, "\"VERSION\""));
}

#[test]
fn the_check_as_annotations() {
    insta::assert_snapshot!(broken("github"));
}

#[test]
fn exit_codes_are_those_that_help_promises() {
    let code = |budgets: &str, arguments: &[&str]| checked(budgets, arguments).0;
    assert_eq!(code("budgets: { monthly: 100 USD }\n", &[]), 0);
    assert_eq!(code("budgets: { monthly: 1 USD }\n", &[]), 1);
    let warned = "budgets: { monthly: { warn: 1 USD, fail: 100 USD } }\n";
    assert_eq!(code(warned, &[]), 0);
    assert_eq!(code(warned, &["--strict"]), 1);
    assert_eq!(code("budgets: { monthly: { warn: 1 USD } }\n", &[]), 0);
    // In a year without prices nothing can be within budget, but what is not money can be exceeded.
    let early = ["--pricing-date", "2001-01-01"];
    assert_eq!(code("budgets: { monthly: 100 USD }\n", &early), 3);
    assert_eq!(code("budgets: { tokens: 1 }\n", &early), 1);
    assert_eq!(code("budgets: { tokens: 5M }\n", &early), 3);
}

#[test]
fn a_budget_that_is_met_to_the_last_digit_is_kept() {
    let (_, first) = json("budgets: { monthly: 1000 USD }\n", &[]);
    let total: Decimal = first["total"].as_str().unwrap().parse().unwrap();
    let with = |limit: Decimal| json(&format!("budgets: {{ monthly: {limit} USD }}\n"), &[]).0;
    assert_eq!(with(total), 0);
    let last = Decimal::new(1, total.scale());
    assert_eq!(with(total + last), 0);
    assert_eq!(with(total - last), 1);
    // What is shown is then more than two equal numbers.
    let limit = (total - last).to_string();
    let (_, table) = checked(&format!("budgets: {{ monthly: {limit} USD }}\n"), &[]);
    assert!(table.contains(&total.normalize().to_string()), "{table}");
}

#[test]
fn every_measure_is_that_of_the_estimate() {
    let (_, check) = json(BUDGETS, &[]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), scenario(BUDGETS)).unwrap();
    let estimate = crate::cli::json(&["s.yaml"], folder.path());
    let value = |id: &str| -> Decimal {
        let mut policies = check["policies"].as_array().unwrap().iter();
        let found = policies.find(|p| p["id"] == id).unwrap();
        found["value"].as_str().unwrap().parse().unwrap()
    };
    let number = |v: &Value| v.as_str().unwrap().parse::<Decimal>().unwrap();
    let total = number(&estimate["total"]["amount"]);
    let requests = estimate["workloads"][0]["requests"].as_u64().unwrap();
    let replay = &estimate["replay"][0];
    let charges = estimate["charges"].as_array().unwrap();
    let cost = |service: &str| -> Decimal {
        let of = charges.iter().filter(|c| c["service_name"] == service);
        of.map(|c| number(&c["billed_cost"])).sum()
    };
    assert_eq!(value("monthly"), total);
    assert_eq!(value("workloads.chat"), number(&estimate["workloads"][0]["total"]["amount"]));
    assert_eq!(value("platforms.lab"), cost("Lab Functions"));
    let each = (total * Decimal::ONE_THOUSAND / Decimal::from(requests)).round_dp(12);
    assert_eq!(value("per_1000_streams"), each);
    assert_eq!(value("tokens"), Decimal::from(requests * 400));
    let cold = replay["cold_starts"].as_u64().unwrap();
    let share = Decimal::from(cold) / Decimal::from(requests);
    assert_eq!(value("cold_starts"), share.round_dp(12));
    assert_eq!(value("failed"), Decimal::ZERO);
    let p95 = replay["time_to_first_token_ms"]["with_cold_starts"]["p95"].as_f64().unwrap();
    let seconds: f64 = value("time_to_first_token_p95").to_string().parse().unwrap();
    assert!((seconds * 1_000.0 - p95).abs() < 1e-6);
}

/// A week has the 168/730 of a month's budget, a month of 31 days all of it.
#[test]
fn limits_of_a_month_are_in_proportion_to_other_periods() {
    let limit = |period: &str| {
        let budgets = format!("period: {period}\nbudgets: {{ monthly: 73 USD, tokens: 730M }}\n");
        let (_, check) = json(&budgets, &[]);
        let of = |i: usize| check["policies"][i]["fail"]["value"].as_str().unwrap().to_owned();
        [of(0), of(1), check["notes"].as_array().unwrap().len().to_string()]
    };
    assert_eq!(limit("168h"), ["16.8", "168000000", "1"]);
    assert_eq!(limit("31d"), ["73", "730000000", "0"]);
    assert_eq!(limit("28d"), ["73", "730000000", "0"]);
    assert_eq!(limit("1460h"), ["146", "1460000000", "1"]);
}

#[test]
fn mistakes_in_budgets_are_pointed_at() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |budgets: &str| {
        fs::write(folder.path().join("s.yaml"), scenario(budgets)).unwrap();
        fails_with(&["check", "s.yaml"], folder.path())
    };
    let all = [
        "budgets: { montly: 5 USD }\n",
        "budgets: { monthly: 5 EUR }\n",
        "budgets: { monthly: { warn: 9 USD, fail: 5 USD } }\n",
        "budgets: { monthly: {} }\n",
        "budgets: { monthly: , tokens: 5M }\n",
        "budgets: { monthly: { warn: 5 USD, fail: } }\n",
        "budgets: { monthly: { wran: 9 USD } }\n",
        "budgets: { cold_starts: 150% }\n",
        "budgets: { time_to_first_token_p95: 2 }\n",
        "budgets: { tokens: many }\n",
        "budgets: { max_increase: 5 }\n",
        "budgets: { workloads: { chta: 5 USD } }\n",
        "budgets: { platforms: { labb: 5 USD } }\n",
        "",
        "budgets: {}\n",
    ];
    let all: Vec<_> = all.iter().map(|budgets| fails(budgets)).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn mistakes_on_the_command_line_are_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), scenario("budgets: { monthly: 5 USD }\n")).unwrap();
    fs::write(folder.path().join("t.csv"), "timestamp\n").unwrap();
    let other = r#"{"schema": "ssc/estimate/7"}"#;
    fs::write(folder.path().join("old.json"), other).unwrap();
    let fails = |arguments: &[&str]| fails_with(&[&["check"], arguments].concat(), folder.path());
    let all = [
        fails(&["s.yaml", "--max-increase", "5%"]),
        fails(&["s.yaml", "--report", "junit"]),
        fails(&["s.yaml", "--report", "junti=x.xml"]),
        fails(&["t.csv"]),
        fails(&["s.yaml", "--baseline", "old.json"]),
        fails(&["s.yaml", "--baseline", "missing.json"]),
        fails(&["s.yaml", "--max-increase", "-5", "--baseline", "old.json"]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_sample_has_no_monthly_budget() {
    let body = "\
budgets: { monthly: 5 USD }
projection: none
workloads:
  - { name: w, platform: lab, arrivals: { pattern: steady, rate: 1/min, window: 1h } }
";
    let output = run(&[("s.yaml", body)], &["--pricing-date", "2026-11-23"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output.stderr));
}

#[test]
fn what_has_no_price_cannot_pass() {
    let budgets = "budgets: { monthly: 500 USD, cold_starts: 50%, workloads: { chat: 500 USD } }\n";
    let early = |format| checked(budgets, &["--pricing-date", "2025-06-01", "--format", format]);
    let (code, table) = early("table");
    assert_eq!(code, 3);
    insta::assert_snapshot!(table);
    let (_, junit) = early("junit");
    assert!(junit.contains("<error type=\"unpriced\""), "{junit}");
    assert!(junit.contains("errors=\"3\""), "{junit}");
    let sarif: Value = serde_json::from_str(&early("sarif").1).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().all(|r| r["ruleId"] == "budget/complete"));
    // The workload's name is on the fifth line.
    let at = &results[0]["locations"][0]["physicalLocation"]["region"]["startLine"];
    assert_eq!(at, 5);
}

#[test]
fn a_missing_price_file_is_an_input_error() {
    let arguments = ["--pricing", "no-such-folder"];
    let output = run(&[("s.yaml", &scenario(BUDGETS))], &arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no-such-folder"), "{}", text(&output.stderr));
}

/// A scenario of 10k streams, one of 8k, and its result.
static TWO: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let old = scenario("").replace("10k/month", "8k/month");
    fs::write(folder.path().join("old.yaml"), old).unwrap();
    fs::write(folder.path().join("s.yaml"), scenario("budgets: { monthly: 1k USD }\n")).unwrap();
    let all = ["estimate", "old.yaml", "--format", "json", "-o", "old.json"];
    assert!(ssc(&all, folder.path()).status.success());
    folder
});

fn against(baseline: &str, arguments: &[&str]) -> (i32, Value) {
    let all = ["check", "s.yaml", "--format", "json", "--baseline", baseline];
    let output = ssc(&[&all[..], arguments].concat(), TWO.path());
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn an_increase_is_held_to_percent_and_to_money() {
    for baseline in ["old.json", "old.yaml"] {
        // A quarter more requests cost a little more than a quarter: the free ones stay as many.
        let (code, json) = against(baseline, &["--max-increase", "30%", "--max-increase-usd", "1"]);
        assert_eq!((code, status(&json, "max_increase")), (1, "kept".to_owned()), "{baseline}");
        assert_eq!(status(&json, "max_increase_usd"), "exceeded");
        let (code, json) =
            against(baseline, &["--max-increase", "20", "--max-increase-usd", "$99"]);
        assert_eq!((code, status(&json, "max_increase")), (1, "exceeded".to_owned()));
        assert_eq!(status(&json, "max_increase_usd"), "kept");
    }
}

#[test]
fn price_drift_is_told_apart_from_workload_drift() {
    let number = |v: &Value| v.as_str().unwrap().parse::<Decimal>().unwrap();
    for baseline in ["old.json", "old.yaml"] {
        // The same prices: the workload alone.
        let (_, json) = against(baseline, &[]);
        let b = &json["baseline"];
        assert_eq!(number(&b["price_drift"]), Decimal::ZERO, "{baseline}");
        assert_eq!(b["workload_drift"], b["change"]);
        assert!(number(&b["change"]) > Decimal::ZERO);
        let causes: Decimal =
            b["causes"].as_array().unwrap().iter().map(|c| number(&c["amount"])).sum();
        assert_eq!(causes, number(&b["change"]));
    }
}

/// The same scenario on two days between which prices fell: prices alone.
#[test]
fn a_change_of_prices_is_no_change_of_the_workload() {
    let body = |day: &str| {
        format!(
            "name: run\npricing_date: {day}\nbudgets: {{ max_increase: 5% }}\nworkloads:\n  - name: w\n    platform: lab\n    arrivals: {{ pattern: steady, rate: 10k/month }}\n    requests: {{ duration: 2s }}\n"
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let lab = fs::read_to_string(format!("{LAB}/lab.yaml")).unwrap();
    let dear = lab.replace("unit_price: \"0.000016\"", "unit_price: \"0.000020\"");
    // Requests are free all the same: on the bill their price changes nothing.
    let dear = dear.replace("unit_price: \"0.40\"", "unit_price: \"0.80\"");
    assert!(dear.contains("0.000020") && dear.contains("0.80"));
    fs::create_dir(folder.path().join("then")).unwrap();
    fs::write(folder.path().join("then/lab.yaml"), dear).unwrap();
    fs::write(folder.path().join("s.yaml"), body("2026-11-23")).unwrap();
    let (then, all) = ("then", ["check", "s.yaml", "--format", "json"]);
    let made = ["estimate", "s.yaml", "--pricing", LAB, "--pricing", then, "--format", "json"];
    let made = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(made)
        .current_dir(folder.path())
        .output()
        .unwrap();
    fs::write(folder.path().join("old.json"), &made.stdout).unwrap();
    for baseline in ["old.json", "s.yaml"] {
        let arguments = ["--baseline", baseline, "--baseline-pricing", LAB];
        let arguments = [&all[..], &arguments, &["--baseline-pricing", then]].concat();
        let output = ssc(&arguments, folder.path());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let b = &json["baseline"];
        assert_eq!(b["price_drift"], b["change"], "{baseline}");
        assert!(b["change"].as_str().unwrap().starts_with('-'), "{b}");
        let rest: Decimal = b["workload_drift"].as_str().unwrap().parse().unwrap();
        assert_eq!(rest, Decimal::ZERO);
    }
    // Fewer requests at the old prices: what the same requests cost more is prices, the rest workload.
    let fewer = body("2026-11-23").replace("10k/month", "8k/month");
    fs::write(folder.path().join("fewer.yaml"), fewer).unwrap();
    let then: Value = serde_json::from_slice(&made.stdout).unwrap();
    let arguments = ["--baseline", "fewer.yaml", "--baseline-pricing", LAB];
    let arguments = [&all[..], &arguments, &["--baseline-pricing", "then"]].concat();
    let json: Value = serde_json::from_slice(&ssc(&arguments, folder.path()).stdout).unwrap();
    let number = |v: &Value| v.as_str().unwrap().parse::<Decimal>().unwrap();
    let drift = number(&json["total"]) - number(&then["total"]["amount"]);
    assert_eq!(number(&json["baseline"]["price_drift"]), drift);
    assert!(number(&json["baseline"]["workload_drift"]) > Decimal::ZERO);
}

#[test]
fn a_baseline_of_another_period_is_refused() {
    let old = format!("period: 7d\n{}", scenario(""));
    let files = [("s.yaml", &*scenario("budgets: { max_increase: 5% }\n")), ("old.yaml", &old)];
    let output = run(&files, &["--baseline", "old.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output.stderr));
}

#[test]
fn an_incomplete_baseline_leaves_the_increase_unknown() {
    let old = scenario("").replace("2026-11-23", "2025-06-01");
    let files = [("s.yaml", &*scenario("budgets: { max_increase: 500% }\n")), ("old.yaml", &old)];
    let output = run(&files, &["--baseline", "old.yaml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(3));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(status(&json, "max_increase"), "unknown");
    assert_eq!(json["verdict"], "incomplete");
}

/// A repository with an older version of `sub/s.yaml`; none without git.
#[expect(clippy::print_stderr, reason = "a skipped test must not look like a passed one")]
fn repository() -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let user = ["-c", "user.name=n", "-c", "user.email=n@example.com"];
        let mut git = Command::new("git");
        git.args(user).args(arguments).current_dir(folder.path()).env_remove("GIT_DIR");
        git.output().map(|o| o.status.success()).unwrap_or(false)
    };
    fs::create_dir(folder.path().join("sub")).unwrap();
    let path = folder.path().join("sub/s.yaml");
    fs::write(&path, scenario("").replace("10k/month", "8k/month")).unwrap();
    if !git(&["init", "-q"]) {
        assert!(std::env::var_os("CI").is_none(), "CI needs git");
        eprintln!("SKIPPED: git is not here");
        return None;
    }
    assert!(git(&["add", "-A"]) && git(&["commit", "-qm", "first"]));
    fs::write(path, scenario("budgets: { max_increase: 5% }\n")).unwrap();
    Some(folder)
}

#[test]
fn a_git_revision_is_a_baseline() {
    let Some(folder) = repository() else { return };
    let all = ["check", "sub/s.yaml", "--baseline", "git:HEAD"];
    let output = ssc(&all, folder.path());
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    insta::assert_snapshot!(text(&output.stdout));
    // The same from within the folder.
    let inside = ssc(&["check", "s.yaml", "--baseline", "git:HEAD"], &folder.path().join("sub"));
    assert_eq!(inside.stdout, output.stdout);
    let markdown = ssc(&[&all[..], &["--format", "markdown"]].concat(), folder.path());
    insta::assert_snapshot!(text(&markdown.stdout));
}

#[test]
fn a_git_revision_that_cannot_be_read_says_why() {
    let Some(folder) = repository() else { return };
    fs::write(folder.path().join("new.yaml"), scenario("")).unwrap();
    let fails = |file: &str, revision: &str| {
        fails_with(&["check", file, "--baseline", revision], folder.path())
    };
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("s.yaml"), scenario("")).unwrap();
    let without_git = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(["check", "sub/s.yaml", "--baseline", "git:HEAD"])
        .args(["--pricing", LAB])
        .current_dir(folder.path())
        .env("PATH", "/no/such/folder")
        .output()
        .unwrap();
    assert_eq!(without_git.status.code(), Some(2));
    let all = [
        fails("sub/s.yaml", "git:no-such-branch"),
        fails("sub/s.yaml", "git:"),
        fails("sub/s.yaml", "git:--output=x"),
        fails("new.yaml", "git:HEAD"),
        fails_with(&["check", "s.yaml", "--baseline", "git:HEAD"], elsewhere.path()),
        text(&without_git.stderr),
    ];
    insta::with_settings!({filters => vec![("fatal: .*", "fatal: …")]}, {
        insta::assert_snapshot!(all.join("\n"));
    });
}

#[test]
fn several_reports_are_written_at_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), scenario(BUDGETS)).unwrap();
    let reports =
        ["--report", "junit=a.xml", "--report", "sarif=a.sarif", "--report", "json=a.json"];
    let output = ssc(&[&["check", "s.yaml"], &reports[..]].concat(), folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("FAILED"));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("a.xml"), broken("junit"));
    assert_eq!(read("a.sarif"), broken("sarif"));
    assert_eq!(read("a.json"), broken("json"));
}

/// A name with everything that XML, JSON, Markdown, annotations and terminals take for their own.
#[test]
fn hostile_names_stay_names() {
    let name = r#"a<b>&"'|`*_%,:]]>@you\u001b[31m\n::error::x"#;
    let body = format!(
        "name: \"{0}\"\npricing_date: 2026-11-23\nbudgets:\n  monthly: 1 USD\n  workloads: {{ \"{0}\": 1 USD }}\n{1}",
        name.replace('"', "\\\""),
        WORKLOAD.replace("name: chat", &format!("name: \"{}\"", name.replace('"', "\\\"")))
    );
    let of = |format: &str| {
        let output = run(&[("s.yaml", &body)], &["--format", format]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let real = serde_json::from_str::<String>(&format!("\"{}\"", name.replace('"', "\\\"")));
    let real = real.unwrap();
    let json: Value = serde_json::from_str(&of("json")).unwrap();
    assert_eq!(json["name"], real);
    let sarif: Value = serde_json::from_str(&of("sarif")).unwrap();
    let print = &sarif["runs"][0]["results"][1]["partialFingerprints"]["policy/v1"];
    assert_eq!(print, &format!("workloads.{real}"));
    let github = of("github");
    assert!(github.lines().all(|l| l.starts_with("::error ")), "{github}");
    assert_eq!(github.lines().count(), 3);
    let xml = of("junit");
    assert!(!xml.contains(['\u{1b}']) && !xml.contains("]]>"), "{xml}");
    well_formed(&xml);
    for format in ["table", "markdown"] {
        let shown = of(format);
        assert!(!shown.contains('\u{1b}'), "{shown:?}");
    }
    assert!(of("markdown").lines().filter(|l| l.starts_with("| ")).all(|l| l.ends_with('|')));
}

/// Tags are closed in order, attributes quoted, and `&` begins a known entity.
fn well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    let body = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
    for part in body.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').unwrap_or_else(|| panic!("{part}"));
        for (at, _) in format!("{tag}{rest}").match_indices('&') {
            let entity = format!("{tag}{rest}")[at..].split(';').next().unwrap().to_owned();
            let known = ["&amp", "&lt", "&gt", "&quot", "&apos", "&#10", "&#9"];
            assert!(known.contains(&&*entity), "{entity}");
        }
        let name = tag.split([' ', '/']).find(|w| !w.is_empty()).unwrap();
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name), "{tag}"),
            (false, true) => {}
            (false, false) => open.push(name),
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn a_path_elsewhere_is_told_from_the_working_directory() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a b")).unwrap();
    let path = folder.path().join("a b/s.yaml");
    fs::write(&path, scenario("budgets: { monthly: 1 USD }\n")).unwrap();
    let here = fs::canonicalize(folder.path()).unwrap();
    for typed in [here.join("a b/s.yaml").display().to_string(), "./a b/s.yaml".to_owned()] {
        let output = ssc(&["check", &typed, "--format", "github"], &here);
        let first = text(&output.stdout).lines().next().unwrap().to_owned();
        assert!(first.starts_with("::error file=a b/s.yaml,line=3,"), "{first}");
        let output = ssc(&["check", &typed, "--format", "sarif"], &here);
        assert!(text(&output.stdout).contains("\"a%20b/s.yaml\""));
    }
}
