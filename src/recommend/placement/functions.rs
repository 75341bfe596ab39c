//! A workload whose stages, if it has any, stay as they are.

use super::item::{Beside, Item, Place, Way, What};
use crate::diagnostic::Result;
use crate::estimate::Terms;
use crate::recommend::Session;
use crate::recommend::candidates::Candidate;

/// Whose platform it is.
pub(super) fn vendor(session: &Session<'_>, platform: &str) -> String {
    let place = session.book().platform(platform);
    place.map_or(String::new(), |p| p.service.provider_name.clone())
}

/// The workload with everything that belongs to it as one item.
pub(super) fn item<'a>(
    session: &mut Session<'a>,
    terms: &Terms<'a>,
    workload: usize,
    candidates: Vec<Candidate>,
) -> Result<Item<'a>> {
    let wanted: Vec<_> = candidates.iter().map(|c| (c.change.clone(), workload)).collect();
    let played = session.play(&wanted)?;
    let mut ways = Vec::new();
    for (index, (candidate, played)) in candidates.into_iter().zip(played).enumerate() {
        let Ok(played) = played else { continue };
        let vendor = vendor(session, &candidate.platform);
        let place = Place::Function { candidate, vendor, stages: [Beside::Inside; 2], stays: true };
        if index == 0 {
            ways.push(Way::as_it_is(session, terms, played, place));
        } else {
            ways.extend(Way::new(session, terms, played, place));
        }
    }
    Ok(Item { workload, what: What::Function, ways })
}
