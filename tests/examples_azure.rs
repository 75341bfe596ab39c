//! Worked examples of Azure, billed with the shipped prices; those of the first file are in `worked_examples`.

use crate::bills::{Bill, same};
use crate::book::book;
use crate::cli::{adds_up, json};
use crate::scenarios::{estimate, quantity};
use rust_decimal::Decimal;
use serde_json::Value;
use ssc::units::{PricingUnit, SimDuration, UnitPrice, Usage};
use std::fs;

/// Examples that cannot be an oracle for billing, and why.
const EXCLUDED: &[(&str, &str)] = &[
    ("Flex, 250 cores of quota", "a quota, not a bill"),
    ("Flex host tests H1, H2 and H4", "rules of the meter, tested with it"),
    ("SignalR, 50 server connections", "server connections are not billed"),
    ("SignalR, a broadcast is 8 messages", "a rule of the meter; a replay has one client a stream"),
    ("DTS, an orchestration is 7 actions", "a rule of the workflow, which a scenario states"),
    ("DTS, 240 M and 6.5 B actions", "capacity units without a price"),
];

fn check(examples: Vec<(&str, Bill, &str)>) {
    let book = book();
    for (name, bill, stated) in &examples {
        same(name, bill.total(&book), stated);
    }
}

fn total(estimate: &Value) -> Decimal {
    estimate["total"]["amount"].as_str().unwrap().parse().unwrap()
}

#[test]
fn azure_functions() {
    let on = || Bill::on("azure-functions", "eastus");
    let (time, runs) =
        ("azure-functions-consumption-execution-time", "azure-functions-consumption-executions");
    let busy = |hours: &str, runs_: &str| on().usage(time, hours).usage(runs, runs_);
    let premium = |hours: &str, gb: &str| {
        on().usage("azure-functions-premium-vcpu", hours)
            .usage("azure-functions-premium-memory", gb)
    };
    check(vec![
        // Per hour 90,305,037,184 MB-ms and 6,500,012 executions.
        ("a day of 6.5 M an hour", busy("2167320892416/1024000", "15600028.8"), "65.06"),
        ("nine days of 6.5 M an hour", busy("19505888031744/1024000", "140400259.2"), "585.58"),
        ("EP1 month", premium("730", "2555"), "157.7165"),
        ("EP2 month", premium("1460", "5110"), "315.4330"),
        ("EP3 month", premium("2920", "10220"), "630.8660"),
        (
            "one always-ready instance of 2 GB, idle for a month",
            on().usage("azure-functions-flex-always-ready-baseline", "5256000"),
            "21.02",
        ),
    ]);
}

/// A process of 160 MB is billed as one of 256 MB.
#[test]
fn azure_functions_memory_rounds_up() {
    let e = estimate(
        "period: 1h
projection: none
workloads:
  - name: one
    platform: azure-functions-consumption
    deployment: { memory: 160MB, startup_time: 0ms }
    arrivals: { pattern: steady, rate: 1/h, window: 1h }
    requests: { duration: 4s }
",
        &["--no-free-tier"],
    );
    let seconds: Decimal = quantity(&e, "Execution time").parse().unwrap();
    let runs: Decimal = quantity(&e, "Executions").parse().unwrap();
    assert_eq!(seconds, runs * Decimal::TEN);
}

#[test]
fn azure_app_service() {
    let plan = |sku: &str, hours: &str| {
        Bill::on("azure-app-service", "eastus").usage(&format!("azure-app-service-{sku}"), hours)
    };
    check(vec![
        ("B1 Linux", plan("b1-linux", "730"), "12.41"),
        ("B2 Linux", plan("b2-linux", "730"), "24.82"),
        ("S1 Windows", plan("s1-windows", "730"), "73.00"),
        ("S1 Linux", plan("s1-linux", "730"), "69.35"),
        ("P0v3 Linux", plan("p0v3-linux", "730"), "56.58"),
        ("P1v3 Linux", plan("p1v3-linux", "730"), "113.15"),
        ("P1v2 Linux, ten", plan("p1v2-linux", "7300"), "737.30"),
    ]);
    let e = estimate(
        "workloads:
  - name: plan
    platform: azure-functions-dedicated
    deployment: { instance_type: S1, os: windows, min_instances: 5 }
    arrivals: { pattern: steady, rate: 1/h }
    requests: { duration: 1s }
",
        &[],
    );
    assert_eq!(total(&e), Decimal::from(365));
    assert_eq!(quantity(&e, "S1 Windows"), "3650");
}

#[test]
fn azure_container_apps() {
    let on = |region| Bill::on("azure-container-apps", region);
    let (active, idle, memory, requests) = (
        "azure-container-apps-vcpu-active",
        "azure-container-apps-vcpu-idle",
        "azure-container-apps-memory",
        "azure-container-apps-requests",
    );
    // 2.25 vCPU and 4.5 GiB for 30 days, less the grants, which the source shares out in proportion.
    let korea = |a: &str, i: &str| {
        on("koreacentral").usage(active, a).usage(idle, i).usage(memory, "11304000")
    };
    check(vec![
        (
            "10 M requests of 0.8 s without overlap",
            on("eastus")
                .usage(active, "4000000")
                .usage(memory, "8000000")
                .usage(requests, "10")
                .free_tier(true),
            "117.80",
        ),
        ("all idle", korea("0", "5652000"), "50.87"),
        ("5 % active", korea("282600", "5369400"), "56.80"),
        ("all active", korea("5652000", "0"), "169.56"),
        (
            "two idle vCPUs for a month",
            on("eastus").usage(idle, "5256000").usage(memory, "10512000"),
            "47.30",
        ),
        ("T4", on("southcentralus").usage("azure-container-apps-gpu-t4", "3600"), "0.3168"),
        (
            "environment fee",
            on("koreacentral").usage(requests, "0").option("environments_with_management_fee", "2"),
            "146",
        ),
    ]);
    let westus = on("westus2").usage(active, "1").line(&book(), active);
    assert_eq!(westus.0, "0.000034".parse().unwrap());
}

