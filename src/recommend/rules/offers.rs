//! What can be bought in advance: commitments of the price book, and more of those a scenario has.

use crate::billing::{Category, Charge};
use crate::pricing::{Clock, Confidence, Service};
use crate::recommend::words;
use crate::recommend::{Change, Edit, Session, Value};
use crate::units::{Money, UnitPrice};
use crate::workload::CommitmentFile;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Something that can be bought in whole steps.
pub(super) struct Offer {
    pub(super) name: String,
    /// US dollars an hour that one step costs.
    pub(super) step: Decimal,
    /// Steps that the scenario has.
    pub(super) has: u64,
    /// What it would cover.
    pub(super) lines: Vec<Line>,
    /// The change that makes the scenario have so many steps.
    pub(super) buy: Box<dyn Fn(u64) -> Change>,
    /// Units at once, not money.
    units: bool,
    /// Where it comes from.
    pub(super) evidence: Vec<String>,
}

/// Usage that could be covered.
pub(super) struct Line {
    pub(super) workload: Option<String>,
    /// It runs all the time, or nothing tells when.
    pub(super) even: bool,
    /// What it costs by the commitment, in US dollars.
    pub(super) committed: Decimal,
    /// What it costs without.
    usual: Decimal,
}

impl Offer {
    /// All of it at the commitment's prices.
    pub(super) fn committed(&self) -> Decimal {
        self.lines.iter().map(|l| l.committed).sum()
    }

    /// All of it at the prices without.
    pub(super) fn usual(&self) -> Decimal {
        self.lines.iter().map(|l| l.usual).sum()
    }

    /// An amount in words.
    pub(super) fn amount(&self, steps: u64, price: Money) -> String {
        if self.units { format!("{steps} units") } else { format!("${price} an hour") }
    }
}

/// A tenth of a cent an hour, the step that spend commitments are bought in.
fn tenth_of_a_cent() -> Decimal {
    Decimal::new(1, 3)
}

/// Every offer for usage of the scenario as it stands.
pub(super) fn of(session: &Session<'_>) -> Vec<Offer> {
    // Rates of the command line replace those that could be changed.
    if session.options().rates.is_some() {
        return Vec::new();
    }
    let mut offers = Vec::new();
    let written = &session.file().pricing.commitments;
    for service in &session.book().services {
        offers.extend(of_service(session, service, written));
    }
    for (index, file) in written.iter().enumerate() {
        let others = written.iter().enumerate().filter(|(i, _)| *i != index);
        // Which of two covers what is a matter of their order.
        if !others.flat_map(|(_, o)| skus(o)).any(|sku| skus(file).contains(&sku)) {
            offers.extend(more(session, index, file));
        }
    }
    offers
}

fn skus(file: &CommitmentFile) -> Vec<&str> {
    file.sku.iter().chain(&file.skus).map(|f| f.value.as_str()).collect()
}

/// Commitments of a price file for usage that nothing else makes cheaper.
fn of_service(session: &Session<'_>, service: &Service, written: &[CommitmentFile]) -> Vec<Offer> {
    let taken: Vec<&str> = written.iter().flat_map(skus).collect();
    let known = service.commitments.iter().filter(|c| c.evidence.confidence != Confidence::Low);
    let offers = known.filter_map(|c| {
        if c.skus.iter().any(|sku| taken.contains(&sku.as_str())) {
            return None;
        }
        // One that is less certain and takes less off is not worth telling.
        let better = |o: &crate::pricing::Commitment| {
            o.evidence.confidence > c.evidence.confidence
                && o.percent >= c.percent
                && c.skus.iter().all(|sku| o.skus.contains(sku))
        };
        if service.commitments.iter().any(better) {
            return None;
        }
        let covers = |charge: &Charge| c.skus.contains(&charge.sku_id);
        let price =
            |charge: &Charge| charge.list_unit_price.unwrap_or_default().less_percent(c.percent);
        let lines = lines(session, service, None, covers, price);
        let name = format!("{} {}", service.provider_name, c.name);
        let entry = [("kind", "spend"), ("name", &*name), ("provider", &*service.provider_name)];
        let mut entry: Vec<(String, Value)> =
            entry.into_iter().map(|(k, v)| (k.to_owned(), Value::text(v))).collect();
        entry.push(("percent".into(), Value::text(c.percent.to_string())));
        let skus = c.skus.iter().map(Value::text).collect();
        entry.push(("skus".into(), Value::List(skus)));
        let buy = move |steps: u64| {
            let mut entry = entry.clone();
            let per_hour = (Decimal::from(steps) * tenth_of_a_cent()).normalize();
            entry.insert(3, ("per_hour".into(), Value::text(per_hour.to_string())));
            let list = "pricing.commitments".to_owned();
            Change::none().and(Edit::Append(list, Value::Map(entry)))
        };
        let e = &c.evidence;
        let mut evidence = vec![format!("{} % off the list price: {}", c.percent, e.source)];
        evidence.extend(e.note.clone());
        (!lines.is_empty()).then(|| Offer {
            name: c.name.clone(),
            step: tenth_of_a_cent(),
            has: 0,
            lines,
            buy: Box::new(buy),
            units: false,
            evidence,
        })
    });
    offers.collect()
}

