//! Infracost's golden files, billed with the shipped prices. They know no free tier.

use crate::bills::Bill;
use crate::book::book;
use rust_decimal::Decimal;
use serde_json::Value;

/// Rows that do not reproduce: a part of the resource or region, and why.
const EXPLAINED: &[(&str, &str)] = &[
    ("aws_lambda_function.lambda_china", "priced in CNY, no region of the price book"),
    ("aws_ecs_service.task_set", "its task definition, 2 vCPU and 4 GB, is not in the inputs"),
    ("google_cloud_run_service.throttling_disabled", "Infracost bills half an instance"),
];

fn num(value: &Value) -> Option<Decimal> {
    (!value.is_null()).then(|| value.to_string().trim_matches('"').parse().unwrap())
}

/// SKU and quantity of a row.
fn usage(kind: &str, item: &str, inputs: &Value) -> Option<(&'static str, String, String)> {
    let (attrs, use_) = (&inputs["attrs"], &inputs["usage"]);
    let million = Decimal::from(1_000_000);
    let get = |name: &str| num(&use_[name]);
    let (service, sku, quantity) = match kind {
        "aws_lambda_function" | "aws_lambda_provisioned_concurrency_config" => {
            let arch = attrs["architectures"][0].as_str().or(use_["architecture"].as_str());
            let arch = if arch == Some("arm64") { "arm" } else { "x86" };
            let mib = num(&attrs["memory_size"]).or(get("memory_mb")).unwrap_or(Decimal::from(128));
            let requests = get("monthly_requests")?;
            let gb = mib / Decimal::from(1_024);
            let busy = || Some(requests * get("request_duration_ms")? / Decimal::from(1_000) * gb);
            let provisioned = kind != "aws_lambda_function";
            match item {
                "Requests" => ("aws-lambda", "aws-lambda-requests".to_owned(), requests),
                "Provisioned Concurrency" => {
                    let units = num(&attrs["provisioned_concurrent_executions"])?;
                    let seconds = get("monthly_duration_hrs")? * Decimal::from(3_600);
                    let sku = format!("aws-lambda-provisioned-concurrency-{arch}");
                    ("aws-lambda", sku, units * seconds * gb)
                }
                _ if provisioned => {
                    ("aws-lambda", format!("aws-lambda-provisioned-duration-{arch}"), busy()?)
                }
                _ => ("aws-lambda", format!("aws-lambda-duration-{arch}"), busy()?),
            }
        }
        "google_cloud_run_service" | "google_cloud_run_v2_service" => {
            let half = Decimal::new(5, 1);
            let memory = item.starts_with("Memory");
            let gib = if memory { half } else { Decimal::ONE };
            if item == "Number of requests" {
                let requests = get("monthly_requests")? / million;
                ("cloud-run", "cloud-run-requests".to_owned(), requests)
            } else if let Some(hours) = get("instance_hrs") {
                let floor = num(&attrs["template"][0]["scaling"][0]["min_instance_count"]);
                let seconds = hours * Decimal::from(3_600) * floor.unwrap_or(Decimal::ONE);
                let sku =
                    if memory { "cloud-run-instance-memory" } else { "cloud-run-instance-cpu" };
                ("cloud-run", sku.to_owned(), seconds * gib)
            } else {
                let ms = get("monthly_requests")? * get("average_request_duration_ms")?;
                let seconds = ms / Decimal::from(1_000) / get("concurrent_requests_per_instance")?;
                let sku = if memory { "cloud-run-memory-active" } else { "cloud-run-cpu-active" };
                ("cloud-run", sku.to_owned(), seconds * gib)
            }
        }
        "azurerm_function_app" | "azurerm_linux_function_app" | "azurerm_windows_function_app" => {
            let service = "azure-functions";
            if let Some((_, plan)) = item.split_once("(EP") {
                let vcpu = Decimal::from(1 << (plan[..1].parse::<u32>().unwrap() - 1));
                let instances = get("instances").unwrap_or(Decimal::ONE);
                let hours = vcpu * instances * Decimal::from(730);
                if item.starts_with("vCPU") {
                    (service, "azure-functions-premium-vcpu".to_owned(), hours)
                } else {
                    (
                        service,
                        "azure-functions-premium-memory".to_owned(),
                        hours * Decimal::new(35, 1),
                    )
                }
            } else if item == "Executions" {
                let tens = get("monthly_executions")? / Decimal::TEN;
                (service, "azure-functions-consumption-executions".to_owned(), tens)
            } else {
                let step = Decimal::from(128);
                let mib = (get("memory_mb")? / step).ceil() * step / Decimal::from(1_024);
                let ms = get("execution_duration_ms")?.max(Decimal::ONE_HUNDRED);
                let seconds = get("monthly_executions")? * ms / Decimal::from(1_000);
                (service, "azure-functions-consumption-execution-time".to_owned(), seconds * mib)
            }
        }
        _ => {
            let other = crate::infracost_aws::usage(kind, item, inputs);
            return other.or_else(|| crate::infracost_azure_gcp::usage(kind, item, inputs));
        }
    };
    Some((service, sku, quantity.normalize().to_string()))
}

#[test]
#[expect(clippy::print_stderr, reason = "the counts belong in the test's output")]
fn goldens_reproduce_to_the_cent() {
    let Some(path) = crate::shared::shared("oracle/infracost.csv") else { return };
    let book = book();
    let (mut expressible, mut equal, mut explained, mut gone) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut wrong = Vec::new();
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let (resource, item, cost) = (&row[1], &row[3], &row[7]);
        let inputs: Value = serde_json::from_str(&row[2]).unwrap();
        let vendors = ["aws_", "azurerm_", "google_"];
        let kind = resource.split('.').find(|p| vendors.iter().any(|v| p.starts_with(v)));
        let kind = kind.unwrap_or(resource);
        if cost.is_empty() {
            continue;
        }
        let Some((service, sku, quantity)) = usage(kind, item, &inputs) else { continue };
        if EXPLAINED.iter().any(|(part, _)| resource.contains(part)) {
            explained += 1;
            continue;
        }
        if book.service(service).is_none() {
            gone += 1;
            continue;
        }
        expressible += 1;
        let region = crate::infracost_aws::region(&inputs).to_lowercase().replace(' ', "");
        let bill = Bill::on(service, &region).usage(&sku, &quantity);
        let statement = bill.statement(&book);
        // A tier's row is that tier's charge: both end in words such as "(next 9B)".
        let tier = crate::infracost_aws::tier(item);
        let tiered = statement.charges.len() > 1;
        let ours = |c: &&ssc::billing::Charge| {
            !tiered || tier.is_none_or(|t| c.charge_description.ends_with(t))
        };
        let billed: ssc::units::Money =
            statement.charges.iter().filter(ours).map(|c| c.billed_cost).sum();
        let half_up = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
        if billed.0.round_dp_with_strategy(2, half_up) == cost.parse().unwrap() {
            equal += 1;
        } else {
            wrong.push(format!("{resource} {item}: {cost}, not {}", billed.0));
        }
    }
    eprintln!("infracost: {equal} of {expressible} rows equal, {explained} explained");
    if gone > 0 {
        eprintln!("SKIPPED: {gone} rows of services that are not in the book");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(expressible + gone > 100 && equal * 100 >= expressible * 95);
    assert!(EXPLAINED.iter().all(|(_, why)| !why.is_empty()));
}
