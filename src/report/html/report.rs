//! One page with everything about a scenario.

use super::estimate::{assumed, details, headline, spent, subtitle};
use super::recommendation;
use super::{Section, comparison, page, pareto, sources, sweep, text};
use crate::estimate::{Comparison, Estimate, Standing};
use crate::recommend::Recommendations;
use crate::report::comparison::{Swept, words::named};
use crate::report::number::{money, money_share};
use crate::report::recommendation::{Applied, words::Words};
use crate::units::Money;
use maud::{Markup, html};

/// What the page is made of; what is not there is left out.
#[derive(Debug)]
pub struct Report<'a> {
    /// The scenario as it is, best with a timeline.
    pub estimate: &'a Estimate,
    /// Platforms side by side.
    pub compared: Option<&'a Comparison>,
    /// Many values of one thing.
    pub swept: Option<&'a Swept>,
    /// What pays.
    pub recommended: Option<(&'a Recommendations, &'a Applied)>,
    /// What the page does not have and why, a sentence each.
    pub left_out: &'a [String],
}

/// The page.
#[must_use]
pub fn report(of: &Report<'_>) -> String {
    let e = of.estimate;
    let found = of.recommended.map(|(found, _)| found);
    let mut all = vec![Some(Section { id: "summary", title: "Summary", body: summary(of) })];
    all.extend(spent(e));
    all.extend(of.compared.into_iter().flat_map(comparison::sections));
    all.extend(of.swept.into_iter().flat_map(sweep::sections));
    all.push(pareto::section(e, of.compared, found));
    if let Some((found, applied)) = of.recommended {
        all.extend(recommendation::sections(found, applied));
    }
    all.extend(details(e));
    all.push(Some(assumed(e)));
    let compared = of.compared.into_iter().flat_map(|c| c.alternatives());
    let compared = compared.filter_map(|a| a.result.as_ref().ok());
    let plan = found.and_then(|found| found.plan.as_ref()).map(|plan| &plan.trial.estimate);
    all.push(Some(sources::section(std::iter::once(e).chain(compared).chain(plan))));
    page(&e.name, &subtitle(e), all)
}

/// What a reader in a hurry should know.
fn summary(of: &Report<'_>) -> Markup {
    let plan = of.recommended.map(|(found, _)| {
        let words = Words::of(found);
        found.plan.as_ref().map_or_else(|| words.nothing(found), |p| words.headline(&p.effect))
    });
    html! {
        (headline(of.estimate))
        ul {
            @if let Some(cheapest) = of.compared.map(|c| cheapest(of.estimate, c)) {
                li { (text(&cheapest)) " " a href="#compared" { "Side by side" } }
            }
            @if let Some(plan) = plan { li { (text(&plan)) ". " a href="#plan" { "The plan" } } }
            @for left_out in of.left_out { li.soft { (text(left_out)) } }
        }
    }
}

/// Which platform is the cheapest, and by how much.
fn cheapest(now: &Estimate, compared: &Comparison) -> String {
    let all = compared.alternatives();
    let sound = all.iter().filter(|a| a.standing() == Standing::Sound).count();
    let Some(best) = compared.cheapest().next() else {
        return format!("None of {} platforms serves every request at a known price.", all.len());
    };
    let now = now.statement.total();
    let total = best.result.as_ref().map_or(Money::ZERO, |e| e.statement.total());
    let less = now - total;
    let by = if less.is_zero() {
        "as much as the scenario as it is".to_owned()
    } else {
        let (amount, word) =
            if less > Money::ZERO { (less, "less") } else { (Money(-less.0), "more") };
        let percent = money_share(amount, now).map_or(String::new(), |p| format!(" ({p})"));
        format!("{}{percent} {word} than the scenario as it is", money(amount))
    };
    let of = match sound {
        1 => "the only platform that serves".to_owned(),
        n => format!("the cheapest of {n} platforms that serve"),
    };
    format!(
        "{} is {of} every request at a known price, of {} compared: {}, {by}.",
        named(best),
        all.len(),
        money(total)
    )
}
