//! litellm `model_prices_and_context_window.json`: USD per one token, undated, flat keys.
//!
//! A key is a kind of token and what it depends on: `input_cost_per_token_above_272k_tokens_batches`.
//! `_above_1hr` and `_above_12hr` are lifetimes of a cache, `_above_272k_tokens` is a bound of the
//! prompt. Where `off_peak_pricing` is given, the flat prices are the peak ones.

use super::amount::{price, whole};
use super::dearest::dearest;
use super::json::{Node, Object};
use super::table::{
    FREE, HOURLY, HOURS, LIFETIME, Long, NO_PRICE, Rates, SERVICE_TIERS, SEVERAL_TIERS, Table,
    TableModel, TableProvider, TableRow,
};
use crate::diagnostic::Result;
use std::collections::{BTreeMap, BTreeSet};

/// From one token to a million.
const MILLION: i32 = 6;
/// The entry that explains the format.
const SAMPLE: &str = "sample_spec";
/// Modes whose answers are text.
const TEXT: &[&str] = &["chat", "completion", "responses"];
/// Providers whose bound belongs to the long prompts.
const INCLUSIVE: &[&str] = &["xai"];
const TIERS: &[&str] = &["_flex", "_priority", "_ultrafast", "_balanced", "_decisions"];
/// What is lost with a key that is not about tokens of text.
const LOST: &[(&str, &str)] = &[
    ("audio", "audio tokens and seconds"),
    ("image", "images"),
    ("pixel", "images"),
    ("video", "video"),
    ("second", "seconds of audio or video"),
    ("reasoning", "a price of reasoning tokens of their own"),
    ("search", "searches"),
    ("query", "searches"),
    ("request", "fees per request"),
    ("session", "fees per session"),
    ("page", "pages"),
    ("character", "characters"),
    ("citation", "citation tokens"),
    ("dbu", "units of the vendor's own"),
    ("multiplier", "factors by region or speed"),
    ("provider_specific_entry", "factors by region or speed"),
];

pub(super) fn detect(root: Node<'_>) -> Result<bool> {
    if !root.is_object() {
        return Ok(false);
    }
    for (key, node) in root.object("an object")?.0.into_iter().take(3) {
        if key == SAMPLE {
            return Ok(true);
        }
        if node.is_object() && node.object("a model")?.get("litellm_provider").is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn read(root: Node<'_>) -> Result<Table> {
    let mut providers: BTreeMap<String, Vec<TableModel>> = BTreeMap::new();
    let mut repeated = 0;
    for (key, node) in root.object("an object of models")?.0 {
        if key == SAMPLE {
            continue;
        }
        let object = node.object("a model")?;
        let provider = object.string("litellm_provider").unwrap_or_else(|| "unknown".into());
        let id = short(&key, &provider).to_owned();
        let mut model = model(id, &provider, &object)?;
        model.source = object.string("source");
        let others = providers.entry(provider).or_default();
        if let Some(other) = others.iter().find(|other| other.id == model.id) {
            if other.rows == model.rows && other.left_out == model.left_out {
                repeated += 1;
                continue;
            }
            model.id = key;
        }
        others.push(model);
    }
    let provider = |(id, models)| TableProvider { id, models, ..TableProvider::default() };
    Ok(Table { providers: providers.into_iter().map(provider).collect(), repeated, date: None })
}

/// The model's name without the provider's, with which many keys begin.
fn short<'a>(key: &'a str, provider: &str) -> &'a str {
    match key.split_once('/') {
        Some((first, rest)) if !rest.is_empty() && provider.starts_with(first) => rest,
        _ => key,
    }
}

/// What the keys of a model come down to.
#[derive(Default)]
struct Keys {
    standard: Rates,
    batch: Rates,
    above: BTreeMap<u32, [Rates; 2]>,
}

