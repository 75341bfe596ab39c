//! Worked examples from scenario to bill: the vendor's workload in, the vendor's total out.

use crate::cli::{adds_up, json};
use serde_json::Value;
use std::fs;

/// Estimates a one-workload scenario; `extra` are more flags.
pub(crate) fn estimate(body: &str, extra: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), body).unwrap();
    let mut arguments = vec!["s.yaml"];
    arguments.extend(extra);
    let estimate = json(&arguments, folder.path());
    adds_up(&estimate);
    estimate
}

fn cents(estimate: &Value) -> String {
    let total: rust_decimal::Decimal =
        estimate["total"]["amount"].as_str().unwrap().parse().unwrap();
    format!("{:.2}", total.round_dp(2))
}

pub(crate) fn quantity(estimate: &Value, name: &str) -> String {
    let charges = estimate["charges"].as_array().unwrap();
    let found =
        charges.iter().find(|c| c["charge_description"].as_str().unwrap().starts_with(name));
    found.unwrap_or_else(|| panic!("no {name}"))["pricing_quantity"].as_str().unwrap().to_owned()
}

/// AWS Lambda pricing page, mobile backend: 3 M requests of 120 ms at 1,536 MB, free tier on.
#[test]
fn lambda_mobile_backend() {
    let e = estimate(
        "workloads:
  - name: mobile
    platform: aws-lambda
    deployment: { memory: 1536MB, startup_time: 0ms }
    arrivals: { pattern: steady, rate: 3M/month }
    requests: { duration: 120ms }
",
        &[],
    );
    assert_eq!(cents(&e), "2.73");
    assert_eq!(e["total"]["amount"], "2.733338");
}

/// AWS Lambda pricing page, telemetry: 10,000 devices an hour for 31 days, 2 s at 1 GB.
#[test]
fn lambda_telemetry() {
    let e = estimate(
        "period: 744h
workloads:
  - name: telemetry
    platform: aws-lambda
    deployment: { memory: 1GB, startup_time: 0ms }
    arrivals: { pattern: steady, rate: 10000/h }
    requests: { duration: 2s }
",
        &["--no-free-tier"],
    );
    assert_eq!(cents(&e), "249.49");
}

