//! AWS's own worked examples, and the arithmetic of its calculator, billed with the shipped prices: one test for each
//! price file. What a meter counts is shown by small scenarios at the end.

use crate::bills::{Bill, same};
use crate::book::book;
use crate::cli::json;
use ssc::pricing::Pool;

/// Examples that cannot be an oracle, and why.
const EXCLUDED: &[(&str, &str)] = &[
    (
        "Lambda, Kafka pollers, total",
        "the page bills 60 M requests where 30 M were made; its other lines are here",
    ),
    (
        "Lambda, tenant isolation, total",
        "the page rounds the rate up to 0.000167; the exact total is here",
    ),
    (
        "MicroVMs, totals",
        "the page rounds the snapshot rates to three digits; the exact totals are here",
    ),
    (
        "API Gateway, large REST API, transfer",
        "the page bills 57 TB at the first tier's price; tiered here",
    ),
    ("Fargate, Windows", "its rates were not seen, so they are not priced"),
    (
        "Kinesis, calculator, Advantage",
        "drifts by 0.04 inside the calculator; its own formula is here",
    ),
    ("Infracost, network load balancers", "not priced"),
];

/// The bill and what its lines and total must round to.
#[track_caller]
fn check(what: &str, bill: &Bill, lines: &[(&str, &str)], total: &str) {
    let book = book();
    for (sku, stated) in lines {
        same(&format!("{what}, {sku}"), bill.line(&book, sku), stated);
    }
    same(what, bill.total(&book), total);
}

#[test]
fn lambda() {
    let on = || Bill::on("aws-lambda", "us-east-1");
    let (requests, x86, arm) =
        ("aws-lambda-requests", "aws-lambda-duration-x86", "aws-lambda-duration-arm");
    let (kafka, sqs) = ("aws-lambda-event-pollers-kafka", "aws-lambda-event-pollers-sqs");

    // 30 M invocations of 2 s at 1 GB, 800 poller hours; the page has free duration but no free requests.
    let stream = on().usage(requests, "30000000").usage(x86, "60000000").usage(kafka, "800");
    check("Kafka", &stream.free_tier(true), &[(x86, "993.3"), (kafka, "148")], "1147.13532");
    let queue = on().usage(requests, "30000000").usage(x86, "30000000").usage(sqs, "8000");
    check("SQS", &queue, &[(x86, "500"), (requests, "6"), (sqs, "74")], "580.001");
    let ten = on().usage(requests, "300000000").usage(x86, "60000000").usage(kafka, "720");
    check(
        "ten Kafka mappings",
        &ten,
        &[(x86, "1000"), (requests, "60"), (kafka, "133.2")],
        "1193.202",
    );

    // 1 M executions, each 32 s at 1 GB in two invocations, 4 operations, 104 KB kept for 7 + 14 days.
    let durable = on()
        .usage(requests, "2000000")
        .usage(arm, "32000000")
        .usage("aws-lambda-durable-operations", "4000000")
        .usage("aws-lambda-durable-data-written", "104")
        .usage("aws-lambda-durable-data-retained", "72.8")
        .free_tier(true);
    let lines = [
        (arm, "421.34"),
        (requests, "0.20"),
        ("aws-lambda-durable-operations", "32.00"),
        ("aws-lambda-durable-data-written", "26.00"),
        ("aws-lambda-durable-data-retained", "10.92"),
    ];
    check("durable functions", &durable, &lines, "490.455440");

    let tenants = on()
        .usage(requests, "10000000")
        .usage(x86, "20000000")
        .usage("aws-lambda-tenant-environments-x86", "200000");
    check("tenants", &tenants, &[(requests, "2"), (x86, "333.33")], "368.6674");

    // 8,800 h at 8 GB, every provisioned unit busy all the time.
    let busy = on().usage("aws-lambda-provisioned-concurrency-x86", "253440000").pooled(
        "aws-lambda-provisioned-duration-x86",
        Pool::Provisioned,
        "253440000",
    );
    check("fully busy", &busy, &[], "3520.00");
    // 1 M requests of 10 s at 4 GB of memory and 6 GB of /tmp: the disk by its own size, not times memory.
    let disk = on().usage("aws-lambda-ephemeral-storage", "55000000");
    check("/tmp", &disk, &[], "1.6995");
    let streamed = on().usage("aws-lambda-response-streaming", "350").free_tier(true);
    check("streamed bytes", &streamed, &[], "2.000");
    // Hong Kong is dearer in both.
    let hong_kong =
        Bill::on("aws-lambda", "ap-east-1").usage(requests, "1000000").usage(x86, "1000");
    check("Hong Kong", &hong_kong, &[(requests, "0.28")], "0.30292");
}