/// More of a commitment that the scenario has.
fn more(session: &Session<'_>, index: usize, file: &CommitmentFile) -> Option<Offer> {
    let name = file.name.value.clone();
    let decimal = |f: &crate::diagnostic::Field| f.value.parse::<Decimal>().ok();
    let first = skus(file).first().map(|s| (*s).to_owned())?;
    let service = session.book().services.iter().find(|s| s.sku(&first).is_some())?;
    let covered: Vec<String> = skus(file).into_iter().map(Into::into).collect();
    let regions: Vec<&str> = file.regions.iter().map(|r| r.value.as_str()).collect();
    let covers = |charge: &Charge| {
        let here = charge.region_id.as_deref().is_some_and(|r| regions.contains(&r));
        covered.contains(&charge.sku_id) && (regions.is_empty() || here)
    };
    let used = session.now().estimate.statement.commitments.iter().find(|c| c.name == name)?;
    let hours =
        Decimal::from(session.now().estimate.period.0) / Decimal::from(3_600_000_000_000_i64);
    let (key, step, has, lines) = if let (Some(per_hour), Some(percent)) =
        (&file.per_hour, &file.percent)
    {
        let percent = decimal(percent)?;
        let price = |c: &Charge| c.list_unit_price.unwrap_or_default().less_percent(percent);
        let has = (decimal(per_hour)? / tenth_of_a_cent()).ceil();
        ("per_hour", tenth_of_a_cent(), has, lines(session, service, Some(&name), covers, price))
    } else {
        let units = decimal(file.units.as_ref()?).filter(|u| !u.is_zero())?;
        let price = UnitPrice(decimal(file.unit_price.as_ref()?)?);
        let step = used.cost.0 / units / hours;
        ("units", step, units, lines(session, service, Some(&name), covers, |_| price))
    };
    let path = format!("pricing.commitments[{index}].{key}");
    let units = key == "units";
    let buy = move |steps: u64| {
        let amount = if units { Decimal::from(steps) } else { Decimal::from(steps) * step };
        let value = Value::text(amount.normalize().to_string());
        Change::none().and(Edit::Set(path.clone(), value))
    };
    let has = u64::try_from(has).ok()?;
    let evidence = vec![format!("now {} of it is used", words::percent(used.used.0, used.cost.0))];
    let usable = !lines.is_empty() && step > Decimal::ZERO;
    usable.then(|| Offer { name, step, has, lines, buy: Box::new(buy), units, evidence })
}

/// Charges that could draw on a commitment: those that nothing covers, or that `own` covers.
fn lines(
    session: &Session<'_>,
    service: &Service,
    own: Option<&str>,
    covers: impl Fn(&Charge) -> bool,
    price: impl Fn(&Charge) -> UnitPrice,
) -> Vec<Line> {
    let charges = &session.now().estimate.statement.charges;
    let open = |c: &&Charge| {
        c.charge_category == Category::Usage
            && c.allowance.is_none()
            && c.pricing_quantity.is_some()
            && (c.commitment.is_none() || c.commitment.as_deref() == own)
            && covers(c)
    };
    let all_day = |clock: Clock| {
        use Clock::{Deployed, IdleAtMinimum, Provisioned, Stated, WarmIdle};
        matches!(clock, Deployed | IdleAtMinimum | Provisioned | Stated | WarmIdle)
    };
    // What a credit pays is better left to it, whichever of the usage that is.
    let all = || charges.iter().filter(open);
    let priced = |c: &Charge| usual_price(c).0 * c.pricing_quantity.unwrap_or_default().0;
    let usual: Decimal = all().map(priced).sum();
    let ids: BTreeSet<&str> = all().map(|c| c.sku_id.as_str()).collect();
    let paid = credits(session, service, &ids);
    let left = if usual > paid { (usual - paid) / usual } else { Decimal::ZERO };
    let line = |c: &Charge| {
        let quantity = c.pricing_quantity.unwrap_or_default();
        Line {
            workload: c.workload.clone(),
            even: service.sku(&c.sku_id).is_none_or(|sku| all_day(sku.meter.clock)),
            committed: quantity.at(price(c)).0 * left,
            usual: quantity.at(usual_price(c)).0 * left,
        }
    };
    if left.is_zero() { Vec::new() } else { all().map(line).collect() }
}

/// The price of a charge that nothing covers.
fn usual_price(charge: &Charge) -> UnitPrice {
    charge.contracted_unit_price.or(charge.list_unit_price).unwrap_or_default()
}

/// What free tiers in money pay of these SKUs.
fn credits(session: &Session<'_>, service: &Service, skus: &BTreeSet<&str>) -> Decimal {
    let for_these = |name: &str| {
        let named = service.allowances.iter().filter(|a| a.name == name);
        named.flat_map(|a| &a.skus).any(|sku| skus.contains(sku.as_str()))
    };
    let charges = session.now().estimate.statement.charges.iter();
    let credits = charges.filter(|c| {
        c.charge_category == Category::Credit
            && c.service_name == service.service_name
            && c.allowance.as_deref().is_some_and(for_these)
    });
    credits.map(|c| -c.billed_cost.0).sum()
}
