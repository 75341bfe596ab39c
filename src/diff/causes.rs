//! Why two estimates differ: one kind of change after the other, estimated.

use super::ledger::Ledger;
use super::mix::{Group, mix, mix_options, root};
use super::node::Node;
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::estimate::{Estimate, Options, Side, TraceLoader, sides as estimates};
use crate::units::Money;

/// What a difference comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A group of keys is different; without free tiers and credits.
    Group(Group),
    /// Free tiers and credits take off more or less than before.
    Allowances,
}

impl Kind {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Group(Group::Traffic) => "traffic",
            Self::Group(Group::Configuration) => "configuration",
            Self::Group(Group::Agreements) => "plans_and_rates",
            Self::Group(Group::Prices) => "prices",
            Self::Allowances => "free_tiers_and_credits",
        }
    }
}

/// A part of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What it comes from: several where no scenario stands between them.
    pub kinds: Vec<Kind>,
    /// How much.
    pub amount: Money,
}

/// What a difference is made of; the causes add up to it exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Causes {
    /// The causes that there are, in the order in which they were applied.
    pub causes: Vec<Cause>,
    /// What the second scenario costs more than at the prices of the first, with free tiers and credits;
    /// none if that cannot be told apart from the rest.
    pub price_drift: Option<Money>,
}

impl Causes {
    /// Their sum.
    #[must_use]
    pub fn total(&self) -> Money {
        self.causes.iter().map(|c| c.amount).sum()
    }
}

/// Two estimates and what lies between them.
#[derive(Debug)]
pub struct Sides {
    /// The first.
    pub before: Estimate,
    /// The second.
    pub after: Estimate,
    /// Why they differ.
    pub causes: Causes,
}

/// Estimates two scenarios and finds what makes the difference.
///
/// The first scenario takes over the second one's traffic, then its configuration, then its plans and
/// rates, then the prices, each estimated without free tiers and credits; what these take off is a cause
/// of its own. A step that cannot be estimated or has no price is joined with the next one.
///
/// # Errors
/// When one of the two has a mistake, or a trace cannot be read.
pub fn causes(a: Side<'_>, b: Side<'_>, loader: &mut dyn TraceLoader) -> Result<Sides> {
    let (changed, steps) = steps(a, b)?;
    let (gross_a, gross_b) = (without_allowances(a.options), without_allowances(b.options));
    let mut sides = vec![a, b, Side { options: &gross_a, ..a }, Side { options: &gross_b, ..b }];
    for step in &steps {
        let (source, options) = (&step.source, &step.options);
        sides.push(Side { source, folder: &step.folder, book: a.book, options });
    }
    // The second scenario at the prices of the first, as it is billed.
    let prices = changed.last() == Some(&Group::Prices);
    let billed = steps.last().filter(|_| prices).map(|step| {
        let no_free_tier = b.options.no_free_tier;
        (step, Options { no_free_tier, ..step.options.clone() })
    });
    if let Some((step, options)) = &billed {
        let source = &step.source;
        sides.insert(4, Side { source, folder: &step.folder, book: a.book, options });
    }
    let mut results = estimates(&sides, loader)?.into_iter();
    let mut next = || results.next().unwrap_or_else(nothing);
    let (before, after, gross_before, gross_after) = (next()?, next()?, next()?, next()?);
    let at_old_prices = billed.as_ref().map(|_| next());
    let (first, end) = (gross_before.statement.total(), gross_after.statement.total());
    let known = [Ledger::from(&gross_before), Ledger::from(&gross_after)];
    let between: Vec<Option<Money>> =
        results.map(|r| r.ok().and_then(|e| sound(&e, &known))).collect();
    let (old, new) = (before.statement.total(), after.statement.total());
    let price_drift = match at_old_prices {
        Some(then) => then.ok().and_then(|e| sound(&e, &known)).map(|then| new - then),
        None if prices => Some(new - old),
        None => Some(Money::ZERO),
    };
    let (mut causes, mut kinds, mut last) = (Vec::new(), Vec::new(), first);
    // After the last group that changed stands the second scenario itself.
    for (group, total) in changed.iter().zip(between.into_iter().chain([Some(end)])) {
        kinds.push(Kind::Group(*group));
        let Some(total) = total else { continue };
        causes.push(Cause { kinds: std::mem::take(&mut kinds), amount: total - last });
        last = total;
    }
    let allowances = (new - end) - (old - first);
    if !allowances.is_zero() {
        causes.push(Cause { kinds: vec![Kind::Allowances], amount: allowances });
    }
    Ok(Sides { before, after, causes: Causes { causes, price_drift } })
}

fn nothing() -> Result<Estimate> {
    Err(Box::new(Diagnostic::input("there is nothing to estimate")))
}

/// For totals alone.
fn without_allowances(options: &Options) -> Options {
    Options { no_free_tier: true, timeline: None, ..options.clone() }
}

/// The total, if nothing in it lacks a price that both ends have.
fn sound(estimate: &Estimate, ends: &[Ledger; 2]) -> Option<Money> {
    let lacks = |end: &Ledger, sku: &str| end.missing.iter().any(|m| m.sku_id == sku);
    let mut missing = estimate.statement.unpriced.iter();
    let known = missing.all(|u| ends.iter().any(|end| lacks(end, &u.sku_id)));
    known.then(|| estimate.statement.total())
}

/// A scenario between the two.
struct Step {
    source: Source,
    folder: String,
    options: Options,
}

/// The groups that changed, and the scenarios after each of them but the last.
fn steps(a: Side<'_>, b: Side<'_>) -> Result<(Vec<Group>, Vec<Step>)> {
    let (mut old, mut new) = (Node::of(a.source)?, Node::of(b.source)?);
    let folder = if a.folder == b.folder {
        a.folder.to_owned()
    } else {
        root(&mut old, a.folder);
        root(&mut new, b.folder);
        String::new()
    };
    let gross = (without_allowances(a.options), without_allowances(b.options));
    let prices = (prices(a, &old), prices(b, &new));
    let mut mixed = (old.clone(), format!("{:?}", gross.0));
    let (mut changed, mut steps) = (Vec::new(), Vec::new());
    for group in Group::ALL {
        let (node, options) = (mix(&old, &new, group), mix_options(&gross.0, &gross.1, group));
        let shown = format!("{options:?}");
        let other = if group == Group::Prices {
            prices.0 != prices.1 || !std::ptr::eq(a.book, b.book)
        } else {
            node != mixed.0 || shown != mixed.1
        };
        if other {
            let source = Source::new(a.source.name(), node.flow());
            steps.push(Step { source, folder: folder.clone(), options });
            changed.push(group);
        }
        mixed = (node, shown);
    }
    steps.pop();
    Ok((changed, steps))
}

/// Which prices a side uses: the day, and whether they are split where they change.
fn prices(side: Side<'_>, scenario: &Node) -> (String, bool) {
    let written = |key: &str| scenario.get(key).and_then(Node::scalar);
    let chosen = side.options.pricing_date.map(|d| d.to_string());
    let day = chosen.or_else(|| written("pricing_date").map(str::to_owned));
    let fixed = side.options.fixed_prices || written("price_changes") == Some("ignore");
    (day.unwrap_or_else(|| side.options.today.to_string()), fixed)
}
