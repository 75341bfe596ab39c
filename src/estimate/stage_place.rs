//! Where a stage runs that has a platform of its own.

use super::context::Context;
use super::deployment::Deployment;
use super::place;
use crate::diagnostic::{Located, Result};
use crate::pricing::Transport;
use crate::workload::{Assumption, Origin, Placement};

/// The deployment of a stage with a platform.
pub(super) fn on_its_own<'a, T>(
    context: &Context<'a>,
    (name, written, file): (&str, &Located<T>, &dyn Placement),
    function: &Deployment<'a>,
    transport: Transport,
) -> Result<Option<Deployment<'a>>> {
    let source = context.source;
    let Some(platform) = file.platform() else {
        if file.region().is_none() && file.deployment().is_empty() {
            return Ok(None);
        }
        let message = format!("the {name} has a region or settings, but no platform");
        let d = source.error(written, message, "it runs inside the function");
        return Err(Box::new(d.hint("add `platform: ID`, or set these for the workload")));
    };
    let place = place::named(context, platform)?;
    let region = match file.region() {
        Some(_) => place::region(context, place.service, None, file.region())?,
        None => place::nearby(place.service, function.place.service, &function.region),
    };
    let mut d = Deployment::resolve(place, region, file.deployment(), source, false)?;
    memory(context, file, function, &mut d)?;
    d.fill();
    d.note_transport(transport);
    d.carries(transport, |message| source.error(platform, message, "asked for here"))?;
    let origin = if file.region().is_some() { Origin::Given } else { Origin::Assumed };
    d.assumptions.insert(0, Assumption::new("region", d.region.clone(), origin));
    Ok(Some(d))
}

/// The memory of a stage where its settings do not say: what it needs, or what the function has.
fn memory(
    context: &Context<'_>,
    file: &dyn Placement,
    function: &Deployment<'_>,
    d: &mut Deployment<'_>,
) -> Result<()> {
    const NAME: &str = "memory";
    let Some(spec) = d.place.platform.settings.get(NAME) else { return Ok(()) };
    if file.deployment().contains_key(NAME) {
        return Ok(());
    }
    if let Some(field) = file.memory() {
        let id = &d.place.platform.id;
        let value = spec.check(&field.value).map_err(|refusal| {
            let message = format!("`{}` is not a possible memory of {id}", field.value);
            let d = context.source.error(field, message, refusal.label);
            Box::new(d.note(format!("allowed: {}", refusal.allowed)).maybe_hint(refusal.hint))
        })?;
        return d.set(NAME, &value);
    }
    let same = function.get(NAME).and_then(|value| spec.check(value).ok());
    if let Some(value) = same {
        d.set(NAME, &value)?;
        let subject = format!("deployment.{NAME}");
        if let Some(a) = d.assumptions.iter_mut().find(|a| a.subject == subject) {
            (a.origin, a.note) = (Origin::Assumed, "as much as the function has".into());
        }
    }
    Ok(())
}
