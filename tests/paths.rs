//! What requests pass on their way, and usage that is stated: from scenario to bill, with a price book
//! of the test's own whose prices make the arithmetic plain.

use crate::cli::{adds_up, fails_with, json, ssc};
use serde_json::Value;
use std::fs;

const GATE: &str = r#"
schema: 1
service: gate
service_provider_name: Cloudflare
service_name: Gate
service_category: Networking
billing_currency: USD
default_region: here
regions: { here: { name: Here } }
account:
  plan: { default: metered, values: [metered, flat], source: "https://example.com", checked_on: 2026-11-23, confidence: high }
fees:
  - { id: gate-flat, name: Flat plan, when: { plan: [flat] }, unit_price: "30", effective_from: 2026-06-01, source: "https://example.com", checked_on: 2026-11-23, confidence: high }
platforms:
  - id: gate
    name: Gate
    scaling: none
    warm_capacity: none
    transports: [sse, websocket]
    source: https://example.com
    checked_on: 2026-11-23
    settings:
      timeout: { default: 2min, source: "https://example.com", checked_on: 2026-11-23, confidence: high }
      response_limit: { default: 10MB, source: "https://example.com", checked_on: 2026-11-23, confidence: high }
      units: { minimum: "1", maximum: "99", source: "https://example.com", checked_on: 2026-11-23, confidence: high }
      consumers: { default: "2", minimum: "0", maximum: "20", source: "https://example.com", checked_on: 2026-11-23, confidence: high }
  - id: front
    name: Front
    scaling: none
    warm_capacity: none
    carries_egress: true
    source: https://example.com
    checked_on: 2026-11-23
    settings: {}
skus:
"#;

