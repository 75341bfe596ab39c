//! Infracost's AWS resources besides Lambda: which SKU a row of their golden files is, and how much of it.

use rust_decimal::Decimal;
use serde_json::Value;

const HOURS: i64 = 730;

fn num(value: &Value) -> Option<Decimal> {
    (!value.is_null()).then(|| value.to_string().trim_matches('"').parse().unwrap())
}

/// Service, SKU and quantity of a row.
pub(crate) fn usage(
    kind: &str,
    item: &str,
    inputs: &Value,
) -> Option<(&'static str, String, String)> {
    let (attrs, use_) = (&inputs["attrs"], &inputs["usage"]);
    let get = |name: &str| num(&use_[name]);
    let hours = Decimal::from(HOURS);
    let (service, sku, quantity) = match kind {
        "aws_kinesis_stream" => {
            let (sku, quantity) = kinesis(item, attrs, use_)?;
            ("aws-kinesis", sku, quantity)
        }
        "aws_api_gateway_rest_api" => {
            ("aws-api-gateway", "aws-api-gateway-rest-requests", get("monthly_requests")?)
        }
        "aws_api_gateway_stage" => {
            let sku = match attrs["cache_cluster_size"].to_string().as_str() {
                "0.5" => "aws-api-gateway-cache-0.5gb",
                "237" => "aws-api-gateway-cache-237gb",
                _ => return None,
            };
            ("aws-api-gateway", sku, hours)
        }
        "aws_apigatewayv2_api" => {
            let steps = |size: &str, step: i64| Some((get(size)? / Decimal::from(step)).ceil());
            let (sku, quantity) = match item.split(" (").next()? {
                "Requests" => (
                    "aws-api-gateway-http-requests",
                    get("monthly_requests")? * steps("request_size_kb", 512)?,
                ),
                "Messages" => (
                    "aws-api-gateway-messages",
                    get("monthly_messages")? * steps("message_size_kb", 32)?,
                ),
                _ => (
                    "aws-api-gateway-connections",
                    get("monthly_connection_mins")? / Decimal::from(1_000_000),
                ),
            };
            ("aws-api-gateway", sku, quantity)
        }
        "aws_data_transfer" => {
            let (sku, quantity) = match item.split(" (").next()? {
                // Infracost counts what crosses a zone once; it is paid on both sides.
                "Intra-region data transfer" => {
                    ("aws-data-transfer-cross-zone", get("monthly_intra_region_gb")? * Decimal::TWO)
                }
                "Outbound data transfer to Internet" => {
                    ("aws-data-transfer-internet", get("monthly_outbound_internet_gb")?)
                }
                "Outbound data transfer to US East regions" => {
                    ("aws-data-transfer-us-east", get("monthly_outbound_us_east_to_us_east_gb")?)
                }
                _ => ("aws-data-transfer-inter-region", get("monthly_outbound_other_regions_gb")?),
            };
            ("aws-data-transfer", sku, quantity)
        }
        "aws_lb" | "aws_alb" if attrs["load_balancer_type"] != "network" => match item {
            "Application load balancer" => ("aws-alb", "aws-alb-hours", hours),
            // Of these loads the bytes fill most, one unit by a GB each hour.
            _ => ("aws-alb", "aws-alb-capacity", get("processed_bytes_gb")?),
        },
        // The task definitions of the file have 1 vCPU and 2 GB.
        "aws_ecs_service" => {
            let tasks = num(&attrs["desired_count"])? * hours;
            if item.contains("vCPU") {
                ("aws-fargate", "aws-fargate-vcpu-x86", tasks)
            } else {
                ("aws-fargate", "aws-fargate-memory-x86", tasks * Decimal::TWO)
            }
        }
        "aws_nat_gateway" => match item {
            "NAT gateway" => ("aws-nat-gateway", "aws-nat-gateway-hours", hours),
            _ => ("aws-nat-gateway", "aws-nat-gateway-data", get("monthly_data_processed_gb")?),
        },
        "aws_cloudwatch_log_group" => match item {
            "Data ingested" => (
                "aws-cloudwatch-logs",
                "aws-cloudwatch-logs-ingested",
                get("monthly_data_ingested_gb")?,
            ),
            "Archival Storage" => {
                ("aws-cloudwatch-logs", "aws-cloudwatch-logs-stored", get("storage_gb")?)
            }
            _ => (
                "aws-cloudwatch-logs",
                "aws-cloudwatch-logs-scanned",
                get("monthly_data_scanned_gb")?,
            ),
        },
        _ => return None,
    };
    Some((service, sku.to_owned(), written(sku, quantity)))
}