fn model(id: String, provider: &str, object: &Object<'_>) -> Result<TableModel> {
    let mut model = TableModel::named(id);
    let mode = object.string("mode").unwrap_or_else(|| "none".into());
    if !TEXT.contains(&mode.as_str()) {
        return Ok(model.without(format!("not a model of text (mode `{mode}`)")));
    }
    model.max_output = object.get("max_output_tokens").and_then(whole).filter(|n| *n > 0);
    model.min_cacheable = object.get("prompt_cache_min_tokens").and_then(whole).filter(|n| *n > 0);
    let keys = keys(object, &mut model)?;
    let inclusive = INCLUSIVE.contains(&provider);
    let (standard, batch, above) = match object.get("tiered_pricing") {
        Some(tiers) => match ranges(tiers, &mut model)? {
            Some((standard, above)) => (standard, keys.batch, above),
            None => return Ok(model.without(SEVERAL_TIERS)),
        },
        None => (keys.standard, keys.batch, keys.above),
    };
    if above.len() > 1 {
        return Ok(model.without(SEVERAL_TIERS));
    }
    if !standard.complete() {
        let named = |key| object.get(key).is_some();
        let free = named("input_cost_per_token") && named("output_cost_per_token");
        return Ok(model.without(if free { FREE } else { NO_PRICE }));
    }
    let mut whole_batch = |rates: Rates| {
        if !rates.complete() && !rates.is_empty() {
            model.lacks("a batch price of input or output alone");
        }
        Some(rates).filter(Rates::complete)
    };
    let long = above.into_iter().next().map(|(above, [rates, batch])| {
        let rates = rates.over(&standard);
        Long { above, inclusive, rates, batch: whole_batch(batch) }
    });
    let batch = whole_batch(batch);
    let peak = TableRow { standard, batch, long, ..TableRow::default() };
    let Some(row) = by_the_hour(peak, object, &mut model)? else {
        return Ok(model.without(HOURLY));
    };
    model.rows.push(row);
    Ok(model)
}

/// The dearest of the prices that take turns by the hour; none if no one is.
fn by_the_hour(
    peak: TableRow,
    object: &Object<'_>,
    model: &mut TableModel,
) -> Result<Option<TableRow>> {
    let Some(off_peak) = object.get("off_peak_pricing") else { return Ok(Some(peak)) };
    model.lacks(HOURS);
    let cheap = keys(&off_peak.object("off-peak prices")?, model)?.standard.over(&peak.standard);
    let cheap = TableRow { standard: cheap, ..peak.clone() };
    Ok(dearest(vec![peak, cheap]))
}

/// Reads every key that is about money.
fn keys(object: &Object<'_>, model: &mut TableModel) -> Result<Keys> {
    let mut keys = Keys::default();
    for (key, node) in object.0.iter().filter(|(_, n)| !n.is_null()) {
        if !about_money(key) {
            continue;
        }
        if let Some(place) = place(key) {
            let rates = match (place.above, place.batch) {
                (None, false) => &mut keys.standard,
                (None, true) => &mut keys.batch,
                (Some(above), batch) => {
                    &mut keys.above.entry(above).or_default()[usize::from(batch)]
                }
            };
            put(rates, place.kind, price(*node, MILLION)?, object, model);
        } else if let Some(words) = lost(key, *node, object)? {
            model.lacks(words);
        }
    }
    Ok(keys)
}

fn about_money(key: &str) -> bool {
    // Tiers and hours are read on their own.
    let words = ["cost", "price", "pricing", "multiplier", "provider_specific_entry"];
    !["tiered_pricing", "off_peak_pricing"].contains(&key)
        && words.iter().any(|word| key.contains(word))
}