#[test]
fn lambda_managed_instances() {
    let hours = Bill::on("aws-lambda-managed-instances", "us-east-1")
        .usage("aws-lambda-managed-c7g.xlarge", "8800")
        .usage("aws-lambda-managed-c7g.xlarge-fee", "8800");
    check("8,800 h", &hours, &[], "1467");
    let fee = |kind: &str| {
        let sku = |end: &str| format!("aws-lambda-managed-{kind}{end}");
        let bill = |sku: String| {
            Bill::on("aws-lambda-managed-instances", "us-east-1").usage(&sku, "1").total(&book()).0
        };
        (bill(sku("")), bill(sku("-fee")))
    };
    for kind in ["c7g.xlarge", "c7i.xlarge", "m7g.xlarge"] {
        let (instance, fee) = fee(kind);
        assert_eq!(fee, instance * rust_decimal::Decimal::new(15, 2), "{kind}: 15 % of EC2");
    }
}

#[test]
fn lambda_microvms() {
    let (vcpu, memory) = ("aws-lambda-microvms-vcpu", "aws-lambda-microvms-memory");
    let (read, write) = ("aws-lambda-microvms-snapshot-read", "aws-lambda-microvms-snapshot-write");
    let stored = "aws-lambda-microvms-storage";
    let on = || Bill::on("aws-lambda-microvms", "us-east-1");
    // 100 developers, 20 days, 2.5 h a day, a quarter of it at 8 GB and 4 vCPU instead of 2 and 1; six suspensions of
    // 2 GB a day, 5.5 h suspended; five images of 2 GB.
    let sandboxes = on()
        .usage(vcpu, "31500000")
        .usage(memory, "63000000")
        .usage(write, "24000")
        .usage(read, "28000")
        .usage(stored, "29200");
    let lines = [(vcpu, "872.37"), (memory, "231.00"), (stored, "3.24")];
    check("coding sandboxes", &sandboxes, &lines, "1241.07");
    // 10,000 jobs of 600 s at 8 GB and 4 vCPU, a tenth of it at 32 and 16.
    let jobs = on()
        .usage(vcpu, "31200000")
        .usage(memory, "62400000")
        .usage(read, "20000")
        .usage(stored, "1440");
    let lines = [(vcpu, "864.07"), (memory, "228.80"), (stored, "0.16")];
    check("CI jobs", &jobs, &lines, "1123.96");
}

#[test]
fn lambda_edge() {
    let bill = Bill::on("aws-lambda-edge", "us-east-1")
        .usage("aws-lambda-edge-requests", "10000000")
        .usage("aws-lambda-edge-duration", "12500");
    let lines = [("aws-lambda-edge-duration", "0.63"), ("aws-lambda-edge-requests", "6.00")];
    check("Lambda@Edge", &bill, &lines, "6.625125");
}

