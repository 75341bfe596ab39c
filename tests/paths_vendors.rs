//! Socket services, load balancers, topics and objects in front of functions; and every platform of the book at
//! least once, from scenario to bill.

use crate::book::book;
use crate::cli::{adds_up, json};
use serde_json::Value;
use ssc::pricing::{Scaling, Transport};
use std::fs;

fn estimate(scenario: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), scenario).unwrap();
    let estimate = json(&["s.yaml", "--no-free-tier"], folder.path());
    adds_up(&estimate);
    estimate
}

/// An hour with one request a second through `path` to `platform`.
fn hour(platform: &str, path: &str, transport: &str, requests: &str) -> Value {
    estimate(&format!(
        "period: 1h
projection: none
workloads:
  - name: w
    platform: {platform}
    deployment: {{ startup_time: 0ms }}
    transport: {transport}
    path: [{path}]
    arrivals: {{ pattern: steady, rate: 1/s, window: 1h }}
    requests: {{ {requests} }}
"
    ))
}

/// The first line of a SKU in `list`.
fn quantity<'a>(e: &'a Value, list: &str, sku: &str) -> Option<&'a str> {
    let lines = e[list].as_array().unwrap();
    lines.iter().find(|c| c["sku_id"] == sku)?["pricing_quantity"].as_str()
}

#[track_caller]
fn is(e: &Value, sku: &str, expected: &str) {
    assert_eq!(quantity(e, "charges", sku), Some(expected), "{sku}");
}

const CHAT: &str = "duration: 10s, request_bytes: 1000, messages_out: 3, response_bytes: 9000";

#[test]
fn signalr_counts_each_message_in_steps() {
    let function = "azure-functions-consumption";
    let e = hour(function, "azure-signalr", "websocket", CHAT);
    // One unit for 1/24 day. A message in, and three of 3,000 bytes out that are two steps each: seven.
    is(&e, "azure-signalr-units-standard", "0.041666666667");
    is(&e, "azure-signalr-messages", "0.0252");
    let five = hour(function, "{ via: azure-signalr, settings: { units: 5 } }", "websocket", CHAT);
    is(&five, "azure-signalr-units-standard", "0.208333333333");
}

#[test]
fn web_pubsub_counts_bytes() {
    let e = hour("azure-functions-consumption", "azure-web-pubsub", "websocket", CHAT);
    is(&e, "azure-web-pubsub-units-standard", "0.041666666667");
    // 36 MB ÷ 2,048.
    is(&e, "azure-web-pubsub-messages", "0.017578125");
}

#[test]
fn a_google_load_balancer_pays_rules_and_says_what_it_cannot_price() {
    let path = "{ via: google-load-balancing, settings: { additional_forwarding_rules: 2 } }";
    let page = "duration: 1s, request_bytes: 1000, response_bytes: 1MB";
    let e = hour("cloud-run", path, "http", page);
    is(&e, "google-load-balancing-first-rules", "1");
    is(&e, "google-load-balancing-additional-rules", "2");
    let data = quantity(&e, "unpriced", "google-load-balancing-data");
    assert_eq!(data, Some("3.356114029884"), "1,001,000 bytes, 3,600 times");
}

#[test]
fn a_topic_counts_a_thousand_bytes_a_message_at_least() {
    let through = |subscriptions: u32, event: &str| {
        let path =
            format!("{{ via: google-pubsub, settings: {{ subscriptions: {subscriptions} }} }}");
        hour("cloud-run", &path, "http", &format!("duration: 1s, {event}"))
    };
    // Two messages of 150 bytes: 2,000 bytes, 3,600 times.
    let small = through(2, "messages_in: 2, request_bytes: 300");
    is(&small, "google-pubsub-published", "0.000006548362");
    is(&small, "google-pubsub-delivered", "0.000013096724");
    assert_eq!(quantity(&small, "charges", "cloud-run-egress"), None);
    let large = through(1, "request_bytes: 3000");
    is(&large, "google-pubsub-published", "0.000009822543");
    is(&large, "google-pubsub-delivered", "0.000009822543");
}

