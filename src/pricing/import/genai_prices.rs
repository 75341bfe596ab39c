//! genai-prices `data.json` (v2): USD per million tokens, dated, with tiers and variants.
//!
//! The last entry whose constraint holds wins; without one, the first. A tier reprices the whole
//! request once its input tokens are more than `start`.

use super::super::CachedTokens;
use super::amount::{price, whole};
use super::dearest::dearest;
use super::json::{Node, Object};
use super::table::{
    FREE, HOURLY, HOURS, LIFETIME, Long, NO_PRICE, Rates, SERVICE_TIERS, SEVERAL_TIERS, Table,
    TableModel, TableProvider, TableRow,
};
use crate::diagnostic::Result;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn detect(root: Node<'_>) -> Result<bool> {
    if !root.is_array() {
        return Ok(false);
    }
    let providers = root.array("an array")?;
    let Some(first) = providers.first().filter(|p| p.is_object()) else { return Ok(false) };
    Ok(first.object("a provider")?.get("models").is_some_and(|models| models.is_array()))
}

pub(super) fn read(root: Node<'_>) -> Result<Table> {
    let mut table = Table::default();
    for node in root.array("an array of providers")? {
        let provider = node.object("a provider")?;
        let id = named(node, &provider)?;
        let source = provider
            .get("pricing_urls")
            .and_then(|urls| urls.array("").ok()?.first().and_then(Node::string));
        let mut read = TableProvider {
            id,
            name: provider.string("name"),
            cached_tokens: cached_tokens(&provider),
            ..TableProvider::default()
        };
        let models = provider.get("models").ok_or_else(|| {
            node.error(format!("provider `{}` has no `models`", read.id), "in this one")
        })?;
        for node in models.array("an array of models")? {
            let object = node.object("a model")?;
            let mut model = model(named(node, &object)?, &object)?;
            model.source.clone_from(&source);
            read.models.push(model);
        }
        table.providers.push(read);
    }
    Ok(table)
}

fn named(node: Node<'_>, object: &Object<'_>) -> Result<String> {
    object.string("id").ok_or_else(|| Box::new(node.error("an entry without an `id`", "this one")))
}

/// Where the input count is the sum of several fields, the provider counts cached tokens beside it.
fn cached_tokens(provider: &Object<'_>) -> Option<CachedTokens> {
    let extractor = provider.get("extractors")?.array("").ok()?.first()?.object("").ok()?;
    let mappings = extractor.get("mappings")?.array("").ok()?;
    let summed = mappings.iter().filter(|m| {
        m.object("").is_ok_and(|m| m.string("dest").as_deref() == Some("input_tokens"))
    });
    Some(match summed.count() {
        0 | 1 => CachedTokens::InsideInput,
        _ => CachedTokens::OutsideInput,
    })
}

/// A price and the price above each bound.
#[derive(Clone, Default, PartialEq)]
struct Tiered {
    base: Option<String>,
    above: BTreeMap<u32, Option<String>>,
}

impl Tiered {
    fn is_zero_somewhere(&self) -> bool {
        self.base.is_none() || self.above.values().any(Option::is_none)
    }
}

/// Prices by key of the table.
type Prices = BTreeMap<&'static str, Tiered>;

/// Prices with the condition under which they hold.
struct Entry {
    start: Option<NaiveDate>,
    hourly: bool,
    prices: Prices,
}

impl Entry {
    fn holds(&self, segment: Option<NaiveDate>) -> bool {
        self.start.is_none_or(|start| segment.is_some_and(|day| start <= day))
    }
}

fn model(id: String, object: &Object<'_>) -> Result<TableModel> {
    let mut model = TableModel::named(id);
    model.context_window = object.get("context_window").and_then(whole);
    model.aliases = aliases(object);
    let Some(prices) = object.get("prices") else { return Ok(model.without(NO_PRICE)) };
    let mut entries = Vec::new();
    if prices.is_array() {
        for node in prices.array("an array of prices")? {
            entries.push(entry(&node.object("a price")?, &mut model)?);
        }
    } else {
        let prices = keys(&prices.object("prices")?, &mut model)?;
        entries.push(Entry { start: None, hourly: false, prices });
    }
    let batches = batches(object, &mut model)?;
    if entries.iter().any(|e| e.hourly) {
        model.lacks(HOURS);
    }
    let starts = entries.iter().chain(&batches).filter_map(|e| e.start);
    let starts: BTreeSet<_> = starts.map(Some).chain([None]).collect();
    let mut gaps = BTreeSet::new();
    for start in starts {
        match row(start, &entries, &batches) {
            Ok(row) => push(&mut model.rows, row),
            Err(reason) => {
                gaps.insert(reason);
                if let Some(last) = model.rows.last_mut().filter(|r| r.until.is_none()) {
                    last.until = start;
                }
            }
        }
    }
    match gaps.first() {
        Some(reason) if model.rows.is_empty() => return Ok(model.without(*reason)),
        Some(reason) => model.lacks(format!("a period with {reason}")),
        None => {}
    }
    Ok(model)
}

