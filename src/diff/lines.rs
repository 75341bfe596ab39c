//! Two bills line by line.

use super::ledger::{Entry, Ledger};
use crate::units::Money;
use rust_decimal::{Decimal, RoundingStrategy};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Decimals of a quantity's effect, which may be at a mean price. What is rounded is in one part and not
/// in the other, so parts add up.
const DECIMALS: u32 = 18;

/// What explains a line's difference; the parts add up to it exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Quantity now less quantity before, at the list price before.
    pub quantity: Money,
    /// List price now less list price before, at the quantity now.
    pub price: Money,
    /// Free tiers, credits, commitments and negotiated rates: what comes off list prices.
    pub discounts: Money,
    /// Lines that are new.
    pub added: Money,
    /// Lines that are gone.
    pub removed: Money,
}

impl Effects {
    /// The parts with their names, in the order they are shown.
    #[must_use]
    pub fn named(&self) -> [(&'static str, Money); 5] {
        [
            ("quantity", self.quantity),
            ("price", self.price),
            ("discounts", self.discounts),
            ("new", self.added),
            ("gone", self.removed),
        ]
    }

    /// Their sum.
    #[must_use]
    pub fn total(&self) -> Money {
        self.named().into_iter().map(|(_, part)| part).sum()
    }

    fn add(&mut self, other: &Self) {
        self.quantity += other.quantity;
        self.price += other.price;
        self.discounts += other.discounts;
        self.added += other.added;
        self.removed += other.removed;
    }
}

/// One side of a line: all charges of it together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// How much, in the line's unit.
    pub quantity: Decimal,
    /// At list price.
    pub list: Money,
    /// What is owed.
    pub billed: Money,
    /// The list price of one unit; none if there are several, as in tiers.
    pub unit_price: Option<Decimal>,
}

/// All charges of one SKU for one workload, before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The workload; none for the account as a whole.
    pub workload: Option<String>,
    /// The service.
    pub service: String,
    /// The SKU, fee, credit or commitment.
    pub sku_id: String,
    /// What people read.
    pub name: String,
    /// The unit of both quantities.
    pub unit: Option<String>,
    /// Before, if it was there.
    pub before: Option<Amount>,
    /// After, if it is there.
    pub after: Option<Amount>,
    /// What explains the difference.
    pub effects: Effects,
}

impl Line {
    /// Cost after less cost before.
    #[must_use]
    pub fn change(&self) -> Money {
        let cost = |side: &Option<Amount>| side.map_or(Money::ZERO, |a| a.billed);
        cost(&self.after) - cost(&self.before)
    }

    /// Whether nothing about it changed.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.before == self.after
    }
}

/// Two bills line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// Lines that changed, the largest change first.
    pub changed: Vec<Line>,
    /// Lines that did not.
    pub same: Vec<Line>,
    /// What the lines that did not change cost.
    pub same_cost: Money,
    /// What explains the difference of the totals, all lines together.
    pub effects: Effects,
}

type Key = (Option<String>, String, String, Option<String>);

#[derive(Default)]
struct Sum {
    name: String,
    before: Option<Amount>,
    after: Option<Amount>,
}

/// Compares two bills. A single workload is the same one under another name.
#[must_use]
pub fn lines(before: &Ledger, after: &Ledger) -> Lines {
    let renamed = match (&before.workloads[..], &after.workloads[..]) {
        ([old], [new]) => Some((old, new)),
        _ => None,
    };
    let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
    for e in &before.entries {
        let workload = match renamed {
            Some((old, new)) if e.workload.as_ref() == Some(old) => Some(new.clone()),
            _ => e.workload.clone(),
        };
        add(&mut sums, workload, e, |sum| &mut sum.before);
    }
    for e in &after.entries {
        add(&mut sums, e.workload.clone(), e, |sum| &mut sum.after);
    }
    let (mut changed, mut same) = (Vec::new(), Vec::new());
    let mut effects = Effects::default();
    for ((workload, service, sku_id, unit), sum) in sums {
        let Sum { name, before, after } = sum;
        let own = explain(before, after);
        effects.add(&own);
        let line = Line { workload, service, sku_id, name, unit, before, after, effects: own };
        if line.is_same() { same.push(line) } else { changed.push(line) }
    }
    changed.sort_by_key(|line| Reverse(line.change().0.abs()));
    let same_cost = same.iter().filter_map(|l| l.after).map(|a| a.billed).sum();
    Lines { changed, same, same_cost, effects }
}