/// Three minutes of every hour busy: the rest of a lone replica's life is idle, to the second.
#[test]
fn azure_container_apps_idle_at_the_minimum() {
    let app = |deployment: &str, extra: &[&str]| {
        estimate(
            &format!(
                "period: 720h
workloads:
  - name: app
    platform: azure-container-apps
    region: koreacentral
    deployment: {{ {deployment} }}
    arrivals: {{ pattern: steady, rate: 3/h }}
    requests: {{ duration: 60s }}
"
            ),
            extra,
        )
    };
    let one = "vcpu: 2.25, memory: 4608MiB, min_instances: 1";
    let e = app(one, &["--no-free-tier"]);
    assert_eq!(quantity(&e, "vCPU (active)"), "291600");
    assert_eq!(quantity(&e, "vCPU (idle)"), "5540400");
    assert_eq!(quantity(&e, "Memory"), "11664000");
    // The grant goes to idle seconds first: 0.19 more than the proportional reading of 56.80.
    assert_eq!(total(&app(one, &[])).round_dp(2), "56.99".parse().unwrap());
    // A replica with a GPU is never idle.
    let gpu = app("gpu: t4, min_instances: 1", &["--no-free-tier"]);
    assert_eq!(quantity(&gpu, "vCPU beside a GPU"), "20736000");
}

/// A minimum of one: replicas above it are active, busy or not, until they go after 300 s; the last one may idle.
#[test]
fn azure_container_apps_above_the_minimum() {
    let folder = tempfile::tempdir().unwrap();
    // 100 s each. The second request starts another replica; the first goes at 400 s, the second stays.
    let trace =
        "timestamp_ms,duration_ms\n0,100000\n60000,100000\n1800000,100000\n2700000,100000\n";
    fs::write(folder.path().join("t.csv"), trace).unwrap();
    let scenario = "period: 1h
projection: none
workloads:
  - name: app
    platform: azure-container-apps
    deployment: { vcpu: 1, memory: 2GiB, min_instances: 1, concurrency: 1, startup_time: 0ms }
    arrivals: { trace: t.csv }
";
    fs::write(folder.path().join("s.yaml"), scenario).unwrap();
    let e = json(&["s.yaml", "--no-free-tier"], folder.path());
    adds_up(&e);
    // Lives of 400 s and of 3,540 s; idle alone for 1,400 s, 800 s and 800 s.
    assert_eq!(quantity(&e, "vCPU (active)"), "940");
    assert_eq!(quantity(&e, "vCPU (idle)"), "3000");
    assert_eq!(quantity(&e, "Memory"), "7880");
}

#[test]
fn azure_signalr() {
    let on = || Bill::on("azure-signalr", "westeurope");
    check(vec![
        ("standard month", on().usage("azure-signalr-units-standard", "730/24"), "48.97"),
        ("premium month", on().usage("azure-signalr-units-premium", "730/24"), "60.83"),
        ("1,234,567 messages", on().usage("azure-signalr-messages", "1.234567"), "1.23"),
        (
            "a day of one unit, 1.5 M messages of which 1 M is included",
            on().usage("azure-signalr-units-standard", "1").usage("azure-signalr-messages", "1.5"),
            "2.11",
        ),
    ]);
}

#[test]
fn azure_web_pubsub() {
    let on = || Bill::on("azure-web-pubsub", "westeurope");
    // 5 units for 18 h and 10 for 6 h; 15 M messages less the 6.25 M that come with the units.
    check(vec![(
        "scaled up for six hours",
        on().usage("azure-web-pubsub-units-standard", "150/24")
            .usage("azure-web-pubsub-messages", "15"),
        "18.8125",
    )]);
    let unit = PricingUnit::named("1M 2KB Messages").unwrap();
    let millions = |kib: i128| {
        let price: UnitPrice = "1.00".parse().unwrap();
        unit.quantity(Usage(kib * 1_024), SimDuration::from_hours(730), price).to_string()
    };
    assert_eq!(millions(44), "0.000022", "4 KB to 10 clients and 4 KB upstream");
    assert_eq!(millions(100), "0.00005");
}

#[test]
fn azure_bandwidth() {
    let on = |region| Bill::on("azure-bandwidth", region);
    let routed = on("brazilsouth").usage("azure-bandwidth-routing-preference-internet", "200");
    check(vec![
        ("between regions", on("eastus").usage("azure-bandwidth-inter-region", "50"), "1.00"),
        ("routing preference", routed.free_tier(true), "12.00"),
    ]);
}

/// Sources differ by a factor of a million, so the scheduler has no price, and says so.
#[test]
fn azure_durable_functions() {
    let book = book();
    let service = book.service("azure-durable-functions").unwrap();
    assert_eq!(service.skus.len(), 2);
    for sku in &service.skus {
        let price = service.price(sku, "westus3", "2026-11-23".parse().unwrap());
        assert_eq!(price.unwrap_err().0, "no price for region westus3; known: none", "{}", sku.id);
    }
}

#[test]
fn every_exclusion_has_a_reason() {
    assert!(EXCLUDED.iter().all(|(name, why)| !name.is_empty() && !why.is_empty()));
}
