//! Worked examples of edge and PaaS vendors, billed with the shipped prices; one test per price file.
//!
//! "A million streams" are 30 s long, burn 50 ms of CPU each and send nothing: what the same answer costs
//! on different clocks, at list price.

use crate::bills::{Bill, same};
use crate::book::book;
use crate::cli::{adds_up, json};
use rust_decimal::Decimal;
use serde_json::Value;
use ssc::units::Money;
use std::fs;

/// Examples that cannot be an oracle here, and why.
const EXCLUDED: &[(&str, &str)] = &[
    ("Fly, five daily snapshots of 2 GB", "how much an incremental snapshot stores is measured"),
    ("Fly shared-nothing blueprint", "prices 29 GB of volumes as 9 GB"),
    ("Render Pro and Scale bandwidth", "how much is included was not found"),
];

fn check(examples: Vec<(&str, Bill, &str)>) {
    let book = book();
    for (name, bill, stated) in &examples {
        same(name, bill.total(&book), stated);
    }
}

/// One workload of a platform, estimated without free tiers.
fn estimate(platform: &str, rest: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let body = format!("workloads:\n  - name: s\n    platform: {platform}\n{rest}");
    fs::write(folder.path().join("s.yaml"), body).unwrap();
    let estimate = json(&["s.yaml", "--no-free-tier"], folder.path());
    adds_up(&estimate);
    estimate
}

fn quantity(estimate: &Value, sku: &str) -> String {
    let charges = estimate["charges"].as_array().unwrap();
    let found = charges.iter().find(|c| c["sku_id"] == sku);
    found.unwrap_or_else(|| panic!("no {sku}"))["pricing_quantity"].as_str().unwrap().to_owned()
}

#[test]
fn vercel() {
    let on = |region| Bill::on("vercel", region);
    check(vec![
        // 2 min 34 s on 8 CPUs are 3 minutes of 8.
        ("a build", on("iad1").usage("vercel-build-cpu", "24"), "0.084"),
        ("6.89 M events", on("iad1").usage("vercel-observability-plus", "6.89"), "8.27"),
        (
            "origin transfer twice",
            on("cle1")
                .usage("vercel-fast-origin-transfer", "100")
                .usage("vercel-fast-origin-transfer-middleware", "100"),
            "12.00",
        ),
        // Fee and seats, plus usage beyond the credit.
        (
            "an invoice",
            on("iad1")
                .option("plan", "pro")
                .option("extra_seats", "2")
                .usage("vercel-active-cpu", "127")
                .usage("vercel-build-cpu", "2400")
                .free_tier(true),
            "64.656",
        ),
        (
            "usage within the credit",
            on("iad1")
                .option("plan", "pro")
                .option("extra_seats", "0")
                .usage("vercel-active-cpu", "127")
                .free_tier(true),
            "20",
        ),
        (
            "Flat Rate CDN, $20 tier",
            on("iad1")
                .option("plan", "pro")
                .option("extra_seats", "0")
                .option("cdn", "flat_20")
                .usage("vercel-edge-requests", "10")
                .usage("vercel-fast-data-transfer", "50000")
                .free_tier(true),
            "40",
        ),
    ]);
}

/// 60 ms of CPU are two units of 50 ms; since 2026-04-03 these units have no price.
#[test]
fn vercel_edge_execution_units_round_up_per_invocation() {
    let rest = "    arrivals: { pattern: steady, rate: 1M/month }
    requests: { duration: 300ms, cpu: 60ms, response_bytes: 0B }\n";
    let now = estimate("vercel-edge-legacy", rest);
    let unpriced = now["unpriced"].as_array().unwrap();
    let units = unpriced.iter().find(|u| u["sku_id"] == "vercel-edge-execution-units").unwrap();
    assert_eq!(units["pricing_quantity"], "2");
    let then = Bill::on("vercel", "iad1").date("2025-06-01");
    check(vec![("2 M units", then.usage("vercel-edge-execution-units", "2"), "4.00")]);
}