fn kinesis(item: &str, attrs: &Value, use_: &Value) -> Option<(&'static str, Decimal)> {
    let get = |name: &str| num(&use_[name]);
    let hours = Decimal::from(HOURS);
    let provisioned = attrs["stream_mode_details"][0]["stream_mode"] != "ON_DEMAND";
    Some(match (item, provisioned) {
        ("PROVISIONED", _) => {
            let shards = num(&attrs["shard_count"]).unwrap_or(Decimal::ONE);
            ("aws-kinesis-shards", shards * hours)
        }
        ("ON_DEMAND", _) => ("aws-kinesis-on-demand-streams", hours),
        ("Put request unit", _) => {
            let units = get("monthly_provisioned_put_units")?;
            ("aws-kinesis-put-units", units / Decimal::from(1_000_000))
        }
        // Infracost multiplies GB by the price of a shard-hour, which is what the price is for.
        ("Extended retention (24H to 7D)", true) => {
            ("aws-kinesis-extended-retention", get("monthly_provisioned_extended_retention_gb")?)
        }
        ("Extended retention (24H to 7D)", false) => (
            "aws-kinesis-on-demand-extended-retention",
            get("monthly_on_demand_extended_retention_gb")?,
        ),
        ("Long term retention (7D+)", true) => {
            ("aws-kinesis-long-term-retention", get("monthly_provisioned_long_term_retention_gb")?)
        }
        ("Long term retention (7D+)", false) => {
            ("aws-kinesis-long-term-retention", get("monthly_on_demand_long_term_retention_gb")?)
        }
        ("Extended retention retrieval (7D+)", _) => {
            ("aws-kinesis-long-term-retrieval", get("monthly_provisioned_long_term_retrieval_gb")?)
        }
        ("Enhanced Fan Out (EFO) Data retrieval", true) => {
            ("aws-kinesis-efo-data", get("monthly_provisioned_efo_data_out_gb")?)
        }
        ("Enhanced Fan Out (EFO) Data retrieval", false) => {
            ("aws-kinesis-on-demand-efo-retrieval", get("monthly_on_demand_efo_data_out_gb")?)
        }
        ("Enhanced Fan Out (EFO)", _) => {
            ("aws-kinesis-efo-consumers", get("monthly_provisioned_efo_consumer_hours")?)
        }
        ("Data ingested", _) => {
            ("aws-kinesis-on-demand-ingest", get("monthly_on_demand_data_in_gb")?)
        }
        ("Data retrieval", _) => {
            ("aws-kinesis-on-demand-retrieval", get("monthly_on_demand_data_out_gb")?)
        }
        _ => return None,
    })
}

/// A quantity as a decimal; of data as a fraction, since 0.2 GiB is no whole number of bytes.
fn written(sku: &str, quantity: Decimal) -> String {
    if sku.starts_with("aws-kinesis-on-demand-") && !quantity.is_integer() {
        let gib = Decimal::from(1_i64 << 30);
        return format!("{}/{gib}", (quantity * gib).round());
    }
    quantity.normalize().to_string()
}

/// Where a row's usage is: transfer names its region beside the amounts.
pub(crate) fn region(inputs: &Value) -> &str {
    inputs["usage"]["region"].as_str().or(inputs["region"].as_str()).unwrap()
}

/// The tier a row's name ends in, as a statement says it.
pub(crate) fn tier(item: &str) -> Option<&str> {
    let from = item.find("(first").or(item.find("(next")).or(item.find("(over"))?;
    Some(match &item[from..] {
        "(first 10TB)" => "(first 10.24k)",
        "(next 40TB)" => "(next 40.96k)",
        "(next 100TB)" => "(next 102.4k)",
        "(over 150TB)" => "(over 153.6k)",
        tier => tier,
    })
}