/// Provisioned concurrency is billed for the scheduled time, rounded up to five minutes.
#[test]
fn provisioned_concurrency_rounds_up_to_five_minutes() {
    let e = estimate(
        "period: 24h
projection: none
workloads:
  - name: launch
    platform: aws-lambda
    deployment:
      memory: 1536MB
      provisioned_concurrency:
        default: 0
        windows: [{ from: \"08:00\", to: \"15:58\", value: 100 }]
    arrivals: { pattern: steady, rate: 1/min, window: 24h }
    requests: { duration: 100ms }
",
        &["--no-free-tier"],
    );
    // 100 × 1.5 GB × 8 h.
    assert_eq!(quantity(&e, "Provisioned concurrency"), "4320000");
}

/// Infracost's Cloud Run golden: 500,000 requests of 3.6 s, concurrency 1, a tier-2 region.
#[test]
fn cloud_run_request_based_golden() {
    let e = estimate(
        "workloads:
  - name: api
    platform: cloud-run
    region: europe-west3
    deployment: { memory: 512MiB, vcpu: 1, concurrency: 1, startup_time: 0ms }
    arrivals: { pattern: steady, rate: 500k/month }
    requests: { duration: 3600ms }
",
        &["--no-free-tier"],
    );
    assert_eq!(cents(&e), "63.83");
}

/// Two always-on instances, instance-based: 5,256,000 vCPU-seconds and 2,628,000 GiB-seconds.
#[test]
fn cloud_run_instance_based_golden() {
    let e = estimate(
        "workloads:
  - name: api
    platform: cloud-run-instance
    region: europe-west3
    deployment: { memory: 512MiB, vcpu: 1, min_instances: 2, startup_time: 0ms }
    arrivals: { pattern: steady, rate: 1/h }
    requests: { duration: 1s }
",
        &["--no-free-tier"],
    );
    assert_eq!(cents(&e), "119.84");
}

/// The Flex page's I/O-bound example: 40 requests a second share one instance.
#[test]
fn flex_shares_one_instance() {
    let e = estimate(
        "period: 1h
projection: none
workloads:
  - name: io
    platform: azure-functions-flex
    region: eastus
    deployment: { memory: 2048MB, startup_time: 0ms, concurrency: 16 }
    arrivals: { pattern: steady, rate: 40/s, window: 1h }
    requests: { duration: 250ms }
",
        &["--no-free-tier"],
    );
    assert_eq!(cents(&e), "0.24");
    assert_eq!(e["replay"][0]["peak_instances"], 1);
}

/// One Render instance all month costs its monthly price, to the cent.
#[test]
fn render_instance_month() {
    let e = estimate(
        "accounts: { render: { plan: hobby } }
workloads:
  - name: web
    platform: render
    arrivals: { pattern: steady, rate: 1/h }
    requests: { duration: 1s, response_bytes: 1B }
",
        &[],
    );
    assert_eq!(cents(&e), "7.00");
}

/// One always-on Fly machine for 30 days: the published price of the preset.
#[test]
fn fly_machine_month() {
    let e = estimate(
        "period: 720h
workloads:
  - name: bot
    platform: fly-machines
    region: nrt
    deployment: { instance_type: shared-cpu-1x, memory: 1GiB, min_instances: 1, max_instances: 1 }
    arrivals: { pattern: steady, rate: 1/h }
    requests: { duration: 1s, response_bytes: 1B }
",
        &[],
    );
    assert_eq!(cents(&e), "8.76");
}

/// What runs while a stream waits: the same streams on every clock, without allowances or egress.
#[test]
fn a_lone_fluid_stream_pays_memory_for_its_whole_wait() {
    let e = estimate(
        "workloads:
  - name: s
    platform: vercel-fluid
    deployment: { memory: 2048MiB, startup_time: 0ms, concurrency: 1 }
    arrivals: { pattern: steady, rate: 10k/month }
    requests: { duration: 30s, cpu: 50ms }
",
        &["--no-free-tier"],
    );
    assert_eq!(quantity(&e, "Provisioned memory"), "166.666666666667");
    assert_eq!(quantity(&e, "Active CPU"), "0.138888888889");
}

/// An abandoned stream runs on where the platform says so, and stops where it does not; the
/// provider then bills what it generated.
#[test]
fn an_abandoned_stream_costs_what_each_side_says() {
    let of = |behaviour: &str| {
        let body = format!(
            "workloads:
  - name: s
    platform: lab-box
    deployment: {{ on_disconnect: {behaviour} }}
    arrivals: {{ pattern: steady, rate: 10k/month }}
    requests: {{ input_tokens: 100, output_tokens: 1000, disconnects: 100% }}
    llm: lab-ai/lab-1
"
        );
        estimate(&body, &[])
    };
    let (runs_on, stops) = (of("runs_on"), of("stops"));
    assert_eq!(quantity(&runs_on, "lab-1 output"), "10");
    let billed: f64 = quantity(&stops, "lab-1 output").parse().unwrap();
    assert!((4.0..6.0).contains(&billed), "{billed}");
    assert_eq!(runs_on["replay"][0]["abandoned"], stops["replay"][0]["stopped"]);
}

/// The scenarios in the README are scenarios.
#[test]
fn readme_scenarios_run() {
    let readme = include_str!("../README.md");
    let blocks = readme.split("```yaml\n").skip(1).filter_map(|b| b.split("```").next());
    let scenarios: Vec<&str> = blocks.filter(|b| b.contains("workloads:")).collect();
    assert!(!scenarios.is_empty());
    for scenario in scenarios {
        if crate::book::has_all(scenario) {
            estimate(scenario, &[]);
        }
    }
}
