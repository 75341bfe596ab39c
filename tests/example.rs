//! A made-up service for tests of billing rules, and its bills in plain quantities.

use ssc::billing::{Account, Period, Rates, ServiceUsage, Statement, UsageLine, bill_at};
use ssc::diagnostic::Source;
use ssc::pricing::{Book, Pool};
use ssc::units::{SimDuration, Usage};

/// A service file called `id` with these SKUs and, at the end, whatever else.
pub(crate) fn service(id: &str, rest: &str) -> Source {
    let head = format!(
        "schema: 1\nservice: {id}\nservice_provider_name: Example\nservice_name: Example {id}\n\
         service_category: Compute\nbilling_currency: USD\ndefault_region: one\n\
         regions: {{ one: {{ name: One }}, two: {{ name: Two }} }}\n"
    );
    Source::new(format!("pricing/{id}.yaml"), head + rest)
}

/// A SKU counted in requests, with price rows `(from, until, prices)`.
pub(crate) fn sku(id: &str, more: &str, rows: &[(&str, &str, &str)]) -> String {
    let mut text = format!(
        "  - {{ sku_id: {id}, name: {id}, component: requests, meter: {{ clock: requests }}, \
         pricing_unit: Requests, {more}, prices: ["
    );
    for (from, until, prices) in rows {
        let until =
            if until.is_empty() { String::new() } else { format!("effective_until: {until}, ") };
        text.push_str(&format!(
            "{{ all_regions: true, effective_from: {from}, {until}source: the price list, \
             checked_on: 2026-11-23, confidence: high, {prices} }}, "
        ));
    }
    text + "] }\n"
}

/// Evidence for anything.
pub(crate) const SEEN: &str = "source: the price list, checked_on: 2026-11-23, confidence: high";

pub(crate) fn load(sources: &[Source]) -> Book {
    Book::load(sources).unwrap_or_else(|d| panic!("{d}\n{d:#?}"))
}

/// Twenty days from 1 January 2026, split where prices change.
pub(crate) fn twenty_days() -> Period {
    let day = "2026-01-01".parse().unwrap();
    Period::month(day, SimDuration::from_hours(480), true).split()
}

/// Usage `(SKU, workload, base units)` of services, in region `one`.
pub(crate) fn bill(
    book: &Book,
    used: &[(&str, &str, i128)],
    account: &[(&str, &str)],
    period: Period,
    rates: &Rates,
) -> Statement {
    let account: Account =
        account.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let usage = book.services.iter().map(|service| {
        let line = |(sku, workload, amount): &(&str, &str, i128)| {
            let sku = service.skus.iter().position(|s| s.id == *sku)?;
            Some(UsageLine {
                workload: Some((*workload).to_owned()),
                sku,
                region: "one".into(),
                pool: Pool::OnDemand,
                usage: Usage(*amount),
                hours: None,
            })
        };
        let lines: Vec<_> = used.iter().filter_map(line).collect();
        ServiceUsage { service, account: account.clone(), lines }
    });
    let usage: Vec<_> = usage.filter(|u| !u.lines.is_empty()).collect();
    let statement = bill_at(&usage, &[], period, rates);
    sound(&statement);
    statement
}

/// What holds for every statement.
#[track_caller]
pub(crate) fn sound(statement: &Statement) {
    for c in &statement.charges {
        if let (Some(quantity), Some(list)) = (c.pricing_quantity, c.list_unit_price) {
            assert_eq!(quantity.at(list), c.list_cost, "{c:?}");
            assert!(!quantity.0.is_sign_negative(), "{c:?}");
        }
    }
    let billed = statement.charges.iter().map(|c| c.billed_cost).sum();
    assert_eq!(statement.total(), billed);
    let effective = statement.charges.iter().map(|c| c.effective_cost).sum();
    assert_eq!(statement.total(), effective, "commitments are spread, not added");
}

/// Description, quantity and cost of every charge.
pub(crate) fn lines(statement: &Statement) -> Vec<String> {
    let line = |c: &ssc::billing::Charge| {
        let quantity = c.pricing_quantity.map(|q| q.to_string()).unwrap_or_default();
        format!(
            "{} {}..{} {quantity} = {}",
            c.charge_description,
            c.charge_period.start.format("%d"),
            c.charge_period.end.format("%d"),
            c.billed_cost
        )
    };
    statement.charges.iter().map(line).collect()
}