#[derive(Clone, Copy)]
enum Kind {
    Input,
    Output,
    Read,
    /// With its lifetime, if the key tells it.
    Write(Option<&'static str>),
}

/// Which rate a key is.
struct Place {
    kind: Kind,
    above: Option<u32>,
    batch: bool,
}

/// The rate that `key` stands for; none if it is not about tokens of text at ordinary speed.
fn place(key: &str) -> Option<Place> {
    let rest = |prefix: &str| key.strip_prefix(prefix);
    let (kind, rest) = if let Some(rest) = rest("input_cost_per_token") {
        (Kind::Input, rest)
    } else if let Some(rest) = rest("output_cost_per_token") {
        (Kind::Output, rest)
    } else if let Some(rest) = rest("cache_read_input_token_cost") {
        (Kind::Read, rest)
    } else {
        let rest = rest("cache_creation_input_token_cost")?;
        let lifetimes = [("_above_1hr", "1h"), ("_above_12hr", "12h")];
        let found = lifetimes.iter().find_map(|(s, life)| Some((*life, rest.strip_prefix(s)?)));
        found.map_or((Kind::Write(None), rest), |(life, rest)| (Kind::Write(Some(life)), rest))
    };
    let batch = rest.ends_with("_batches");
    let rest = rest.strip_suffix("_batches").unwrap_or(rest);
    let above = match rest.strip_prefix("_above_").and_then(|r| r.strip_suffix("_tokens")) {
        Some(bound) => Some(match bound.strip_suffix('k') {
            Some(thousands) => thousands.parse::<u32>().ok()?.checked_mul(1_000)?,
            None => bound.parse().ok()?,
        }),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some(Place { kind, above, batch })
}

fn put(
    rates: &mut Rates,
    kind: Kind,
    price: Option<String>,
    object: &Object<'_>,
    model: &mut TableModel,
) {
    match kind {
        Kind::Input => rates.input = price,
        Kind::Output => rates.output = price,
        Kind::Read => rates.cache_read = model.keep(price, "cache reads"),
        Kind::Write(lifetime) => {
            let has = |key| object.get(key).is_some();
            let short = if has("cache_creation_input_token_cost_above_1hr") {
                "5m"
            } else if has("cache_creation_input_token_cost_above_12hr") {
                "30m"
            } else {
                LIFETIME
            };
            let price = model.keep(price, "cache writes");
            let lifetime = lifetime.unwrap_or(short).to_owned();
            rates.cache_write.extend(price.map(|p| (lifetime, p)));
        }
    }
}

/// What is lost with a key that is about money and no rate; nothing if it repeats a rate or is zero.
fn lost(key: &str, node: Node<'_>, object: &Object<'_>) -> Result<Option<String>> {
    let repeats = match key {
        "output_cost_per_reasoning_token" => Some("output_cost_per_token"),
        "input_cost_per_token_cache_hit" => Some("cache_read_input_token_cost"),
        _ => None,
    };
    if node.number().is_some() {
        let value = price(node, MILLION)?;
        let other = repeats.and_then(|k| object.get(k)).map(|n| price(n, MILLION)).transpose()?;
        if value.is_none() || other.is_some_and(|other| other == value) {
            return Ok(None);
        }
    }
    if TIERS.iter().any(|tier| key.contains(tier)) {
        return Ok(Some(SERVICE_TIERS.into()));
    }
    let known = LOST.iter().find(|(part, _)| key.contains(part));
    Ok(Some(known.map_or_else(|| format!("`{key}`"), |(_, words)| (*words).to_owned())))
}

/// Rates by range of the prompt: those of the first range, and those above its end.
type Ranges = (Rates, BTreeMap<u32, [Rates; 2]>);

/// `tiered_pricing`, if it has at most two ranges that follow each other.
fn ranges(tiers: Node<'_>, model: &mut TableModel) -> Result<Option<Ranges>> {
    let mut found = Vec::new();
    for tier in tiers.array("an array of tiers")? {
        let object = tier.object("a tier")?;
        let bound = |n: &Node<'_>| whole::<u32>(*n);
        let range: Vec<_> = match object.get("range") {
            Some(range) => range.array("a range")?.iter().map(bound).collect(),
            None => return Ok(None),
        };
        let mut inner = TableModel::default();
        let keys = keys(&object, &mut inner)?;
        model.lacks.extend(inner.lacks);
        if !keys.above.is_empty() || !keys.batch.is_empty() {
            return Ok(None);
        }
        found.push((range, keys.standard));
    }
    found.sort_by_key(|(range, _)| range.first().copied().flatten());
    let starts: BTreeSet<_> = found.iter().map(|(range, _)| range.first().copied()).collect();
    Ok(match found.as_slice() {
        [(_, only)] => Some((only.clone(), BTreeMap::new())),
        [(low, first), (high, second)] if starts.len() == 2 => {
            match (low.as_slice(), high.as_slice()) {
                (&[Some(0), Some(end)], &[Some(start), _]) if end == start => {
                    let above = [(start, [second.clone(), Rates::default()])];
                    Some((first.clone(), above.into()))
                }
                _ => None,
            }
        }
        _ => None,
    })
}
