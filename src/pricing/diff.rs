//! What is different between two books, or between two days of one.

use super::{AllowanceSize, Book, LlmPrice, LlmRates, PriceRow, Regions, Service, Sku, Tier};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// A book on a day.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The book.
    pub book: &'a Book,
    /// The day.
    pub date: NaiveDate,
}

/// How something is different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Another price.
    Changed,
    /// A price where there was none.
    Added,
    /// No price where there was one.
    Removed,
    /// A price for a later day that was not known.
    Announced,
    /// A price for a later day that is no longer expected.
    Unannounced,
}

/// One number of a price.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Which: a tier's first unit, or a kind of token; empty if there is one number.
    pub name: String,
    /// Before.
    pub old: Option<Decimal>,
    /// After.
    pub new: Option<Decimal>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// How.
    pub change: Change,
    /// The SKU, `provider/model`, fee or allowance.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The unit of the numbers.
    pub unit: String,
    /// What people call the regions; empty where there are none.
    pub place: String,
    /// The regions.
    pub regions: Vec<String>,
    /// Whether the numbers are times each region's factor.
    pub multiplied: bool,
    /// From when an announced price holds.
    pub from: Option<NaiveDate>,
    /// The numbers.
    pub parts: Vec<Part>,
}

impl Part {
    /// By how much of the old number the new one is more, in percent.
    #[must_use]
    pub fn percent(&self) -> Option<Decimal> {
        let (old, new) = (self.old?, self.new?);
        (new - old).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(old)
    }
}

impl Difference {
    /// The largest relative change of its numbers.
    #[must_use]
    pub fn effect(&self) -> Decimal {
        let percents = self.parts.iter().filter_map(Part::percent).map(|p| p.abs());
        percents.max().unwrap_or_default()
    }
}

/// How the names of tiers begin.
const FROM: &str = "from ";

/// Named numbers.
type Numbers = BTreeMap<String, Decimal>;

/// Everything that is different, by kind of change and then by effect, the largest first.
#[must_use]
pub fn diff(old: Side<'_>, new: Side<'_>) -> Vec<Difference> {
    let mut all = Vec::new();
    let ids = |side: Side<'_>| side.book.services.iter().map(|s| s.id.clone()).collect::<Vec<_>>();
    let services: BTreeSet<String> = ids(old).into_iter().chain(ids(new)).collect();
    for id in &services {
        service((old.book.service(id), old.date), (new.book.service(id), new.date), &mut all);
    }
    models(old, new, &mut all);
    all.sort_by(|a, b| {
        let key = |d: &Difference| (d.change, std::cmp::Reverse(d.effect()));
        key(a).cmp(&key(b)).then_with(|| (&a.id, &a.place).cmp(&(&b.id, &b.place)))
    });
    all
}

/// A service, if the book has it, on a day.
type Dated<'a> = (Option<&'a Service>, NaiveDate);

fn service(old: Dated<'_>, new: Dated<'_>, all: &mut Vec<Difference>) {
    let skus = |s: Dated<'_>| -> BTreeSet<String> {
        s.0.iter().flat_map(|s| s.skus.iter().map(|sku| sku.id.clone())).collect()
    };
    for id in skus(old).union(&skus(new)) {
        sku(id, old, new, all);
    }
    let place = |change, id: &str, name: &str, unit: &str, parts| Difference {
        change,
        id: id.to_owned(),
        name: name.to_owned(),
        unit: unit.to_owned(),
        place: String::new(),
        regions: Vec::new(),
        multiplied: false,
        from: None,
        parts,
    };
    let (before, after) = (account_numbers(old), account_numbers(new));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let one = |map: &BTreeMap<_, Decimal>| {
            map.get(key).map(|v| Numbers::from([(String::new(), *v)])).unwrap_or_default()
        };
        if let Some((change, parts)) = compare(&one(&before), &one(&after)) {
            all.push(place(change, &key.0, &key.1, &key.2, parts));
        }
    }
}

/// Fees and allowances: id, name and unit, with their number.
fn account_numbers((service, date): Dated<'_>) -> BTreeMap<(String, String, String), Decimal> {
    let mut numbers = BTreeMap::new();
    let Some(service) = service else { return numbers };
    for fee in service.fees.iter().filter(|f| f.status.holds(f.from, f.until, date)) {
        let key = (fee.id.clone(), fee.name.clone(), "Months".to_owned());
        numbers.insert(key, fee.unit_price.0);
    }
    for allowance in &service.allowances {
        let unit = allowance.skus.first().and_then(|id| service.sku(id)).map(|sku| sku.unit.name);
        let unit = unit.unwrap_or_default();
        let (unit, number) = match &allowance.size {
            AllowanceSize::Quantity(quantity) => (format!("{unit} free"), *quantity),
            AllowanceSize::Money(money) => ("USD free".to_owned(), money.0),
            AllowanceSize::Per { sku, quantity } => (format!("{unit} free per {sku}"), *quantity),
        };
        let key = (allowance.id.clone(), allowance.name.clone(), unit);
        numbers.insert(key, number);
    }
    numbers
}

