//! models.dev `api.json`: providers → models → `cost` in USD per million tokens.

use super::amount::{price, whole};
use super::json::{Node, Object};
use super::table::{
    FREE, LIFETIME, Long, NO_PRICE, Rates, SERVICE_TIERS, SEVERAL_TIERS, Table, TableModel,
    TableProvider, TableRow,
};
use crate::diagnostic::Result;

/// Prices beside those of tokens of text.
const OTHER: &[(&str, &str)] = &[
    ("input_audio", "audio tokens"),
    ("output_audio", "audio tokens"),
    ("image", "images"),
    ("request", "fees per request"),
    ("citation", "citation tokens"),
];

pub(super) fn detect(root: Node<'_>) -> Result<bool> {
    if !root.is_object() {
        return Ok(false);
    }
    let providers = root.object("an object")?.0;
    let Some((_, first)) = providers.first().filter(|(_, p)| p.is_object()) else {
        return Ok(false);
    };
    Ok(first.object("a provider")?.get("models").is_some_and(|models| models.is_object()))
}

pub(super) fn read(root: Node<'_>) -> Result<Table> {
    let mut table = Table::default();
    for (id, node) in root.object("an object of providers")?.0 {
        let provider = node.object("a provider")?;
        let models = provider
            .get("models")
            .ok_or_else(|| node.error(format!("provider `{id}` has no `models`"), "in this one"))?;
        let mut read = TableProvider { id, name: provider.string("name"), ..Default::default() };
        for (id, node) in models.object("an object of models")?.0 {
            let model = node.object("a model")?;
            // A month alone is no day somebody looked.
            let day = model.string("last_updated").and_then(|d| d.parse().ok());
            table.date = table.date.max(day);
            let mut entry = self::model(id, &model)?;
            entry.source = provider.string("doc");
            read.models.push(entry);
        }
        table.providers.push(read);
    }
    Ok(table)
}

fn model(id: String, object: &Object<'_>) -> Result<TableModel> {
    let mut model = TableModel::named(id);
    if let Some(limit) = object.get("limit") {
        let limit = limit.object("limits")?;
        let count = |key| limit.get(key).and_then(whole).filter(|n| *n > 0);
        model.context_window = count("context");
        model.max_output = count("output");
    }
    let Some(cost) = object.get("cost") else { return Ok(model.without(NO_PRICE)) };
    let cost = cost.object("prices")?;
    let standard = rates(&cost, &mut model)?;
    if !standard.complete() {
        let free = ["input", "output"].iter().all(|key| cost.get(key).is_some());
        return Ok(model.without(if free { FREE } else { NO_PRICE }));
    }
    let tiers = match cost.get("tiers") {
        Some(tiers) => tiers.array("an array of tiers")?,
        None => Vec::new(),
    };
    let long = match (tiers.as_slice(), cost.get("context_over_200k")) {
        ([], None) => None,
        ([], Some(over)) => Some(long(200_000, &over.object("prices")?, &standard, &mut model)?),
        ([tier], _) => {
            let prices = tier.object("a tier")?;
            let size = match prices.get("tier") {
                Some(bound) => bound.object("the bound of a tier")?.get("size").and_then(whole),
                None => None,
            };
            let Some(size) = size else {
                return Err(Box::new(
                    tier.error("a tier without a bound", "in this one")
                        .hint("a tier says from how many tokens it holds: `tier: { size }`"),
                ));
            };
            Some(long(size, &prices, &standard, &mut model)?)
        }
        _ => return Ok(model.without(SEVERAL_TIERS)),
    };
    let modes = object.get("experimental").and_then(|e| e.object("").ok()?.get("modes"));
    if modes.is_some() {
        model.lacks(SERVICE_TIERS);
    }
    model.rows.push(TableRow { standard, long, ..TableRow::default() });
    Ok(model)
}

fn long(above: u32, prices: &Object<'_>, base: &Rates, model: &mut TableModel) -> Result<Long> {
    let rates = rates(prices, model)?.over(base);
    Ok(Long { above, rates, ..Long::default() })
}

fn rates(cost: &Object<'_>, model: &mut TableModel) -> Result<Rates> {
    let mut rates = Rates::default();
    for (key, node) in cost.0.iter().filter(|(_, n)| !n.is_null()) {
        match key.as_str() {
            "input" => rates.input = price(*node, 0)?,
            "output" => rates.output = price(*node, 0)?,
            "cache_read" => rates.cache_read = model.keep(price(*node, 0)?, "cache reads"),
            "cache_write" => {
                let price = model.keep(price(*node, 0)?, "cache writes");
                rates.cache_write.extend(price.map(|p| (LIFETIME.to_owned(), p)));
            }
            "tier" | "tiers" | "context_over_200k" => {}
            "reasoning" => {
                let same = cost.get("output").map(|n| price(n, 0)).transpose()?;
                if same != Some(price(*node, 0)?) {
                    model.lacks("a price of reasoning tokens of their own");
                }
            }
            other => {
                let known = OTHER.iter().find(|(name, _)| *name == other);
                model.lacks(known.map_or_else(|| format!("`{other}`"), |k| k.1.to_owned()));
            }
        }
    }
    Ok(rates)
}