#[test]
fn fargate() {
    let on = || Bill::on("aws-fargate", "us-east-1");
    let disk = "aws-fargate-ephemeral-storage";
    let (vcpu, memory) = ("aws-fargate-vcpu-x86", "aws-fargate-memory-x86");
    // Five tasks of 10 min a day for 30 days, 1 vCPU, 2 GB and 30 GB of disk.
    let x86 = on().usage(vcpu, "25").usage(memory, "50").usage(disk, "900000");
    check("tasks", &x86, &[(vcpu, "1.01"), (memory, "0.22"), (disk, "0.03")], "1.26");
    let (avcpu, amemory) = ("aws-fargate-vcpu-arm", "aws-fargate-memory-arm");
    let arm = on().usage(avcpu, "25").usage(amemory, "50").usage(disk, "900000");
    check("tasks on arm64", &arm, &[(avcpu, "0.81"), (amemory, "0.18"), (disk, "0.03")], "1.02");
    // Ten pods of an hour a day, 0.25 vCPU and 1 GB.
    let pods = on().usage(vcpu, "75").usage(memory, "300");
    check("pods", &pods, &[(vcpu, "3.04"), (memory, "1.33")], "4.37");
    let month = on().usage(vcpu, "730").usage(memory, "1460");
    check("a month", &month, &[(vcpu, "29.55"), (memory, "6.49")], "36.04");
}

#[test]
fn kinesis() {
    let on = || Bill::on("aws-kinesis", "us-east-2");
    let efo = |hours| on().usage("aws-kinesis-efo-consumers", hours);
    check("ten shards, one fan-out consumer, an hour", &efo("10"), &[], "0.15");
    check("ten shards, two fan-out consumers, an hour", &efo("20"), &[], "0.30");

    // 100 KB/s into one stream, ten consumers by GetRecords and ten by enhanced fan-out.
    let (streams, ingest) = ("aws-kinesis-on-demand-streams", "aws-kinesis-on-demand-ingest");
    let (get, fan) = ("aws-kinesis-on-demand-retrieval", "aws-kinesis-on-demand-efo-retrieval");
    let demand = on()
        .usage(streams, "730")
        .usage(ingest, "262800000/1048576")
        .usage(get, "2628000000/1048576")
        .usage(fan, "2628000000/1048576");
    let lines = [(streams, "29.20"), (ingest, "20.05"), (get, "100.25"), (fan, "125.31")];
    check("on demand", &demand, &lines, "274.81");

    // Below 25 MB/s each way: 2,628,000 s of it.
    let floor = on()
        .usage("aws-kinesis-advantage-ingest", "64160.15625")
        .usage("aws-kinesis-advantage-retrieval", "64160.15625");
    check("Advantage", &floor, &[], "3079.6875");

    // 16.67 records a second of 3 KB.
    let (shards, put) = ("aws-kinesis-shards", "aws-kinesis-put-units");
    let small = on().usage(shards, "730").usage(put, "43.80876");
    check("one shard", &small, &[(shards, "10.95"), (put, "0.61")], "11.56");
}

#[test]
fn api_gateway() {
    let on = || Bill::on("aws-api-gateway", "us-east-1");
    let (http, rest) = ("aws-api-gateway-http-requests", "aws-api-gateway-rest-requests");
    let out = "aws-api-gateway-data-transfer-out";
    check("HTTP API", &on().usage(http, "432000000"), &[], "418.80");
    // 25 uploads of 4.5 MB a minute for 30 days: nine units each.
    check("HTTP API, uploads", &on().usage(http, "9720000"), &[], "9.72");
    let small = on().usage(rest, "5000000").usage(out, "15000000/1048576");
    check("REST API", &small, &[(rest, "17.50"), (out, "1.29")], "18.79");
    let large = on().usage(rest, "15000000000").usage(out, "60000000000/1048576");
    check("large REST API", &large, &[(rest, "36353.10"), (out, "4824.63")], "41177.73");
    let private = on()
        .usage(rest, "5000000")
        .usage("aws-api-gateway-private-endpoint", "720")
        .usage("aws-api-gateway-private-data", "16500000/1048576");
    check("private REST API", &private, &[("aws-api-gateway-private-data", "0.16")], "24.86");

    let chat = || {
        on().usage("aws-api-gateway-messages", "3000000")
            .usage("aws-api-gateway-connections", "2.75")
    };
    check("WebSocket", &chat().free_tier(true), &[], "3.6875");
    let new = chat().free_tier(true).option("free_tier", "new_customer");
    check("WebSocket, first year", &new, &[], "2.500");
}

