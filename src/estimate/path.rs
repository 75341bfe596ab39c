//! What requests pass on their way: gateways, load balancers, CDNs, streams and socket services.

use super::PathBreak;
use super::context::Context;
use super::deployment::Deployment;
use super::place::{is_path, known, nearby, region};
use crate::diagnostic::Result;
use crate::metering::PathLimits;
use crate::pricing::Transport;
use crate::units::thousands;
use crate::workload::{Assumption, Origin, TextOr, WorkloadFile};
use std::collections::BTreeMap;

/// The path of a workload, outermost first as written.
pub(super) fn resolve<'a>(
    context: &Context<'a>,
    file: &WorkloadFile,
    behind: &Deployment<'a>,
    transport: Transport,
) -> Result<Vec<Deployment<'a>>> {
    let source = context.source;
    let mut paths: Vec<Deployment<'a>> = Vec::new();
    for entry in &file.path {
        let (via, written, settings) = match &entry.value {
            TextOr::Text(name) => (entry.field(name), None, BTreeMap::new()),
            TextOr::More(path) => (path.via.clone(), path.region.as_ref(), path.settings.clone()),
        };
        let name = via.value.as_str();
        let blame = |message: String, label: &str| source.error(&via, message, label);
        let place = match context.book.platform(name) {
            Some(place) if is_path(place.platform) => place,
            Some(_) => {
                let d = blame(format!("`{name}` is a platform"), "requests do not pass through it");
                return Err(Box::new(d.hint("name it under `platform:`")));
            }
            None => {
                let d = blame(format!("unknown path `{name}`"), "not in the price book");
                return Err(known(context.book, d, name, true));
            }
        };
        let id = &place.platform.id;
        if paths.iter().any(|p| p.place.platform.id == *id) {
            return Err(Box::new(blame(format!("`{id}` is in the path twice"), "named before")));
        }
        let region = match written {
            Some(_) => region(context, place.service, None, written)?,
            None => nearby(place.service, behind.place.service, &behind.region),
        };
        let mut d = Deployment::resolve(place, region, &settings, source, false)?;
        d.fill();
        d.carries(transport, |message| blame(message, "on the way of this workload"))?;
        d.note_transport(transport);
        for a in &mut d.assumptions {
            let setting = a.subject.trim_start_matches("deployment.");
            a.subject = format!("path.{id}.{setting}");
        }
        let origin = if written.is_some() { Origin::Given } else { Origin::Assumed };
        let subject = format!("path.{id}.region");
        d.assumptions.insert(0, Assumption::new(subject, d.region.clone(), origin));
        paths.push(d);
    }
    Ok(paths)
}

/// What a path would not have carried, if anything.
pub(super) fn breaks(path: &Deployment<'_>, limits: PathLimits) -> Option<PathBreak> {
    let platform = &path.place.platform;
    let (path, name) = (platform.id.clone(), platform.name.clone());
    (limits.too_long + limits.too_large > 0).then_some(PathBreak { path, name, limits })
}

/// Says which streams a path would not have carried.
pub(super) fn warn(path: &Deployment<'_>, limits: PathLimits, of: u64, warnings: &mut Vec<String>) {
    let (name, of) = (&path.place.platform.name, thousands(of));
    if limits.too_long > 0 {
        let longest = limits.timeout.readable();
        let n = thousands(limits.too_long);
        warnings.push(format!("{n} of {of} streams last longer than the {longest} of {name}"));
    }
    if limits.too_large > 0 {
        let (n, most) = (thousands(limits.too_large), thousands(limits.response));
        warnings.push(format!("{n} of {of} answers exceed the {most} bytes that {name} carries"));
    }
}