#[test]
fn an_object_in_front_pays_its_share_of_the_memory() {
    let path = "{ via: cloudflare-durable-objects-proxy, settings: { streams_per_object: 4 } }";
    let e = hour("cloudflare-containers", path, "sse", "duration: 10s, response_bytes: 1kB");
    is(&e, "cloudflare-do-worker-requests", "0.0036");
    is(&e, "cloudflare-do-requests", "0.0036");
    // 36,000 s of 0.032 GB.
    is(&e, "cloudflare-do-duration-in-front", "0.001152");
    let fees = e["charges"].as_array().unwrap().iter().filter(|c| c["component"] == "fees");
    assert_eq!(fees.count(), 1, "one subscription for objects and containers");
}

/// One Workers Paid subscription: its fee and its 10 million requests are there once.
#[test]
fn a_subscription_is_paid_once_for_all_its_services() {
    let e = estimate(
        "usage:
  - { sku: cloudflare-do-worker-requests, quantity: 8 }
  - { sku: cloudflare-workers-requests, quantity: 8 }
",
    );
    // 5 + 6 × 0.30.
    assert_eq!(e["total"]["amount"], "6.8");
}

#[test]
fn a_function_url_warns_of_what_it_does_not_carry() {
    let large = "duration: 60s, response_bytes: 300MiB";
    let e = hour("aws-lambda", "aws-lambda-function-url", "sse", large);
    let warnings = e["warnings"].to_string();
    assert!(warnings.contains("3,600 of 3,600 answers exceed the 209,715,200 bytes"), "{warnings}");
}

/// What a function sends to a model elsewhere leaves for the internet.
#[test]
fn prompts_leave_from_the_function() {
    for (platform, sku, expected) in [
        // 4,000 bytes 3,600 times; AWS counts in GiB.
        ("aws-lambda", "aws-lambda-data-transfer-out", "0.013411045074"),
        ("azure-functions-consumption", "azure-functions-data-transfer-out", "0.0144"),
        ("azure-container-apps", "azure-container-apps-data-transfer-out", "0.0144"),
    ] {
        let e = estimate(&format!(
            "period: 1h
projection: none
workloads:
  - name: w
    platform: {platform}
    arrivals: {{ pattern: steady, rate: 1/s, window: 1h }}
    requests: {{ input_tokens: 1000, output_tokens: 10, response_bytes: 0B }}
    llm: openai/gpt-6-luna
"
        ));
        is(&e, sku, expected);
    }
}

#[test]
fn every_platform_runs() {
    let book = book();
    for platform in book.platforms() {
        let (service, platform) = (platform.service, platform.platform);
        let transport = match platform.transports.first() {
            None | Some(Transport::Sse) => "sse",
            Some(Transport::Websocket) => "websocket",
            Some(Transport::Http) => "http",
        };
        let (function, path) = match (platform.scaling, service.provider_name.as_str()) {
            (Scaling::None, "AWS") => ("aws-lambda", platform.id.as_str()),
            (Scaling::None, "Microsoft") => ("azure-functions-flex", platform.id.as_str()),
            (Scaling::None, "Google Cloud") => ("cloud-run", platform.id.as_str()),
            (Scaling::None, _) => ("cloudflare-workers", platform.id.as_str()),
            (_, _) => (platform.id.as_str(), ""),
        };
        let e = estimate(&format!(
            "period: 1h
projection: none
workloads:
  - name: w
    platform: {function}
    transport: {transport}
    path: [{path}]
    arrivals: {{ pattern: steady, rate: 1/s, window: 1h }}
    requests: {{ input_tokens: 900, output_tokens: 400 }}
"
        ));
        assert_eq!(e["replay"][0]["requests"], 3600, "{}", platform.id);
        let own = |list: &str| {
            let lines = e[list].as_array().unwrap().iter();
            lines.filter(|c| c["service_name"] == service.service_name.as_str()).count()
        };
        assert!(own("charges") + own("unpriced") > 0, "{} costs nothing", platform.id);
    }
}
