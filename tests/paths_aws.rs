//! AWS's gateways, load balancer, CDN and streams as paths: what their meters count of plain traffic.

use crate::cli::{LAB, adds_up, json};
use serde_json::Value;
use std::fs;

/// An hour with one request a second through `path` to a function.
fn hour(path: &str, transport: &str, requests: &str) -> Value {
    let scenario = format!(
        "period: 1h
projection: none
workloads:
  - name: w
    platform: function
    deployment: {{ startup_time: 0ms }}
    transport: {transport}
    path: [{path}]
    arrivals: {{ pattern: steady, rate: 1/s, window: 1h }}
    requests: {{ {requests} }}
"
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), scenario).unwrap();
    // The tests' own platform, as if AWS sold it.
    let lab = fs::read_to_string(format!("{LAB}/lab.yaml")).unwrap();
    let own = lab.replace("service_provider_name: Lab", "service_provider_name: AWS");
    let own = own.replace("lab", "function");
    fs::create_dir(folder.path().join("prices")).unwrap();
    fs::write(folder.path().join("prices/function.yaml"), own).unwrap();
    let arguments = ["s.yaml", "--pricing", "prices", "--no-free-tier"];
    let estimate = json(&arguments, folder.path());
    adds_up(&estimate);
    estimate
}

fn quantity<'a>(e: &'a Value, sku: &str) -> Option<&'a str> {
    let charges = e["charges"].as_array().unwrap();
    charges.iter().find(|c| c["sku_id"] == sku)?["pricing_quantity"].as_str()
}

#[track_caller]
fn is(e: &Value, sku: &str, expected: &str) {
    assert_eq!(quantity(e, sku), Some(expected), "{sku}");
}

#[test]
fn kinesis_shards_follow_the_busiest_second() {
    let events = "duration: 100ms, messages_in: 1500, request_bytes: 15000";
    let settings = "mode: provisioned, retention: 7d, efo_consumers: 3";
    let through = |more: &str| {
        hour(&format!("{{ via: aws-kinesis, settings: {{ {settings}{more} }} }}"), "http", events)
    };
    let e = through("");
    is(&e, "aws-kinesis-shards", "2");
    is(&e, "aws-kinesis-extended-retention", "2");
    is(&e, "aws-kinesis-efo-consumers", "6");
    // Records of 10 bytes: a unit each.
    is(&e, "aws-kinesis-put-units", "5.4");
    assert_eq!(quantity(&e, "aws-kinesis-on-demand-streams"), None);
    assert_eq!(quantity(&e, "function-egress"), None);
    is(&through(", shards: 5"), "aws-kinesis-shards", "5");
}

#[test]
fn kinesis_on_demand_rounds_each_record_up_to_a_kilobyte() {
    let events = "duration: 100ms, messages_in: 10, request_bytes: 15000";
    let e = hour("{ via: aws-kinesis, settings: { consumers: 2 } }", "http", events);
    is(&e, "aws-kinesis-on-demand-streams", "1");
    // 36,000 records of 1,500 bytes: 2 KiB each when written, as they are when read.
    is(&e, "aws-kinesis-on-demand-ingest", "0.068664550781");
    is(&e, "aws-kinesis-on-demand-retrieval", "0.100582838058");
}

#[test]
fn kinesis_advantage_pays_25_megabytes_a_second_each_way() {
    let events = "duration: 100ms, messages_in: 10, request_bytes: 15000";
    let path = "{ via: aws-kinesis, settings: { mode: advantage, consumers: 2 } }";
    let e = hour(path, "http", events);
    // 25 × 3,600 ÷ 1,024.
    is(&e, "aws-kinesis-advantage-ingest", "87.890625");
    is(&e, "aws-kinesis-advantage-retrieval", "87.890625");
    // 15 MB/s come in; three readers take 45 MB/s, more than the minimum.
    let events = "duration: 100ms, messages_in: 100, request_bytes: 15000000";
    let e = hour(&path.replace("consumers: 2", "consumers: 1, efo_consumers: 2"), "http", events);
    is(&e, "aws-kinesis-advantage-ingest", "87.890625");
    is(&e, "aws-kinesis-advantage-retrieval", "150.874257087708");
}

#[test]
fn api_gateway_counts_steps_of_bytes() {
    let e = hour("aws-api-gateway-rest", "sse", "duration: 10s, response_bytes: 25MiB");
    is(&e, "aws-api-gateway-rest-requests", "10800");
    assert_eq!(quantity(&e, "function-egress"), None, "bytes leave from the gateway");
    let upload = "duration: 1s, request_bytes: 1200000, response_bytes: 100kB";
    let e = hour("aws-api-gateway-http", "http", upload);
    is(&e, "aws-api-gateway-http-requests", "10800");
}

#[test]
fn api_gateway_counts_messages_both_ways_and_idle_minutes() {
    let chat = "duration: 10s, request_bytes: 40000, messages_out: 3, response_bytes: 9000, turns_per_connection: 2, idle_between_turns: 50s";
    let e = hour("aws-api-gateway-websocket", "websocket", chat);
    // 40,000 bytes in are two steps, three small messages out one each.
    is(&e, "aws-api-gateway-messages", "18000");
    is(&e, "aws-api-gateway-connections", "0.0036");
}

#[test]
fn streams_that_api_gateway_cuts_are_warned_about() {
    let long = hour("aws-api-gateway-http", "http", "duration: 40s, response_bytes: 1kB");
    let warnings = long["warnings"].to_string();
    assert!(warnings.contains("3,600 of 3,600 streams last longer than the 30s"), "{warnings}");
}

#[test]
fn answers_that_a_load_balancer_cuts_are_warned_about() {
    let large = "{ via: aws-alb, settings: { target: lambda } }";
    let large = hour(large, "http", "duration: 1s, response_bytes: 2MB");
    let warnings = large["warnings"].to_string();
    assert!(warnings.contains("3,600 of 3,600 answers exceed the 1,048,576 bytes"), "{warnings}");
}

#[test]
fn a_load_balancer_pays_its_fullest_dimension() {
    let page = "duration: 100ms, request_bytes: 1000, response_bytes: 999000";
    let e = hour("aws-alb", "http", page);
    is(&e, "aws-alb-hours", "1");
    is(&e, "aws-alb-capacity", "3.6");
    let e = hour("{ via: aws-alb, settings: { target: lambda } }", "http", page);
    is(&e, "aws-alb-capacity-lambda", "9");
}

#[test]
fn a_nat_gateway_pays_hours_and_bytes() {
    let e = hour("aws-nat-gateway", "http", "duration: 1s, response_bytes: 1MB");
    is(&e, "aws-nat-gateway-hours", "1");
    is(&e, "aws-nat-gateway-data", "3.352761268616");
}

#[test]
fn with_cloudfront_bytes_leave_from_the_edge() {
    let e =
        hour("aws-cloudfront", "http", "duration: 1s, request_bytes: 1000, response_bytes: 1MB");
    is(&e, "aws-cloudfront-data-transfer-out", "3.352761268616");
    is(&e, "aws-cloudfront-requests", "0.36");
    is(&e, "aws-cloudfront-to-origin", "0.003352761269");
    assert_eq!(quantity(&e, "function-egress"), None);
}