/// Other exact names of the model.
fn aliases(object: &Object<'_>) -> Vec<String> {
    let Some(rule) = object.get("match") else { return Vec::new() };
    let any = rule.object("").ok().and_then(|rule| rule.get("or"));
    let clauses = any.and_then(|any| any.array("").ok()).unwrap_or_else(|| vec![rule]);
    let equal = |clause: Node<'_>| clause.object("").ok()?.string("equals");
    clauses.into_iter().filter_map(equal).collect()
}

fn entry(object: &Object<'_>, model: &mut TableModel) -> Result<Entry> {
    let mut entry = Entry { start: None, hourly: false, prices: Prices::new() };
    if let Some(constraint) = object.get("constraint") {
        for (key, node) in constraint.object("a constraint")?.0 {
            match key.as_str() {
                "start_date" => entry.start = Some(day(node)?),
                "start_time" | "end_time" => entry.hourly = true,
                _ => {
                    return Err(Box::new(
                        node.error(format!("unknown constraint `{key}`"), "here")
                            .note("known: `start_date`, `start_time`, `end_time`"),
                    ));
                }
            }
        }
    }
    if let Some(prices) = object.get("prices") {
        entry.prices = keys(&prices.object("prices")?, model)?;
    }
    Ok(entry)
}

fn day(node: Node<'_>) -> Result<NaiveDate> {
    let text = node.string();
    text.and_then(|t| t.parse().ok())
        .ok_or_else(|| Box::new(node.error("expected a date", "not a date such as 2026-11-23")))
}

/// The batch variants; others are noted as lost.
fn batches(object: &Object<'_>, model: &mut TableModel) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    let variants = object.get("price_variants").map(|v| v.array("an array of variants"));
    for node in variants.transpose()?.unwrap_or_default() {
        let object = node.object("a variant")?;
        let when = object.get("when").map(|w| w.object("a condition")).transpose()?;
        let when = when.map(|w| w.0).unwrap_or_default();
        let batch = matches!(when.as_slice(), [(key, value)]
            if key == "processing" && value.string().as_deref() == Some("batch"));
        let mut unused = TableModel::default();
        let entry = entry(&object, if batch { &mut *model } else { &mut unused })?;
        match (batch, entry.hourly) {
            (true, false) => found.push(entry),
            (true, true) => model.lacks("batch prices by the hour of the day"),
            (false, _) if entry.prices.is_empty() => {}
            (false, _) => model.lacks(SERVICE_TIERS),
        }
    }
    Ok(found)
}

/// The token prices among `prices`; the rest is noted as lost.
fn keys(prices: &Object<'_>, model: &mut TableModel) -> Result<Prices> {
    const KEPT: &[&str] = &[
        "input_mtok",
        "output_mtok",
        "cache_read_mtok",
        "cache_write_mtok",
        "cache_write_5m_mtok",
        "cache_write_1h_mtok",
    ];
    let mut kept = Prices::new();
    for (key, node) in prices.0.iter().filter(|(_, n)| !n.is_null()) {
        match KEPT.iter().find(|k| *k == key) {
            Some(name) => {
                let price = tiered(*node)?;
                if name.starts_with("cache") && price.is_zero_somewhere() {
                    model.lacks("cache reads or writes at a price of zero");
                }
                kept.insert(name, price);
            }
            None => model.lacks(lost(key)),
        }
    }
    Ok(kept)
}

/// What a price key that cannot be kept is about.
fn lost(key: &str) -> String {
    let about: &[(&str, &str)] = &[
        ("audio", "audio tokens and hours"),
        ("image", "image tokens"),
        ("video", "video tokens"),
        ("reasoning", "a price of reasoning tokens of their own"),
        ("searches", "searches"),
        ("requests", "fees per request"),
        ("messages", "fees per request"),
        ("kpages", "pages"),
        ("mchars", "characters"),
        ("citation", "citation tokens"),
    ];
    let known = about.iter().find(|(part, _)| key.contains(part));
    known.map_or_else(|| format!("`{key}`"), |(_, words)| (*words).to_owned())
}