/// The price of a SKU in a region: exact, and before the region's factor where there is one.
#[derive(Clone, Default)]
struct InRegion {
    exact: Numbers,
    base: Option<(Decimal, Numbers)>,
}

fn in_regions(id: &str, (service, date): Dated<'_>) -> BTreeMap<String, InRegion> {
    let Some((service, sku)) = service.and_then(|s| Some((s, s.sku(id)?))) else {
        return BTreeMap::new();
    };
    let priced = |(region, about): (&String, &super::Region)| {
        let (row, tiers) = service.price(sku, region, date).ok()?;
        let factor = about.multiplier.filter(|_| row.multiplied);
        let base = factor.map(|factor| (factor, tier_numbers(&row.tiers)));
        Some((region.clone(), InRegion { exact: tier_numbers(&tiers), base }))
    };
    service.regions.iter().filter_map(priced).collect()
}

fn sku(id: &str, old: Dated<'_>, new: Dated<'_>, all: &mut Vec<Difference>) {
    let described = [new.0, old.0].into_iter().flatten().find_map(|s| Some((s, s.sku(id)?)));
    let Some((service, described)) = described else { return };
    let difference = |change, regions: Vec<String>, from, parts| Difference {
        change,
        id: id.to_owned(),
        name: described.name.clone(),
        unit: described.unit.name.to_owned(),
        place: service.place(&regions),
        regions,
        multiplied: false,
        from,
        parts,
    };
    // Regions whose price changes in the same way are one difference; factors that stay do not count.
    let (before, after) = (in_regions(id, old), in_regions(id, new));
    let mut same: BTreeMap<(Change, Vec<Part>, bool), Vec<String>> = BTreeMap::new();
    let none = InRegion::default();
    for region in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let (a, b) = (before.get(region).unwrap_or(&none), after.get(region).unwrap_or(&none));
        let empty = Numbers::new();
        let (a, b, multiplied) = match (&a.base, &b.base) {
            (Some((x, a)), Some((y, b))) if x == y => (a, b, true),
            (Some((_, a)), None) if b.exact.is_empty() => (a, &empty, true),
            (None, Some((_, b))) if a.exact.is_empty() => (&empty, b, true),
            _ => (&a.exact, &b.exact, false),
        };
        if let Some((change, parts)) = compare(a, b) {
            same.entry((change, parts, multiplied)).or_default().push(region.clone());
        }
    }
    all.extend(same.into_iter().map(|((change, parts, multiplied), regions)| Difference {
        multiplied,
        ..difference(change, regions, None, parts)
    }));
    for (change, here, there) in [(Change::Announced, new, old), (Change::Unannounced, old, new)] {
        for (row, regions) in coming(here, id) {
            let known = coming(there, id).iter().any(|(other, r)| {
                other.from == row.from && other.tiers == row.tiers && *r == regions
            });
            // What the other side's day has reached is not announced there any more.
            if !known && row.from > there.1 {
                let empty = Numbers::new();
                let numbers = tier_numbers(&row.tiers);
                let (a, b) = if change == Change::Announced {
                    (&empty, &numbers)
                } else {
                    (&numbers, &empty)
                };
                let parts = parts(a, b);
                all.push(Difference {
                    multiplied: row.multiplied,
                    ..difference(change, regions, Some(row.from), parts)
                });
            }
        }
    }
}

/// Rows that will hold after the day, with their regions.
fn coming<'a>((service, date): Dated<'a>, id: &str) -> Vec<(&'a PriceRow, Vec<String>)> {
    let Some((service, sku)) = service.and_then(|s| Some((s, s.sku(id)?))) else {
        return Vec::new();
    };
    let later = |row: &&PriceRow| row.from > date && row.status != super::Status::Withdrawn;
    let regions = |r: &Regions| service.covered(r).into_iter().map(str::to_owned).collect();
    sku.rows.iter().filter(later).map(|row| (row, regions(&row.regions))).collect()
}

fn tier_numbers(tiers: &[Tier]) -> Numbers {
    let name = |tier: &Tier| format!("{FROM}{}", tier.from.normalize());
    tiers.iter().map(|tier| (name(tier), tier.unit_price.0)).collect()
}