#[test]
fn cloudflare_workers() {
    let (requests, cpu) = ("cloudflare-workers-requests", "cloudflare-workers-cpu");
    let paid = |r: &str, ms: &str| {
        Bill::on("cloudflare-workers", "global")
            .option("plan", "paid")
            .usage(requests, r)
            .usage(cpu, ms)
            .free_tier(true)
    };
    check(vec![
        ("15 M requests of 7 ms", paid("15", "105"), "8.00"),
        ("80 % static", paid("3", "21"), "5.00"),
        ("cron, 3 minutes every hour", paid("0.00072", "129.6"), "6.99"),
        ("cron, exact", paid("0.00072", "129.6"), "6.992"),
        (
            "a million streams",
            Bill::on("cloudflare-workers", "global").usage(requests, "1").usage(cpu, "50"),
            "1.30",
        ),
    ]);
}

#[test]
fn cloudflare_durable_objects() {
    let on = || Bill::on("cloudflare-durable-objects", "global");
    let (requests, messages, time) =
        ("cloudflare-do-requests", "cloudflare-do-messages", "cloudflare-do-duration");
    let paid = |rounding| on().option("plan", "paid").option("rounding", rounding).free_tier(true);
    // 1.5 M calls, active for 1,000,000 s.
    let calls = |r| paid(r).usage(requests, "1.5").usage(time, "0.128");
    // 100 objects with 50 sockets each, a message a minute, 8 hours a day, never hibernating.
    let rooms = |r| {
        paid(r)
            .usage(requests, "0.15")
            .usage(messages, "72/20")
            .usage("cloudflare-do-duration-awake", "11.0592")
    };
    // 100 objects with one socket each, a message a second, all month.
    let devices = |r| {
        paid(r)
            .usage(requests, "0.0001")
            .usage(messages, "2592/200")
            .usage("cloudflare-do-duration-awake", "33.1776")
    };
    check(vec![
        ("calls", calls("whole_million"), "5.15"),
        ("calls, exact", calls("exact"), "5.075"),
        ("rooms", rooms("whole_million"), "142.95"),
        ("rooms, exact", rooms("exact"), "138.6525"),
        ("devices", devices("whole_million"), "419.30"),
        ("devices, exact", devices("exact"), "416.514015"),
        // 20 to one.
        ("100 messages", on().usage(messages, "100/20000000"), "0.00000075"),
        ("5 requests", on().usage(requests, "5/1000000"), "0.00000075"),
        ("a million streams", on().usage(requests, "1").usage(time, "3.84"), "48.15"),
        (
            "a million streams, 10 in an object",
            on().usage(requests, "1").usage(time, "0.384"),
            "4.95",
        ),
    ]);
}

/// An object bills 128 MB, as 0.128 GB, once for all streams it serves, and nothing between them.
#[test]
fn cloudflare_durable_objects_share_one_duration() {
    let of = |concurrency: u32| {
        let rest = format!(
            "    deployment: {{ concurrency: {concurrency} }}
    arrivals: {{ pattern: steady, rate: 10/h, window: 1h }}
    requests: {{ duration: 60s, response_bytes: 0B }}\n"
        );
        quantity(&estimate("cloudflare-durable-objects", &rest), "cloudflare-do-duration")
    };
    // 7,300 streams of 60 s that never meet: 438,000 s.
    assert_eq!((of(1), of(10)), ("0.056064".to_owned(), "0.056064".to_owned()));
}