fn part<'a>(object: &Object<'a>, node: Node<'a>, key: &str) -> Result<Node<'a>> {
    object.get(key).ok_or_else(|| {
        Box::new(node.error(format!("a tiered price without `{key}`"), "in this one"))
    })
}

fn tiered(node: Node<'_>) -> Result<Tiered> {
    if !node.is_object() {
        return Ok(Tiered { base: price(node, 0)?, above: BTreeMap::new() });
    }
    let object = node.object("a tiered price")?;
    let mut found = Tiered { base: price(part(&object, node, "base")?, 0)?, ..Tiered::default() };
    for tier in part(&object, node, "tiers")?.array("an array of tiers")? {
        let object = tier.object("a tier")?;
        let start = part(&object, tier, "start")?;
        let bound = whole(start)
            .ok_or_else(|| Box::new(start.error("expected a number of tokens", "here")))?;
        found.above.insert(bound, price(part(&object, tier, "price")?, 0)?);
    }
    Ok(found)
}

/// What holds from `start` until the next change, or why it cannot be written.
fn row(
    start: Option<NaiveDate>,
    entries: &[Entry],
    batches: &[Entry],
) -> std::result::Result<TableRow, &'static str> {
    let all_day = entries.iter().rposition(|e| !e.hourly && e.holds(start)).unwrap_or(0);
    let hourly = entries.iter().skip(all_day + 1).filter(|e| e.hourly && e.holds(start));
    let mut candidates = Vec::new();
    for entry in entries.iter().skip(all_day).take(1).chain(hourly) {
        candidates.push(bands(start, &entry.prices, batches)?);
    }
    dearest(candidates).ok_or(HOURLY)
}

fn bands(
    start: Option<NaiveDate>,
    prices: &Prices,
    batches: &[Entry],
) -> std::result::Result<TableRow, &'static str> {
    let mut variant = Prices::new();
    for batch in batches.iter().filter(|b| b.holds(start)) {
        for (key, value) in &batch.prices {
            variant.entry(key).or_insert_with(|| value.clone());
        }
    }
    let batch = (!variant.is_empty()).then(|| {
        let mut all = prices.clone();
        all.extend(variant);
        all
    });
    let both = || prices.values().chain(batch.iter().flat_map(BTreeMap::values));
    let bounds: BTreeSet<u32> = both().flat_map(|t| t.above.keys().copied()).collect();
    if bounds.len() > 1 {
        return Err(SEVERAL_TIERS);
    }
    let standard = rates(prices, None);
    let long = bounds.first().map(|&above| (above, rates(prices, Some(above))));
    if !standard.complete() || long.as_ref().is_some_and(|(_, rates)| !rates.complete()) {
        let named = ["input_mtok", "output_mtok"].iter().all(|key| prices.contains_key(key));
        return Err(if named { FREE } else { NO_PRICE });
    }
    let complete = |r: Rates| Some(r).filter(Rates::complete);
    Ok(TableRow {
        from: start,
        until: None,
        long: long.map(|(above, rates)| Long {
            above,
            inclusive: false,
            rates,
            batch: batch.as_ref().and_then(|b| complete(self::rates(b, Some(above)))),
        }),
        batch: batch.as_ref().and_then(|b| complete(rates(b, None))),
        standard,
    })
}

fn rates(prices: &Prices, above: Option<u32>) -> Rates {
    let rate = |key| {
        let price: &Tiered = prices.get(key)?;
        let tier = above.and_then(|bound| price.above.get(&bound));
        tier.unwrap_or(&price.base).clone()
    };
    // The plain key is the short lifetime where a longer one has a key of its own.
    let plain = match (
        prices.contains_key("cache_write_5m_mtok"),
        prices.contains_key("cache_write_1h_mtok"),
    ) {
        (false, true) => "5m",
        _ => LIFETIME,
    };
    let writes =
        [(plain, "cache_write_mtok"), ("5m", "cache_write_5m_mtok"), ("1h", "cache_write_1h_mtok")];
    Rates {
        input: rate("input_mtok"),
        cache_read: rate("cache_read_mtok"),
        cache_write: writes
            .into_iter()
            .filter_map(|(lifetime, key)| Some((lifetime.to_owned(), rate(key)?)))
            .collect(),
        output: rate("output_mtok"),
    }
}

/// Adds a row after the last one; one that changes nothing is not a row.
fn push(rows: &mut Vec<TableRow>, row: TableRow) {
    if let Some(last) = rows.last_mut().filter(|last| last.until.is_none()) {
        if last.standard == row.standard && last.batch == row.batch && last.long == row.long {
            return;
        }
        last.until = row.from;
    }
    rows.push(row);
}