fn models(old: Side<'_>, new: Side<'_>, all: &mut Vec<Difference>) {
    let names = |side: Side<'_>| side.book.model_names();
    for id in names(old).into_iter().chain(names(new)).collect::<BTreeSet<_>>() {
        let numbers = |side: Side<'_>| {
            let price = side.book.model(&id).and_then(|(_, model)| model.price_on(side.date));
            price.map(llm_numbers).unwrap_or_default()
        };
        let difference = |change, from, parts| Difference {
            change,
            id: id.clone(),
            name: String::new(),
            unit: "1M Tokens".to_owned(),
            place: String::new(),
            regions: Vec::new(),
            multiplied: false,
            from,
            parts,
        };
        if let Some((change, parts)) = compare(&numbers(old), &numbers(new)) {
            all.push(difference(change, None, parts));
        }
        for (change, here, there) in
            [(Change::Announced, new, old), (Change::Unannounced, old, new)]
        {
            let later = |side: Side<'_>| -> Vec<(NaiveDate, Numbers)> {
                let model = side.book.model(&id);
                let prices = model.iter().flat_map(|(_, model)| &model.prices);
                prices
                    .filter(|p| p.from > side.date && p.status != super::Status::Withdrawn)
                    .map(|p| (p.from, llm_numbers(p)))
                    .collect()
            };
            let known = later(there);
            for (from, numbers) in later(here) {
                if from > there.date && !known.contains(&(from, numbers.clone())) {
                    let empty = Numbers::new();
                    let parts = if change == Change::Announced {
                        parts(&empty, &numbers)
                    } else {
                        parts(&numbers, &empty)
                    };
                    all.push(difference(change, Some(from), parts));
                }
            }
        }
    }
}

fn llm_numbers(price: &LlmPrice) -> Numbers {
    let mut numbers = Numbers::new();
    let mut add = |prefix: &str, rates: &LlmRates| {
        let mut number = |name: &str, value: Decimal| {
            numbers.insert(format!("{prefix}{name}"), value);
        };
        number("input", rates.input.0);
        number("output", rates.output.0);
        if let Some(read) = rates.cache_read {
            number("cache read", read.0);
        }
        for (life, price) in &rates.cache_write {
            number(&format!("cache write {life}"), price.0);
        }
    };
    add("", &price.standard);
    if let Some(batch) = &price.batch {
        add("batch ", batch);
    }
    if let Some(long) = &price.long_context {
        add(&format!("from {} tokens ", long.from_tokens), &long.rates);
        if let Some(batch) = &long.batch {
            add(&format!("from {} tokens batch ", long.from_tokens), batch);
        }
    }
    numbers
}

/// What changed between two sets of numbers, if anything.
fn compare(old: &Numbers, new: &Numbers) -> Option<(Change, Vec<Part>)> {
    let change = match (old.is_empty(), new.is_empty()) {
        (true, true) => return None,
        (true, false) => Change::Added,
        (false, true) => Change::Removed,
        (false, false) => Change::Changed,
    };
    let parts = parts(old, new);
    (!parts.is_empty()).then_some((change, parts))
}

/// The numbers that are not the same.
fn parts(old: &Numbers, new: &Numbers) -> Vec<Part> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    // A price without tiers on both sides is one number.
    let flat = names.iter().all(|name| name.strip_prefix(FROM) == Some("0"));
    let part = |name: &String| {
        let get = |numbers: &Numbers| numbers.get(name).map(Decimal::normalize);
        let (old, new) = (get(old), get(new));
        let name = if flat { String::new() } else { name.clone() };
        Part { name, old, new }
    };
    let mut parts: Vec<Part> = names.into_iter().map(part).filter(|p| p.old != p.new).collect();
    let bound = |p: &Part| p.name.strip_prefix(FROM).and_then(|b| b.parse::<Decimal>().ok());
    parts.sort_by_key(bound);
    parts
}

impl Service {
    /// A short name of a set of regions: by groups where they are whole.
    #[must_use]
    pub fn place(&self, regions: &[String]) -> String {
        let mut left: BTreeSet<&str> = regions.iter().map(String::as_str).collect();
        if left.len() == self.regions.len() && left.len() > 1 {
            return "all regions".to_owned();
        }
        let groups: BTreeSet<&String> =
            self.regions.values().filter_map(|r| r.group.as_ref()).collect();
        let mut names = Vec::new();
        for group in groups {
            let members = self.covered(&Regions::Group(group.clone()));
            if members.len() > 1 && members.iter().all(|m| left.contains(m)) {
                members.iter().for_each(|m| {
                    left.remove(m);
                });
                names.push(group.as_str());
            }
        }
        names.extend(left);
        match names.len() {
            0..=3 => names.join(", "),
            n => format!("{} and {} more", names[..2].join(", "), n - 2),
        }
    }
}

/// The SKU's price rows by the regions they are for, in the order of the file; rows by their first day.
#[must_use]
pub fn history(sku: &Sku) -> Vec<(&Regions, Vec<&PriceRow>)> {
    let mut groups: Vec<(&Regions, Vec<&PriceRow>)> = Vec::new();
    for row in &sku.rows {
        match groups.iter_mut().find(|(regions, _)| **regions == row.regions) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((&row.regions, vec![row])),
        }
    }
    groups.iter_mut().for_each(|(_, rows)| rows.sort_by_key(|row| row.from));
    groups
}