#[test]
fn cloudflare_containers() {
    let on = || Bill::on("cloudflare-containers", "global");
    let (cpu, memory, disk) = (
        "cloudflare-containers-active-cpu",
        "cloudflare-containers-memory",
        "cloudflare-containers-disk",
    );
    check(vec![
        (
            "standard-2 for an hour, before 2025-11-21",
            on().date("2025-09-01").usage("cloudflare-containers-provisioned-cpu", "3600"),
            "0.072",
        ),
        ("and after it, 20 % busy", on().date("2025-11-21").usage(cpu, "720"), "0.0144"),
        (
            "a million streams",
            on().usage(memory, "30000000").usage(disk, "120000000").usage(cpu, "50000"),
            "84.40",
        ),
        (
            "exactly the included amounts",
            on().option("plan", "paid")
                .usage(cpu, "22500")
                .usage(memory, "90000")
                .usage(disk, "720000")
                .usage("cloudflare-containers-egress", "1000")
                .free_tier(true),
            "5.00",
        ),
    ]);
}

#[test]
fn fly() {
    let on = || Bill::on("fly-machines", "iad");
    let shared = "fly-shared-vcpu";
    // Usage worth $5.
    let block = |choice| on().option("reservation", choice).usage(shared, "5906674.542");
    check(vec![
        (
            "a small app with Postgres",
            on().usage(shared, "2592000")
                .usage("fly-extra-ram", "648000")
                .usage("fly-volume", "10")
                .usage("fly-postgres-basic", "1")
                .usage("fly-postgres-storage", "1")
                .usage("fly-volume-snapshot", "10")
                .usage("fly-egress", "10")
                .free_tier(true),
            "43.67",
        ),
        ("10 GB of Postgres", on().usage("fly-postgres-storage", "10"), "2.80"),
        ("a block, 30 %", block("block-2026"), "3.50"),
        ("a block, 40 %", block("block-2024"), "3.00"),
        ("static egress IP for 30 days", on().usage("fly-static-egress-ip", "720"), "3.60"),
        ("12 certificates", on().usage("fly-certificate", "12").free_tier(true), "0.20"),
    ]);
}

/// 750 requests a second of 100 ms are 75 at once: 8 Machines at 10 each.
#[test]
fn fly_sizing() {
    let e = estimate(
        "fly-machines",
        "    deployment: { soft_limit: 10, concurrency: 10, max_instances: 20, startup_time: 0ms }
    arrivals: { pattern: steady, rate: 750/s, window: 1min }
    requests: { duration: 100ms, response_bytes: 0B }\n",
    );
    assert_eq!(e["replay"][0]["peak_instances"], 8);
}

#[test]
fn render() {
    check(vec![(
        "a standard task for half an hour",
        Bill::on("render", "global").usage("render-workflows-standard", "0.5"),
        "0.10",
    )]);
}

#[test]
fn netlify() {
    let on = || Bill::on("netlify", "global");
    check(vec![
        (
            "a million streams of 1 GB",
            on().usage("netlify-compute-pack", "30000000/540000")
                .usage("netlify-requests-pack", "10/75"),
            "556.9",
        ),
        // 15 credits each: 20 deploys are a whole Free month.
        (
            "20 deploys",
            on().option("plan", "free")
                .option("credit_pack", "500-for-5")
                .usage("netlify-deploys", "20")
                .free_tier(true),
            "0.00",
        ),
        (
            "a pack beyond Pro",
            on().option("plan", "pro")
                .option("credit_pack", "1500-for-10")
                .usage("netlify-compute-pack", "3")
                .free_tier(true),
            "30",
        ),
    ]);
}

/// Only the plan is known; what is used has no price and is not zero.
#[test]
fn deno_deploy() {
    let e = estimate(
        "deno-deploy",
        "    arrivals: { pattern: steady, rate: 100k/month }
    requests: { duration: 30s, cpu: 50ms, response_bytes: 10kB }\n",
    );
    assert_eq!(e["total"]["amount"], "20");
    assert_eq!(e["unpriced"].as_array().unwrap().len(), 4);
}