fn sku(id: &str, meter: &str, unit: &str, price: &str, more: &str) -> String {
    format!(
        "  - sku_id: {id}
    name: {id}
    component: requests
    {more}
    meter: {meter}
    pricing_unit: {unit}
    tiering: flat
    prices:
      - {{ all_regions: true, effective_from: 2026-01-01, source: \"https://example.com\", checked_on: 2026-11-23, confidence: high, unit_price: \"{price}\" }}
"
    )
}

fn gate() -> String {
    let on_gate = "platforms: [gate]";
    let capacity = "{ clock: capacity, capacity: { window: 1min, take: peak, whole: true, units: units, of: [{ load: active_connections, per_unit: \"10\" }] } }";
    let skus = [
        sku(
            "g-out",
            "{ clock: messages, direction: out, step: 2KiB }",
            "1M Messages",
            "1",
            on_gate,
        ),
        sku("g-in", "{ clock: messages, direction: in }", "1M Messages", "20", on_gate),
        sku("g-minutes", "{ clock: connection_time }", "1M Connection-Minutes", "60", on_gate),
        sku("g-connections", "{ clock: connections }", "Requests", "0.5", on_gate),
        sku(
            "g-steps",
            "{ clock: request_steps, step: 1kB, bytes: [request, response], of: largest }",
            "Requests",
            "0.001",
            on_gate,
        ),
        sku(
            "g-read",
            "{ clock: message_bytes, direction: in, step: 1kB, weight: { setting: consumers } }",
            "GB",
            "1000",
            on_gate,
        ),
        sku("g-units", capacity, "Hours", "1", on_gate),
        sku(
            "g-socket",
            "{ clock: requests }",
            "Requests",
            "0.1",
            "platforms: [gate]\n    when: { transport: [websocket] }",
        ),
        sku("f-out", "{ clock: egress_bytes }", "GB", "0.5", "platforms: [front]"),
        sku("g-stated", "{ clock: stated }", "Operations", "0.25", "platforms: [gate]"),
        sku(
            "g-metered",
            "{ clock: stated }",
            "Operations",
            "0.5",
            "platforms: [gate]\n    when: { plan: [metered] }",
        ),
    ];
    format!("{GATE}{}", skus.concat())
}

fn folder(body: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("prices")).unwrap();
    fs::write(folder.path().join("prices/gate.yaml"), gate()).unwrap();
    fs::write(folder.path().join("s.yaml"), body).unwrap();
    folder
}

fn estimate(body: &str) -> Value {
    let folder = folder(body);
    let result = json(&["s.yaml", "--pricing", "prices", "--no-free-tier"], folder.path());
    adds_up(&result);
    result
}

fn quantity(e: &Value, sku: &str) -> Option<String> {
    let charges = e["charges"].as_array().unwrap();
    let found = charges.iter().find(|c| c["sku_id"] == sku)?;
    Some(found["pricing_quantity"].as_str().unwrap().to_owned())
}

fn is(e: &Value, sku: &str, expected: &str) {
    assert_eq!(quantity(e, sku).as_deref(), Some(expected), "{sku}");
}

/// 3,600 sockets in an hour, one a second, each a stream of 30 s in 3 messages of 3,000 bytes.
const SOCKETS: &str = "
period: 1h
projection: none
workloads:
  - name: chat
    platform: lab
    transport: websocket
    deployment: { startup_time: 0ms }
    path: [{ via: gate, settings: { consumers: 3 } }]
    arrivals: { pattern: steady, rate: 1/s, window: 1h }
    requests:
      duration: 30s
      messages_in: 2
      messages_out: 3
      request_bytes: 1500
      response_bytes: 9000
      turns_per_connection: 4
      idle_between_turns: 90s
";

#[test]
fn a_socket_service_counts_messages_connections_and_units() {
    let e = estimate(SOCKETS);
    // 3 messages of 3,000 bytes are 2 steps of 2 KiB each.
    is(&e, "g-out", "0.0216");
    is(&e, "g-in", "0.0072");
    // 30 s of stream and 90 s of waiting, for each of 3,600 streams, in millions of minutes.
    is(&e, "g-minutes", "0.0072");
    is(&e, "g-connections", "900");
    is(&e, "g-steps", "32400");
    // 2 records of 750 bytes count 1 kB each, read by 3 consumers.
    is(&e, "g-read", "0.0216");
    is(&e, "g-socket", "3600");
    // 120 connections are open at once: 12 units of 10, for an hour.
    is(&e, "g-units", "12");
}

#[test]
fn a_fixed_number_of_units_is_billed_and_its_lack_is_said() {
    let e = estimate(&SOCKETS.replace("consumers: 3", "units: 5"));
    is(&e, "g-units", "5");
    let warnings = e["warnings"].to_string();
    assert!(
        warnings.contains("g-units: 5 units are set, but the busiest moment needs 12"),
        "{warnings}"
    );
}

#[test]
fn an_sse_stream_pays_no_socket_meter_and_limits_are_warned_about() {
    let sse = SOCKETS
        .replace("transport: websocket", "transport: sse")
        .replace("      turns_per_connection: 4\n      idle_between_turns: 90s\n", "")
        .replace("duration: 30s", "duration: 3min")
        .replace("response_bytes: 9000", "response_bytes: 20MB");
    let e = estimate(&sse);
    assert_eq!(quantity(&e, "g-socket"), None);
    let warnings = e["warnings"].to_string();
    assert!(
        warnings.contains("3,600 of 3,600 streams last longer than the 2min of Gate"),
        "{warnings}"
    );
    assert!(warnings.contains("3,600 of 3,600 answers exceed"), "{warnings}");
}

#[test]
fn a_cdn_of_the_same_vendor_carries_the_answers_out() {
    let body = |platform: &str, path: &str| {
        format!(
            "period: 1h
projection: none
workloads:
  - name: w
    platform: {platform}
    path: [{path}]
    arrivals: {{ pattern: steady, rate: 1/s, window: 1h }}
    requests: {{ duration: 1s, response_bytes: 1MB }}
"
        )
    };
    // Another vendor's platform still sends its answers over the internet to the front.
    let other = estimate(&body("lab", "front"));
    is(&other, "f-out", "3.6");
    is(&other, "lab-egress", "3.6");
    let own = gate().replace("service_provider_name: Cloudflare", "service_provider_name: Lab");
    let folder = folder(&body("lab", "front"));
    fs::write(folder.path().join("prices/gate.yaml"), own).unwrap();
    let same = json(&["s.yaml", "--pricing", "prices", "--no-free-tier"], folder.path());
    is(&same, "f-out", "3.6");
    assert_eq!(quantity(&same, "lab-egress"), None);
}

#[test]
fn usage_can_be_stated_for_the_month_and_per_request() {
    let e = estimate(
        "usage:
  - { sku: g-stated, quantity: 1000 }
  - { sku: g-units, quantity: 2 }
workloads:
  - name: w
    platform: lab
    arrivals: { pattern: steady, rate: 1000/month }
    requests: { duration: 1s }
    usage: [{ sku: g-stated, per_request: 4 }]
",
    );
    let stated: Vec<_> = e["charges"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["sku_id"] == "g-stated")
        .map(|c| (c["workload"].as_str(), c["pricing_quantity"].as_str().unwrap()))
        .collect();
    assert_eq!(stated, [(Some("w"), "4000"), (None, "1000")]);
    is(&e, "g-units", "2");
}

#[test]
fn a_bill_can_be_stated_usage_alone() {
    let e = estimate("usage: [{ sku: g-stated, quantity: 8 }]");
    assert_eq!(e["total"]["amount"], "2");
}

#[test]
fn mistakes_in_a_path_or_usage_are_pointed_at() {
    let refuse = |from: &str, to: &str| {
        let folder = folder(&SOCKETS.replace(from, to));
        fails_with(&["estimate", "s.yaml", "--pricing", "prices"], folder.path())
    };
    insta::with_settings!({filters => vec![(r"known paths: .*", "known paths: …")]}, {
        insta::assert_snapshot!(refuse("via: gate", "via: gat"));
    });
    insta::assert_snapshot!(refuse("via: gate", "via: lab"));
    insta::assert_snapshot!(refuse("platform: lab", "platform: gate"));
    insta::assert_snapshot!(refuse("transport: websocket", "transport: http"));
    insta::assert_snapshot!(refuse("transport: websocket", "transport: carrier-pigeon"));
    insta::assert_snapshot!(refuse("transport: websocket", "transport: sse"));
    insta::assert_snapshot!(refuse("consumers: 3", "shards: 3"));
    insta::assert_snapshot!(refuse("period: 1h", "usage: [{ sku: g-stated }]"));
    insta::assert_snapshot!(refuse("period: 1h", "usage: [{ sku: g-state, quantity: 1 }]"));
    insta::assert_snapshot!(refuse("period: 1h", "usage: [{ sku: g-stated, quantity: -1 }]"));
    insta::assert_snapshot!(refuse("period: 1h", "usage: [{ sku: g-stated, per_request: 1 }]"));
}

/// What a path sells in another region says nothing about this one.
#[test]
fn a_region_without_a_price_is_unpriced_and_never_borrowed() {
    let body = SOCKETS.replace("platform: lab", "platform: lab-box\n    region: eu-west-1");
    let folder = folder(&body);
    let own = gate()
        .replace("service_provider_name: Cloudflare", "service_provider_name: Lab")
        .replace("default_region: here", "default_region: us-east-1")
        .replace("here: { name: Here }", "us-east-1: { name: Lab East }");
    fs::write(folder.path().join("prices/gate.yaml"), own).unwrap();
    let e = json(&["s.yaml", "--pricing", "prices", "--no-free-tier"], folder.path());
    assert_eq!(quantity(&e, "g-out"), None);
    assert_eq!(e["total"]["complete"], false);
    let unpriced = e["unpriced"].as_array().unwrap();
    let line = unpriced.iter().find(|u| u["sku_id"] == "g-out").unwrap();
    assert_eq!(
        (&line["region_id"], &line["pricing_quantity"]),
        (&"eu-west-1".into(), &"0.0216".into())
    );
    assert!(line["reason"].as_str().unwrap().contains("us-east-1"), "{line}");
}

#[test]
fn a_fee_before_the_first_known_one_is_unpriced() {
    let at = |date: &str| {
        let folder =
            folder("accounts: { gate: { plan: flat } }\nusage: [{ sku: g-stated, quantity: 1 }]\n");
        let all = ["estimate", "s.yaml", "--pricing", "prices", "--format", "json"];
        let out = ssc(&[&all[..], &["--pricing-date", date]].concat(), folder.path());
        serde_json::from_slice::<Value>(&out.stdout).unwrap()
    };
    assert_eq!(at("2026-06-01")["total"]["amount"], "30.25");
    let early = at("2026-05-31");
    assert_eq!(early["total"]["complete"], false);
    assert_eq!(early["unpriced"][0]["sku_id"], "gate-flat");
    let reason = early["unpriced"][0]["reason"].as_str().unwrap();
    assert_eq!(reason, "no fee known on 2026-05-31; the first known one is of 2026-06-01");
}

#[test]
fn sockets_and_stated_usage_must_fit_what_bills_them() {
    let refuse = |body: &str| {
        let folder = folder(body);
        fails_with(&["estimate", "s.yaml", "--pricing", "prices"], folder.path())
    };
    let pathless = SOCKETS.replace("    path: [{ via: gate, settings: { consumers: 3 } }]\n", "");
    insta::assert_snapshot!(refuse(&pathless));
    insta::assert_snapshot!(refuse(
        "accounts: { gate: { plan: flat } }\nusage: [{ sku: g-metered, quantity: 1 }]\n"
    ));
}
