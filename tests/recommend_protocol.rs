//! SSC305: what each transport costs where it is possible, and why others are not.

use crate::placing::{advised, kept, shipped, told, total};
use ssc::diagnostic::Source;
use ssc::pricing::Book;

const RULE: &[&str] = &["protocol"];

#[test]
fn the_shipped_scenario_streams_events_instead() {
    let book = Book::embedded().unwrap();
    let source = shipped("protocol");
    let found = advised(&book, &source, RULE);
    insta::assert_snapshot!(told(&found));
    let plan = kept(&book, &found, RULE);
    // Some answers last longer than this gateway waits: it is not even priced.
    assert!(!told(&found).contains("aws-api-gateway-http"));
    for via in ["aws-api-gateway-rest", "aws-lambda-function-url"] {
        let text = source.text().replace("websocket\n", "sse\n");
        let text = text.replace("[aws-api-gateway-websocket]", &format!("[{via}]"));
        assert_ne!(text, source.text());
        assert!(plan.effect.after.total <= total(&book, &Source::new("x.yaml", text)));
    }
}

#[test]
fn what_is_impossible_is_refused() {
    let book = Book::embedded().unwrap();
    let text = "
pricing_date: 2026-11-23
workloads:
  - name: long
    platform: vercel-legacy
    arrivals: { pattern: poisson, rate: 5k/month }
    requests: { duration: { p50: 25s, p95: 80s }, cpu: 50ms, response_bytes: 100kB }
";
    let found = advised(&book, &Source::new("long.yaml", text), RULE);
    insta::assert_snapshot!(told(&found));
}
