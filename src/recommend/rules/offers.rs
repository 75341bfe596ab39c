//! What can be bought in advance: commitments of the price book, and more of those a scenario has.

use crate::billing::{Category, Charge};
use crate::pricing::{Confidence, Service};
use crate::recommend::words;
use crate::recommend::{Change, Edit, Session, Value};
use crate::units::Money;
use crate::workload::CommitmentFile;
use rust_decimal::Decimal;

/// Something that can be bought in whole steps.
pub(super) struct Offer {
    /// What people read.
    pub(super) name: String,
    /// What the scenario calls it.
    pub(super) entry: String,
    /// The service that it is for.
    pub(super) service: String,
    /// US dollars an hour that one step costs.
    pub(super) step: Decimal,
    /// Steps that the scenario has.
    pub(super) has: u64,
    /// The change that makes the scenario have so many steps.
    pub(super) buy: Box<dyn Fn(u64) -> Change>,
    /// Units at once, not money.
    units: bool,
    /// Where it comes from.
    pub(super) evidence: Vec<String>,
}

impl Offer {
    /// What one step is, in words.
    pub(super) const fn steps(&self) -> &'static str {
        if self.units { "whole units" } else { "tenths of a cent an hour" }
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
        is_open(session, None, covers).then(|| Offer {
            name: c.name.clone(),
            entry: name,
            service: service.id.clone(),
            step: tenth_of_a_cent(),
            has: 0,
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
    let (key, step, has) = if let Some(per_hour) = &file.per_hour {
        ("per_hour", tenth_of_a_cent(), (decimal(per_hour)? / tenth_of_a_cent()).ceil())
    } else {
        let units = decimal(file.units.as_ref()?).filter(|u| !u.is_zero())?;
        ("units", used.cost.0 / units / hours, units)
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
    let usable = step > Decimal::ZERO && is_open(session, Some(&name), covers);
    let service = service.id.clone();
    usable.then(|| Offer {
        entry: name.clone(),
        name,
        service,
        step,
        has,
        buy: Box::new(buy),
        units,
        evidence,
    })
}

/// Whether there are charges that could draw on a commitment: that nothing covers, or that `own` covers.
fn is_open(session: &Session<'_>, own: Option<&str>, covers: impl Fn(&Charge) -> bool) -> bool {
    session.now().estimate.statement.charges.iter().any(|c| {
        c.charge_category == Category::Usage
            && c.allowance.is_none()
            && c.pricing_quantity.is_some()
            && (c.commitment.is_none() || c.commitment.as_deref() == own)
            && covers(c)
    })
}
