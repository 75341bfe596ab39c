//! What an assignment chooses from: workloads, stages and routes as items, and ways to run each.
//!
//! Every way is replayed by itself. What one part's replay needs to know of another (whether a stage runs
//! inside its function, whether both are one vendor's, which routes are left) is in the way, and only
//! ways that agree on it go together. So any choice is the sum of its parts.

mod edits;
mod functions;
mod item;
mod routes;
mod stages;

pub(super) use edits::{change, played};
pub(super) use item::{Item, Items, Place, What, fits};

use super::Session;
use super::options::ways_to_run;
use crate::diagnostic::Result;

/// The items of all workloads; none when time is up.
pub(super) fn items<'a>(session: &mut Session<'a>) -> Result<Items<'a>> {
    let terms = session.terms()?;
    let mut all = Items { items: Vec::new(), complete: true };
    for workload in 0..session.file().workloads.len() {
        let load = session.load(workload)?;
        let candidates = ways_to_run(session, workload, &load);
        let stages = stages::movable(&session.file().workloads[workload]);
        if stages.is_empty() {
            let mut own = functions::item(session, &terms, workload, candidates)?;
            let routes = routes::split(session, &terms, &mut own)?;
            all.items.push(own);
            all.items.extend(routes);
        } else {
            let found = stages::items(session, &terms, (workload, &stages), candidates)?;
            all.complete &= found.complete;
            all.items.extend(found.items);
        }
        let missing = all.items.last().is_none_or(|item| item.workload != workload);
        if missing || session.out_of_time() || all.items.iter().any(|item| item.ways.is_empty()) {
            return Ok(Items::default());
        }
    }
    Ok(all)
}
