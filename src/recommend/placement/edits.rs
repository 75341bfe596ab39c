//! A choice of ways as a change of the scenario, and as what is billed.

use super::item::{Item, Place, What};
use crate::estimate::Played;
use crate::recommend::{Change, Edit, Value};
use crate::workload::WorkloadFile;

/// What runs with a choice of ways.
pub(in crate::recommend) fn played<'i, 'a>(
    items: &'i [Item<'a>],
    choice: &[usize],
) -> Option<Vec<&'i Played<'a>>> {
    let ways = items.iter().zip(choice).map(|(item, i)| item.ways.get(*i));
    let ways: Vec<_> = ways.collect::<Option<_>>()?;
    Some(ways.into_iter().filter_map(|way| way.played.as_deref()).collect())
}

/// The change that a choice of ways is.
pub(in crate::recommend) fn change(
    files: &[WorkloadFile],
    items: &[Item<'_>],
    choice: &[usize],
) -> Change {
    let chosen: Vec<_> = items.iter().zip(choice).map(|(item, i)| (item, &item.ways[*i])).collect();
    let mut change = Change::none();
    let mut count = files.len();
    for (item, way) in &chosen {
        let w = item.workload;
        let of = chosen.iter().filter(|(other, _)| other.workload == w);
        match &way.place {
            Place::Function { candidate, stays, .. } => {
                change = change.then(&candidate.change);
                for (_, way) in of {
                    let Place::Stage { spot, .. } = &way.place else { continue };
                    change = change.then(if *stays { &spot.here } else { &spot.pinned });
                }
            }
            Place::Rest { apart, candidate: rest } => {
                let own = |item: &Item<'_>| matches!(item.what, What::Route { .. });
                let routes: Vec<_> = of.filter(|(item, _)| own(item)).collect();
                let mut leave = routes.iter().filter_map(|(item, way)| match &way.place {
                    Place::Route { candidate: Some(candidate) } => Some((&item.what, candidate)),
                    _ => None,
                });
                // Without a rest the first route takes the workload's place.
                let first = if way.played.is_none() { leave.next() } else { None };
                let others: Vec<_> = leave.collect();
                for _ in &others {
                    change = change.and(Edit::Copy("workloads".into(), w));
                }
                for (what, candidate) in others {
                    change = change.then(&route_of(&files[w], count, what));
                    change = change.then(&candidate.change.of(w, count));
                    count += 1;
                }
                let left = || labels(routes.iter().map(|(item, _)| *item), *apart);
                change = match first {
                    Some((what, candidate)) => {
                        change.then(&route_of(&files[w], w, what)).then(&candidate.change)
                    }
                    None => change.then(&without(&files[w], w, &left())).then(&rest.change),
                };
            }
            Place::Stage { .. } | Place::Route { .. } => {}
        }
    }
    change
}

/// The labels of the routes whose bits are set.
fn labels<'i>(routes: impl Iterator<Item = &'i Item<'i>>, apart: u32) -> Vec<String> {
    let own = |item: &Item<'_>| match &item.what {
        What::Route { number, label, .. } if apart >> number & 1 == 1 => Some(label.clone()),
        _ => None,
    };
    routes.filter_map(own).collect()
}

/// A workload, or a copy of it at another index, becomes one of its routes.
pub(super) fn route_of(file: &WorkloadFile, index: usize, what: &What) -> Change {
    let What::Route { label, name, .. } = what else { return Change::none() };
    let mut change = Change::none().set(index, "name", name.as_str());
    if file.arrivals.value.except.is_some() {
        change = change.remove(index, "arrivals.except");
    }
    change.set(index, "arrivals.only", Value::List(vec![label.as_str().into()]))
}

/// A workload loses some of its routes.
pub(super) fn rest_of(
    file: &WorkloadFile,
    workload: usize,
    routes: &[Item<'_>],
    apart: u32,
) -> Change {
    without(file, workload, &labels(routes.iter(), apart))
}

fn without(file: &WorkloadFile, workload: usize, apart: &[String]) -> Change {
    let arrivals = &file.arrivals.value;
    let list = |labels: Vec<&str>| Value::List(labels.into_iter().map(Value::text).collect());
    let texts = |field: &crate::diagnostic::Field| field.value.clone();
    match &arrivals.only {
        Some(only) => {
            let all: Vec<String> = only.value.iter().map(texts).collect();
            let left = all.iter().filter(|label| !apart.contains(label));
            let left = left.map(String::as_str).collect();
            Change::none().set(workload, "arrivals.only", list(left))
        }
        None => {
            let before: Vec<String> =
                arrivals.except.iter().flat_map(|e| e.value.iter().map(texts)).collect();
            let all = before.iter().chain(apart).map(String::as_str).collect();
            Change::none().set(workload, "arrivals.except", list(all))
        }
    }
}