#[test]
fn load_balancer() {
    let bill = Bill::on("aws-alb", "us-east-1")
        .usage("aws-alb-hours", "730")
        .usage("aws-alb-capacity", "1000");
    check("1,000 GB", &bill, &[("aws-alb-hours", "16.43"), ("aws-alb-capacity", "8.00")], "24.425");
}

#[test]
fn cloudfront() {
    let on = || {
        Bill::on("aws-cloudfront", "us")
            .usage("aws-cloudfront-data-transfer-out", "20480")
            .usage("aws-cloudfront-requests", "3000")
    };
    let used = || on().option("plan", "pay_as_you_go");
    check("20 TB, 30 M requests", &used(), &[], "1719.60");
    // 19,456 GB and 20 M requests remain.
    check("20 TB, 30 M requests, free ones off", &used().free_tier(true), &[], "1627.68");
    let flat = Bill::on("aws-cloudfront", "us").option("plan", "business");
    check("a flat rate", &flat, &[], "200");
}

#[test]
fn nat_gateway() {
    let bill = Bill::on("aws-nat-gateway", "us-east-1")
        .usage("aws-nat-gateway-hours", "730")
        .usage("aws-nat-gateway-data", "100");
    check("100 GB", &bill, &[("aws-nat-gateway-hours", "32.85")], "37.35");
}

#[test]
fn app_runner() {
    // 2 GB all month, busy for 12 hours of it: idle memory, and vCPU on top while it serves.
    let bill = Bill::on("aws-app-runner", "us-east-1")
        .usage("aws-app-runner-memory", "1460")
        .usage("aws-app-runner-vcpu", "12");
    check("one instance", &bill, &[("aws-app-runner-memory", "10.22")], "10.988");
    let tokyo = Bill::on("aws-app-runner", "ap-northeast-1").usage("aws-app-runner-memory", "1460");
    check("Tokyo", &tokyo, &[], "13.14");
}

#[test]
fn agentcore() {
    // A thousand sessions of 60 s and 15 idle minutes at 1 GB, a second of CPU each.
    let bill = Bill::on("aws-agentcore", "us-east-1")
        .usage("aws-agentcore-memory", "960000/3600")
        .usage("aws-agentcore-cpu", "1000/3600");
    let lines = [("aws-agentcore-memory", "2.52"), ("aws-agentcore-cpu", "0.0249")];
    check("a thousand sessions", &bill, &lines, "2.54486");
}

#[test]
fn data_transfer() {
    let on =
        |region, gb| Bill::on("aws-data-transfer", region).usage("aws-data-transfer-internet", gb);
    check("Virginia", &on("us-east-1", "57000"), &[], "4809.20");
    check("Ireland", &on("eu-west-1", "157000"), &[], "11741.20");
    check("Tokyo", &on("ap-northeast-1", "157000"), &[], "13904.80");
    check("Seoul", &on("ap-northeast-2", "157000"), &[], "18635.36");
    check("free", &on("us-east-1", "100").free_tier(true), &[], "0");
}

#[test]
fn logs() {
    let sku = "aws-cloudwatch-logs-lambda";
    let bill = |gb| Bill::on("aws-cloudwatch-logs", "us-east-1").usage(sku, gb);
    check("1,000 GB", &bill("1000"), &[], "500");
    // 10, 20, 20 and 10 TB.
    check("60 TB", &bill("61440"), &[], "12800");
}

#[test]
fn bedrock_profiles_cost_a_tenth_more_than_global() {
    let book = book();
    let bedrock = book.llm_providers.iter().find(|p| p.id == "amazon-bedrock").unwrap();
    let date = "2026-11-23".parse().unwrap();
    let mut pairs = 0;
    for model in &bedrock.models {
        let Some(name) = model.id.strip_prefix("regional.") else { continue };
        let global = bedrock.model(&format!("global.{name}")).unwrap().price_on(date).unwrap();
        let regional = model.price_on(date).unwrap();
        let tenth = rust_decimal::Decimal::new(11, 1);
        assert_eq!(regional.standard.input.0, global.standard.input.0 * tenth, "{name}");
        assert_eq!(regional.standard.output.0, global.standard.output.0 * tenth, "{name}");
        pairs += 1;
    }
    assert!(pairs >= 11, "{pairs}");
}