#[test]
fn modal() {
    let cores = |region, sku| Bill::on("modal", region).usage(sku, "36000000");
    check(vec![
        ("10,000 core-hours", cores("any", "modal-cpu"), "471.60"),
        ("in a broad region", cores("broad", "modal-cpu"), "707.40"),
        ("that is not preempted", cores("broad", "modal-cpu-non-preemptible"), "2122.20"),
        ("an hour of H100", Bill::on("modal", "any").usage("modal-gpu-h100", "3600"), "3.95"),
    ]);
}

#[test]
fn runpod() {
    let flex =
        |seconds: &str| Bill::on("runpod-serverless", "any").usage("runpod-flex-4090", seconds);
    check(vec![("a million streams", flex("30000000"), "9300.00")]);
}

/// A request of 2.3 s is billed as 3 s, and the idle timeout after it as well.
#[test]
fn runpod_bills_whole_seconds_and_the_idle_timeout() {
    let of = |idle: &str| {
        let rest = format!(
            "    deployment: {{ startup_time: 0ms, idle_timeout: {idle} }}
    arrivals: {{ pattern: steady, rate: 1/min }}
    requests: {{ duration: 2.3s, response_bytes: 0B }}\n"
        );
        quantity(&estimate("runpod-serverless", &rest), "runpod-flex-4090")
    };
    assert_eq!((of("0ms"), of("5s")), ("131400".to_owned(), "350400".to_owned()));
}

#[test]
fn railway() {
    let on = || Bill::on("railway", "global");
    check(vec![
        (
            "a million streams in 0.25 GB",
            on().usage("railway-memory", "7500000").usage("railway-cpu", "50000"),
            "29.34",
        ),
        ("a vCPU for 30 days", on().usage("railway-cpu", "2592000"), "20"),
        ("a GB for 30 days", on().usage("railway-memory", "2592000"), "10"),
        (
            "Hobby, within what is included",
            on().option("plan", "hobby").usage("railway-memory", "1000000").free_tier(true),
            "5",
        ),
    ]);
}

/// The million streams again, replayed: what runs on each meter while a stream waits. Requests and egress
/// are left out, and so are cold starts and idle tails.
fn a_million_streams_on(platform: &str, deployment: &str, stated: &str) {
    let rest = format!(
        "    deployment: {{ {deployment} }}
    arrivals: {{ pattern: steady, rate: 10k/month }}
    requests: {{ duration: 30s, cpu: 50ms, response_bytes: 0B }}\n"
    );
    let e = estimate(platform, &rest);
    let time = ["compute", "storage"].map(Value::from);
    let charges = e["charges"].as_array().unwrap().iter();
    let of_time = charges.filter(|c| time.contains(&c["component"]));
    let cost: Decimal =
        of_time.map(|c| c["list_cost"].as_str().unwrap().parse::<Decimal>().unwrap()).sum();
    same(platform, Money(cost * Decimal::ONE_HUNDRED), stated);
}

/// One test a clock, so that a price file that goes away takes only its own with it.
macro_rules! clocks {
    ($($test:ident: $platform:literal, $deployment:literal, $stated:literal;)*) => {
        $(#[test] fn $test() { a_million_streams_on($platform, $deployment, $stated); })*
    };
}

clocks! {
    clock_of_cloudflare_workers: "cloudflare-workers", "", "1.00";
    clock_of_cloudflare_durable_objects: "cloudflare-durable-objects", "cpu_in: object", "48.00";
    clock_of_cloudflare_containers: "cloudflare-containers", "startup_time: 0ms, idle_timeout: 0ms", "84.40";
    clock_of_vercel_fluid: "vercel-fluid", "startup_time: 0ms, concurrency: 1", "178.44";
    clock_of_vercel_legacy: "vercel-legacy", "startup_time: 0ms", "2591.31";
    clock_of_netlify: "netlify", "", "555.56";
    clock_of_runpod_serverless: "runpod-serverless", "startup_time: 0ms, idle_timeout: 0ms", "9300.00";
}

#[test]
fn every_exclusion_has_a_reason() {
    assert!(EXCLUDED.iter().all(|(name, why)| !name.is_empty() && !why.is_empty()));
}
