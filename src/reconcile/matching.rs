//! Which SKU of the estimate a row of a bill is about.

use super::bill::{BillRow, RowKind};
use super::format::plain;
use super::map::Map;
use crate::billing::Category;
use crate::estimate::Estimate;
use crate::pricing::Book;
use std::collections::{BTreeMap, BTreeSet};

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A SKU or a fee.
    Sku(String),
    /// A meter of the bill that no price file knows.
    Meter(String),
    /// What a service gives back.
    Credits,
    /// Corrections and the like.
    Adjustments,
}

/// A line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub service: String,
    pub what: What,
    pub region: Option<String>,
}

/// Where a row belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Line(Key),
    /// A service that the scenario does not use, by the bill's name.
    Outside(String),
}

#[derive(Default)]
struct Entry {
    names: BTreeSet<String>,
    in_scenario: bool,
    skus: Vec<Known>,
}

#[derive(Default)]
struct Known {
    id: String,
    names: BTreeSet<String>,
    /// Where the estimate has it.
    regions: BTreeSet<Option<String>>,
}

/// Everything a row can be found by.
pub(super) struct Catalog<'a> {
    services: BTreeMap<String, Entry>,
    ids: BTreeMap<String, (String, String)>,
    map: &'a Map,
}

impl Entry {
    fn sku(&mut self, id: &str) -> &mut Known {
        let at = self.skus.iter().position(|s| s.id == id).unwrap_or(self.skus.len());
        if at == self.skus.len() {
            self.skus.push(Known { id: id.to_owned(), ..Known::default() });
        }
        let known = &mut self.skus[at];
        known.names.insert(plain(id));
        known
    }
}

impl<'a> Catalog<'a> {
    pub(super) fn new(estimate: &Estimate, book: &Book, map: &'a Map) -> Self {
        let mut services: BTreeMap<String, Entry> = BTreeMap::new();
        let mut ids = BTreeMap::new();
        let add = |ids: &mut BTreeMap<_, _>, id: &str, service: &str, sku: &str| {
            ids.insert(plain(id), (service.to_owned(), sku.to_owned()));
        };
        for service in &book.services {
            let name = &service.service_name;
            let entry = services.entry(name.clone()).or_default();
            let names = service.bill_names.iter().chain([name, &service.id]);
            entry.names.extend(names.map(|n| plain(n)));
            for sku in &service.skus {
                let known = entry.sku(&sku.id);
                known.names.insert(plain(&sku.name));
                known.names.extend(sku.usage_types.iter().map(|t| plain(t)));
                for id in sku.provider_ids.iter().chain([&sku.id]) {
                    add(&mut ids, id, name, &sku.id);
                }
            }
            for fee in &service.fees {
                entry.sku(&fee.id).names.insert(plain(&fee.name));
                add(&mut ids, &fee.id, name, &fee.id);
            }
        }
        for provider in &book.llm_providers {
            let entry = services.entry(provider.service_name.clone()).or_default();
            entry.names.extend([plain(&provider.service_name), plain(&provider.id)]);
        }
        for c in &estimate.statement.charges {
            let entry = services.entry(c.service_name.clone()).or_default();
            entry.in_scenario = true;
            if c.charge_category == Category::Credit {
                continue;
            }
            let known = entry.sku(&c.sku_id);
            known.regions.insert(c.region_id.clone());
            known.names.insert(plain(&c.charge_description));
            for id in [&c.sku_id, &c.sku_price_id] {
                add(&mut ids, id, &c.service_name, &c.sku_id);
            }
        }
        for u in &estimate.statement.unpriced {
            let Some(service) = service_of(book, &u.sku_id) else { continue };
            let entry = services.entry(service.clone()).or_default();
            entry.in_scenario = true;
            let known = entry.sku(&u.sku_id);
            known.regions.insert(u.region_id.clone());
            known.names.insert(plain(&u.name));
            add(&mut ids, &u.sku_id, &service, &u.sku_id);
        }
        Self { services, ids, map }
    }