#[test]
fn every_exclusion_has_a_reason() {
    assert!(EXCLUDED.iter().all(|(name, why)| !name.is_empty() && !why.is_empty()));
}

/// The quantity of the charge whose name starts with `name`, without free tier.
#[track_caller]
fn metered(scenario: &str, name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.yaml"), scenario).unwrap();
    let estimate = json(&["s.yaml", "--no-free-tier"], folder.path());
    let charges = estimate["charges"].as_array().unwrap();
    let is = |c: &&serde_json::Value| c["charge_description"].as_str().unwrap().starts_with(name);
    let charge = charges.iter().find(is).unwrap_or_else(|| panic!("no {name}: {charges:#?}"));
    charge["pricing_quantity"].as_str().unwrap().to_owned()
}

fn one(platform: &str, deployment: &str, rate: &str, requests: &str) -> String {
    format!(
        "period: 720h
projection: none
workloads:
  - name: w
    platform: {platform}
    deployment: {{ {deployment} }}
    arrivals: {{ pattern: steady, rate: {rate}, window: 720h }}
    requests: {{ {requests} }}
"
    )
}

/// 7,200 requests of 10 s with 6 GB of /tmp at 4 GB of memory: 5.5 GB are paid, whatever the memory.
#[test]
fn lambda_disk_is_not_multiplied_by_memory() {
    let deployment = "memory: 4GB, ephemeral_storage: 6GB, startup_time: 0ms";
    let scenario = one("aws-lambda", deployment, "10/h", "duration: 10s");
    assert_eq!(metered(&scenario, "Ephemeral storage"), "396000");
}

/// 720 responses of 10 MiB: 4 MiB of each are paid.
#[test]
fn lambda_streams_six_megabytes_of_each_response_for_free() {
    let scenario = one("aws-lambda", "memory: 1GB", "1/h", "duration: 10s, response_bytes: 10MiB");
    assert_eq!(metered(&scenario, "Response streaming"), "2.8125");
}

/// A request an hour finds its environment gone: each start pays for a tenant's environment of 2 GB.
#[test]
fn lambda_tenants_pay_for_each_environment() {
    let deployment = "memory: 2GB, tenant_isolation: \"on\"";
    let scenario = one("aws-lambda", deployment, "1/h", "duration: 1s");
    assert_eq!(metered(&scenario, "Tenant environments"), "1440");
}

/// Every hour a machine of 2 GB starts, runs 1 s of start, 60 s of work and 5 min of idling, and is suspended.
#[test]
fn microvms_are_paid_from_start_to_suspension() {
    let scenario = |more: &str| one("aws-lambda-microvms", more, "1/h", "duration: 60s");
    assert_eq!(metered(&scenario(""), "vCPU"), "259920");
    assert_eq!(metered(&scenario(""), "Snapshots written"), "1440");
    assert_eq!(metered(&scenario("memory: 8GiB"), "vCPU"), "1039680");
    assert_eq!(metered(&scenario("on_idle: terminate"), "Snapshots read"), "1440");
}

/// One task that is never idle long enough to be removed, for 720 hours.
#[test]
fn fargate_tasks_are_paid_busy_or_not() {
    let scenario = one("fargate", "startup_time: 0s", "1/h", "duration: 60s");
    assert_eq!(metered(&scenario, "vCPU (x86_64)"), "720");
    let disk = one("fargate", "ephemeral_storage: 30GiB", "1/h", "duration: 60s");
    assert_eq!(metered(&disk, "Ephemeral storage"), "25920000");
}

/// Three instances from the start, each with its fee.
#[test]
fn managed_instances_start_with_three() {
    let scenario = one("aws-lambda-managed-instances", "startup_time: 0s", "1/h", "duration: 60s");
    assert_eq!(metered(&scenario, "EC2 instance c7g.xlarge"), "2160");
    assert_eq!(metered(&scenario, "Management fee c7g.xlarge"), "2160");
}
