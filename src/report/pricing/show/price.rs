//! Prices of a SKU or model through time.

use super::{Ask, aside, evidence};
use crate::pricing::diff::history;
use crate::pricing::{LlmRates, Model, NoPrice, PriceRow, Regions, Service, Sku, Standing, Tier};
use crate::report::number::{count, grouped, price};
use crate::report::page::{Look, Page, left};
use chrono::NaiveDate;

/// Width of dates and status.
const DATES: usize = 27;
const STANDING: usize = 11;

/// `2026-01-01 to 2027-01-01`, or `since 2026-01-01`.
pub(super) fn dates(from: NaiveDate, until: Option<NaiveDate>) -> String {
    match until {
        Some(until) => format!("{from} to {until}"),
        None => format!("since {from}"),
    }
}

/// Tiers, one a line.
fn tiers(tiers: &[Tier], factor: &str) -> String {
    if let [one] = tiers {
        return format!("{}{factor}", price(one.unit_price));
    }
    let line = |t: &Tier| {
        let from = grouped(&t.from.normalize().to_string());
        format!("{}{factor} from {from}", price(t.unit_price))
    };
    tiers.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The price on the day asked about, or why there is none.
pub(super) fn now(page: &mut Page, service: &Service, sku: &Sku, region: &str, date: NaiveDate) {
    page.heading(format!("Price of {date} in {region}"));
    match service.price(sku, region, date) {
        Ok((_, now)) => page.line(left(tiers(&now, "")), true),
        Err(NoPrice(why)) => page.line(left(why).look(Look::Yellow), true),
    }
}

/// Every row of a SKU, group of regions by group; of one region alone if it is asked for.
pub(super) fn history_of(page: &mut Page, service: &Service, sku: &Sku, ask: Ask<'_>) {
    let asked = |regions: &Regions| ask.region.is_none_or(|region| service.covers(regions, region));
    for (regions, rows) in history(sku).into_iter().filter(|(regions, _)| asked(regions)) {
        let factor = |id: &str| {
            let factor = service.regions.get(id).and_then(|r| r.multiplier);
            let factor = factor.filter(|_| rows.iter().any(|row| row.multiplied));
            factor.map(|f| format!(" (×{})", f.normalize())).unwrap_or_default()
        };
        let ids: Vec<String> =
            service.covered(regions).iter().map(|id| format!("{id}{}", factor(id))).collect();
        let name = match regions {
            Regions::All => "all regions".to_owned(),
            Regions::Group(group) => format!("{group}: {}", ids.join(", ")),
            Regions::Listed(_) => ids.join(", "),
        };
        page.heading(format!("History · {name}"));
        for row in rows {
            row_of(page, row, ask.date);
        }
    }
}

fn row_of(page: &mut Page, row: &PriceRow, date: NaiveDate) {
    let factor = if row.multiplied { " × the region's factor" } else { "" };
    let standing = row.status.on(row.from, row.until, date);
    line(page, dates(row.from, row.until), standing, tiers(&row.tiers, factor));
    evidence(page, &row.evidence, 4);
    gap(page, row.until, row.gap_after.as_deref());
}

fn line(page: &mut Page, dates: String, standing: Standing, prices: String) {
    let look = match standing {
        Standing::InForce => Look::Green,
        Standing::Announced => Look::Yellow,
        Standing::Withdrawn | Standing::Past => Look::Dim,
    };
    let row = vec![left(dates), left(standing.name()).look(look), left(prices)];
    let rest = page.width - DATES - STANDING;
    page.grid(&[row], &[DATES, STANDING, rest], true);
}

fn gap(page: &mut Page, until: Option<NaiveDate>, why: Option<&str>) {
    if let (Some(until), Some(why)) = (until, why) {
        aside(page, format!("no price from {until}: {why}"), 4);
    }
}

fn rates(rates: &LlmRates) -> String {
    let mut parts = vec![format!("input {}", price(rates.input))];
    parts.extend(rates.cache_read.map(|p| format!("cache read {}", price(p))));
    let writes = rates.cache_write.iter();
    parts.extend(writes.map(|(life, p)| format!("cache write {life} {}", price(*p))));
    parts.push(format!("output {}", price(rates.output)));
    parts.join(" · ")
}

/// Every row of a model.
pub(super) fn model_history(page: &mut Page, model: &Model, date: NaiveDate) {
    if model.price_on(date).is_none() {
        page.text.push('\n');
        page.line(left(format!("no price in force on {date}")).look(Look::Yellow), false);
    }
    page.heading("History");
    let mut rows: Vec<_> = model.prices.iter().collect();
    rows.sort_by_key(|row| row.from);
    for row in rows {
        let mut text = rates(&row.standard);
        if let Some(batch) = &row.batch {
            text.push_str(&format!("\nbatch: {}", rates(batch)));
        }
        if let Some(long) = &row.long_context {
            let from = count(long.from_tokens);
            text.push_str(&format!("\nfrom {from} prompt tokens: {}", rates(&long.rates)));
            if let Some(batch) = &long.batch {
                text.push_str(&format!("\nbatch from {from} prompt tokens: {}", rates(batch)));
            }
        }
        line(page, dates(row.from, row.until), row.status.on(row.from, row.until, date), text);
        evidence(page, &row.evidence, 4);
        gap(page, row.until, row.gap_after.as_deref());
    }
}