    /// Where a row belongs.
    pub(super) fn find(&self, row: &BillRow) -> Found {
        let usage = matches!(row.kind, RowKind::Usage | RowKind::Purchase | RowKind::Discount);
        let named = row.services.iter().find_map(|n| self.service(n));
        let outside = || Found::Outside(row.services.first().cloned().unwrap_or_default());
        let known = |service: &str| self.services.get(service).filter(|e| e.in_scenario);
        let line = |service: &str, what: What, region: Option<String>| {
            Found::Line(Key { service: service.to_owned(), what, region })
        };
        if !usage {
            return match named.filter(|s| known(s).is_some()) {
                Some(service) if row.kind == RowKind::Credit => line(service, What::Credits, None),
                Some(service) => line(service, What::Adjustments, None),
                None => outside(),
            };
        }
        if let Some((service, sku)) = self.by_id(row) {
            return match known(service) {
                Some(entry) => line(service, What::Sku(sku.to_owned()), region(entry, sku, row)),
                None => outside(),
            };
        }
        let Some((service, entry)) = named.and_then(|s| known(s).map(|e| (s, e))) else {
            return outside();
        };
        let found = row.meters.iter().find_map(|meter| by_meter(entry, meter, row));
        if let Some(sku) = found {
            return line(service, What::Sku(sku.to_owned()), region(entry, sku, row));
        }
        let texts = row.meters.iter().chain([&row.description]).chain(&row.ids);
        let meter = texts.into_iter().find(|t| !t.is_empty()).cloned();
        line(service, What::Meter(meter.unwrap_or_else(|| "no name".into())), row.region.clone())
    }

    fn service(&self, name: &str) -> Option<&str> {
        let name = plain(name);
        if let Some(service) = self.map.services.get(&name) {
            return Some(service);
        }
        let found = self.services.iter().find(|(_, e)| e.names.contains(&name));
        found.map(|(service, _)| service.as_str())
    }

    fn by_id(&self, row: &BillRow) -> Option<(&str, &str)> {
        let mapped = row.ids.iter().chain(&row.meters).find_map(|t| self.map.skus.get(&plain(t)));
        let mapped = mapped.and_then(|sku| self.ids.get(&plain(sku)));
        let found = mapped.or_else(|| row.ids.iter().find_map(|id| self.ids.get(&plain(id))));
        found.map(|(service, sku)| (service.as_str(), sku.as_str()))
    }
}

/// The service of a SKU or token class.
pub(super) fn service_of(book: &Book, sku: &str) -> Option<String> {
    let service = book.services.iter().find(|s| s.sku(sku).is_some()).map(|s| &s.service_name);
    let provider = || {
        let id = sku.split_once('/')?.0;
        book.llm_providers.iter().find(|p| p.id == id).map(|p| &p.service_name)
    };
    service.or_else(provider).cloned()
}

/// The SKU with this usage type or name; of several, one that the estimate has.
fn by_meter<'a>(entry: &'a Entry, meter: &str, row: &BillRow) -> Option<&'a str> {
    let texts = [Some(meter), without_prefix(meter)];
    texts.into_iter().flatten().find_map(|text| {
        let name = plain(text);
        let named = || entry.skus.iter().filter(|s| s.names.contains(&name));
        let here = named().find(|s| s.regions.contains(&row.region));
        here.or_else(|| named().find(|s| !s.regions.is_empty()))
            .or_else(|| named().next())
            .map(|s| s.id.as_str())
    })
}

/// A usage type without the short code of a region in front: `EU-Request` → `Request`.
fn without_prefix(meter: &str) -> Option<&str> {
    let (prefix, rest) = meter.split_once('-')?;
    let code = prefix.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    (code && (2..=5).contains(&prefix.len())).then_some(rest)
}

/// The region of a line: the estimate's, where the bill does not say or the price has none.
fn region(entry: &Entry, sku: &str, row: &BillRow) -> Option<String> {
    let none = BTreeSet::new();
    let regions = entry.skus.iter().find(|s| s.id == sku).map_or(&none, |s| &s.regions);
    if regions.contains(&None) {
        return None;
    }
    match (&row.region, regions.len()) {
        (None, 1) => regions.first().cloned().flatten(),
        (region, _) => region.clone(),
    }
}
