//! What describes the CSV: the schema that FOCUS asks for, and what the file leaves out.

use super::columns::{Column, Kind, instant};
use super::{Focus, period};
use crate::estimate::Estimate;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Digits that a decimal of this program can have, and those after the point.
const PRECISION: (u32, u32) = (28, 18);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    data_generator: &'static str,
    schema_id: String,
    focus_version: &'static str,
    data_generator_version: &'static str,
    creation_date: String,
    column_definition: Vec<Definition>,
    #[serde(rename = "x_Estimate")]
    estimate: Facts<'a>,
    #[serde(rename = "x_Unpriced")]
    unpriced: Vec<Unpriced<'a>>,
    #[serde(rename = "x_Assumptions")]
    assumptions: Vec<Assumption<'a>>,
    #[serde(rename = "x_Warnings")]
    warnings: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    column_name: &'static str,
    data_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    numeric_precision: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_scale: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Facts<'a> {
    scenario: &'a str,
    scenario_digest: &'a str,
    price_list_digest: &'a str,
    pricing_date: String,
    period_start: String,
    period_end: String,
    total_billed_cost: String,
    complete: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Unpriced<'a> {
    workload: Option<&'a str>,
    sku_id: &'a str,
    name: &'a str,
    region_id: Option<&'a str>,
    quantity: String,
    unit: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Assumption<'a> {
    subject: &'a str,
    value: &'a str,
    origin: String,
}

/// The metadata as indented JSON; `longest` has the longest value of each column in the file.
pub(super) fn json(
    estimate: &Estimate,
    focus: &Focus<'_>,
    columns: &[&Column],
    longest: &[usize],
) -> String {
    let definitions: Vec<_> =
        columns.iter().zip(longest).map(|(c, longest)| definition(c, *longest)).collect();
    let (start, end) = period(estimate);
    let metadata = Metadata {
        data_generator: "ssc",
        schema_id: schema_id(focus.version.name(), &definitions),
        focus_version: focus.version.name(),
        data_generator_version: env!("CARGO_PKG_VERSION"),
        creation_date: instant(focus.created.unwrap_or(start)),
        column_definition: definitions,
        estimate: Facts {
            scenario: &estimate.name,
            scenario_digest: &focus.scenario_digest,
            price_list_digest: &focus.price_list_digest,
            pricing_date: estimate.pricing_date.to_string(),
            period_start: instant(start),
            period_end: instant(end),
            total_billed_cost: estimate.statement.total().to_string(),
            complete: estimate.statement.unpriced.is_empty(),
        },
        unpriced: estimate
            .statement
            .unpriced
            .iter()
            .map(|u| Unpriced {
                workload: u.workload.as_deref(),
                sku_id: &u.sku_id,
                name: &u.name,
                region_id: u.region_id.as_deref(),
                quantity: u.quantity.to_string(),
                unit: &u.pricing_unit,
                reason: &u.reason,
            })
            .collect(),
        assumptions: estimate
            .assumptions
            .iter()
            .map(|a| Assumption {
                subject: &a.subject,
                value: &a.value,
                origin: a.origin.to_string(),
            })
            .collect(),
        warnings: &estimate.warnings,
    };
    crate::report::pretty(&metadata)
}

fn definition(column: &Column, longest: usize) -> Definition {
    let (data_type, length, decimal) = match column.kind {
        // A name of a scenario may be longer than any limit set here.
        Kind::Text(most) if longest > most => ("STRING", Some(longest.next_power_of_two()), false),
        Kind::Text(most) => ("STRING", Some(most), false),
        Kind::Decimal => ("DECIMAL", None, true),
        Kind::DateTime => ("DATETIME", None, false),
        Kind::Json => ("JSON", None, false),
    };
    Definition {
        column_name: column.name,
        data_type,
        string_max_length: length,
        string_encoding: length.map(|_| "UTF-8"),
        numeric_precision: decimal.then_some(PRECISION.0),
        number_scale: decimal.then_some(PRECISION.1),
    }
}

/// An id in the form of a GUID that is the same for the same columns and another for others.
fn schema_id(version: &str, definitions: &[Definition]) -> String {
    let mut hash = Sha256::new();
    hash.update(version);
    for d in definitions {
        let length = d.string_max_length.unwrap_or(0);
        hash.update(format!("\n{}\t{}\t{length}", d.column_name, d.data_type));
    }
    let mut bytes: [u8; 16] = [0; 16];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    // Version 8 of RFC 9562: bits of one's own choosing.
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    parts.join("-")
}