fn add(
    sums: &mut BTreeMap<Key, Sum>,
    workload: Option<String>,
    e: &Entry,
    side: fn(&mut Sum) -> &mut Option<Amount>,
) {
    let key = (workload, e.service.clone(), e.sku_id.clone(), e.unit.clone());
    let sum = sums.entry(key).or_default();
    sum.name = if sum.name.is_empty() { e.name.clone() } else { common(&sum.name, &e.name) };
    let first = Amount { unit_price: e.unit_price, ..Amount::default() };
    let amount = side(sum).get_or_insert(first);
    amount.unit_price = amount.unit_price.filter(|p| Some(*p) == e.unit_price);
    amount.quantity += e.quantity;
    amount.list += e.list;
    amount.billed += e.billed;
}

/// What two descriptions of one SKU have in common: each may name its tier or allowance too.
fn common(a: &str, b: &str) -> String {
    if a == b {
        return a.to_owned();
    }
    let shared = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x);
    let shared: String = shared.collect();
    let name = shared.trim_end_matches([' ', '(', ',']);
    if name.is_empty() { a.to_owned() } else { name.to_owned() }
}

fn explain(before: Option<Amount>, after: Option<Amount>) -> Effects {
    let (a, b) = match (before, after) {
        (Some(a), Some(b)) => (a, b),
        (None, Some(b)) => return Effects { added: b.billed, ..Effects::default() },
        (Some(a), None) => return Effects { removed: -a.billed, ..Effects::default() },
        (None, None) => return Effects::default(),
    };
    let list = b.list - a.list;
    let quantity = if a.quantity == b.quantity {
        Money::ZERO
    } else {
        at_price(b.quantity - a.quantity, a).unwrap_or(list)
    };
    Effects {
        quantity,
        price: list - quantity,
        discounts: b.billed - a.billed - list,
        ..Effects::default()
    }
}

/// A quantity at the list price of an amount, or the mean of several; none where it has no quantity.
fn at_price(quantity: Decimal, of: Amount) -> Option<Money> {
    let product = match of.unit_price {
        Some(price) => price.checked_mul(quantity)?,
        None => of.list.0.checked_mul(quantity)?.checked_div(of.quantity)?,
    };
    let strategy = RoundingStrategy::MidpointNearestEven;
    Some(Money(product.round_dp_with_strategy(DECIMALS, strategy)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(quantity: &str, list: &str, billed: &str) -> Option<Amount> {
        let money = |t: &str| t.parse::<Money>().unwrap();
        let quantity = quantity.parse().unwrap();
        Some(Amount { quantity, list: money(list), billed: money(billed), unit_price: None })
    }

    fn parts(before: Option<Amount>, after: Option<Amount>) -> [String; 5] {
        explain(before, after).named().map(|(_, m)| m.0.normalize().to_string())
    }

    #[test]
    fn a_change_is_split_into_quantity_price_and_discounts() {
        // 10 at 2, of which 5 off; then 12 at 3, of which 6 off.
        assert_eq!(
            parts(amount("10", "20", "15"), amount("12", "36", "30")),
            ["4", "12", "-1", "0", "0"]
        );
        // The same quantity at another price is the price alone.
        assert_eq!(
            parts(amount("10", "20", "20"), amount("10", "21", "21")),
            ["0", "1", "0", "0", "0"]
        );
        assert_eq!(parts(None, amount("1", "2", "1")), ["0", "0", "0", "1", "0"]);
        assert_eq!(parts(amount("1", "2", "1"), None), ["0", "0", "0", "0", "-1"]);
        // Credits have no quantity.
        assert_eq!(
            parts(amount("0", "0", "-5"), amount("0", "0", "-7")),
            ["0", "0", "-2", "0", "0"]
        );
    }

    #[test]
    fn what_is_rounded_in_one_part_is_in_the_other() {
        let (a, b) = (amount("3", "1", "1"), amount("5", "1.7", "0.123456789"));
        let effects = explain(a, b);
        assert_eq!(effects.total(), b.unwrap().billed - a.unwrap().billed);
        assert_eq!(effects.quantity.to_string(), "0.666666666666666667");
    }

    #[test]
    fn a_line_is_called_what_its_charges_have_in_common() {
        assert_eq!(
            common("Duration (x86) (first 6B)", "Duration (x86) (Free tier)"),
            "Duration (x86)"
        );
        assert_eq!(common("Requests", "Requests (Free)"), "Requests");
        assert_eq!(common("Requests, spill-over", "Requests"), "Requests");
        assert_eq!(common("A", "B"), "A");
    }
}
