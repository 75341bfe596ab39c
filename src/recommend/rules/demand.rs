//! What commitments could pay: the scenario played with each offer bought, and billed without it.

use super::offers::Offer;
use crate::billing::{Demand, Statement};
use crate::diagnostic::Result;
use crate::recommend::{Change, Session};

/// What one step of an offer could pay, and the bill without it.
pub(super) struct Wanted {
    pub(super) demand: Demand,
    pub(super) without: Statement,
}

/// The same of each offer; none where nothing of what it covers is in use, or when time is up.
///
/// # Errors
/// As [`Session::play`].
pub(super) fn of(session: &mut Session<'_>, offers: &[Offer]) -> Result<Vec<Option<Wanted>>> {
    // Usage by the hour is the same whichever commitment asks for it: one replay is enough.
    let all = offers.iter().fold(Change::none(), |all, offer| all.then(&(offer.buy)(1)));
    let wanted: Vec<_> = (0..session.file().workloads.len()).map(|w| (all.clone(), w)).collect();
    let played = session.play(&wanted)?;
    let played: Vec<_> = played.into_iter().filter_map(std::result::Result::ok).collect();
    let terms = session.terms_of(&all)?.filter(|_| played.len() == wanted.len());
    let Some(terms) = terms else {
        // Two offers of one name, for example, are no scenario.
        return match offers {
            [] | [_] => Ok(offers.iter().map(|_| None).collect()),
            _ => offers
                .iter()
                .map(|o| Ok(of(session, std::slice::from_ref(o))?.pop().flatten()))
                .collect(),
        };
    };
    let parts: Vec<_> = played.iter().map(|p| &p.used).collect();
    let offered = |name: &str| offers.iter().any(|o| o.entry == name && o.has == 0);
    let wanted = offers.iter().map(|offer| {
        let mut terms = terms.clone();
        terms.rates.commitments.retain(|c| c.name == offer.entry || !offered(&c.name));
        let demand = terms.demand(&parts, &offer.entry)?;
        terms.rates.commitments.retain(|c| c.name != offer.entry);
        Some(Wanted { demand, without: terms.bill(&parts) })
    });
    Ok(wanted.collect())
}
