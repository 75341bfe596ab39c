//! Where a workload runs: its platform, region and transport, looked up in the price book.

use super::context::Context;
use super::deployment::Deployment;
use crate::diagnostic::{Diagnostic, Field, Result, suggest};
use crate::pricing::{Book, Platform, PlatformRef, Scaling, Service, Transport};
use crate::workload::{Assumption, Origin, WorkloadFile};

/// Whether requests only pass through it.
pub(super) fn is_path(platform: &Platform) -> bool {
    platform.scaling == Scaling::None
}

/// The deployment of a workload and how its answers travel.
pub(super) fn runs_on<'a>(
    context: &Context<'a>,
    file: &WorkloadFile,
    inherited: Option<&Field>,
) -> Result<(Deployment<'a>, Transport)> {
    let transport = transport(context, file.transport.as_ref())?;
    let place = platform(context, file, inherited)?;
    let chosen = context.options.region.as_deref();
    let written = file.region.as_ref().filter(|_| context.options.platform.is_none());
    let region = region(context, place.service, chosen, written)?;
    let lenient = context.options.platform.is_some();
    let over = &context.options.settings;
    let kept = file.deployment.iter().filter(|(name, _)| over.iter().all(|o| o.0 != **name));
    let mut d = Deployment::resolve(place, region, kept, context.source, lenient)?;
    for (name, value) in over {
        d.set(name, value)?;
    }
    d.fill();
    d.note_transport(transport);
    let given = file.region.is_some() || context.options.region.is_some();
    let origin = if given { Origin::Given } else { Origin::Assumed };
    d.assumptions.insert(0, Assumption::new("region", d.region.clone(), origin));
    if file.transport.is_some() {
        let value = transport.name();
        d.assumptions.insert(1, Assumption::new("transport", value, Origin::Given));
    }
    Ok((d, transport))
}

fn transport(context: &Context<'_>, field: Option<&Field>) -> Result<Transport> {
    let Some(field) = field else { return Ok(Transport::default()) };
    let names = || Transport::ALL.into_iter().map(Transport::name);
    Transport::ALL.into_iter().find(|t| t.name() == field.value).ok_or_else(|| {
        let message = format!("unknown transport `{}`", field.value);
        Box::new(
            context
                .source
                .error(field, message, "not a way answers travel")
                .note(format!("allowed: {}", suggest::list(names())))
                .maybe_hint(suggest::did_you_mean(&field.value, names())),
        )
    })
}

/// A platform that something can run on, by its name.
///
/// # Errors
/// When there is none; `blame` says where it was named.
pub(super) fn found<'a>(
    book: &'a Book,
    name: &str,
    blame: &dyn Fn(String, &'static str) -> Diagnostic,
) -> Result<PlatformRef<'a>> {
    match book.platform(name) {
        Some(place) if !is_path(place.platform) => Ok(place),
        Some(place) => {
            let message = format!("nothing runs on `{}`", place.platform.id);
            let d = blame(message, "requests only pass through it");
            Err(Box::new(d.hint("name it under `path:`, and say what runs behind it here")))
        }
        None => {
            let message = format!("unknown platform `{name}`");
            let d = blame(message, "not a platform in the price book");
            Err(known(book, d, name, false))
        }
    }
}

/// The platform that a field names.
pub(super) fn named<'a>(context: &Context<'a>, field: &Field) -> Result<PlatformRef<'a>> {
    let blame = |message, label| context.source.error(field, message, label);
    found(context.book, &field.value, &blame)
}

fn platform<'a>(
    context: &Context<'a>,
    file: &WorkloadFile,
    inherited: Option<&Field>,
) -> Result<PlatformRef<'a>> {
    let (book, source) = (context.book, context.source);
    match (&context.options.platform, file.platform.as_ref().or(inherited)) {
        (Some(name), _) => found(book, name, &|message, _| Diagnostic::input(message)),
        (None, Some(field)) => named(context, field),
        (None, None) => {
            let message = format!("workload `{}` has no platform", file.name.value);
            let d = source.error(&file.name, message, "nothing says where it runs");
            let hint = "add `platform: ID` here, or `--platform ID` on the command line";
            Err(Box::new(known(book, d, "", false).hint(hint)))
        }
    }
}

/// The error, with the platforms or paths there are.
pub(super) fn known(book: &Book, d: Diagnostic, name: &str, paths: bool) -> Box<Diagnostic> {
    let names = || {
        let all = book.platforms().filter(|p| is_path(p.platform) == paths);
        all.map(|p| p.platform.id.as_str())
    };
    let others = || {
        let all = book.platforms().filter(|p| is_path(p.platform) == paths);
        all.flat_map(|p| p.platform.aliases.iter().map(String::as_str))
    };
    let what = if paths { "paths" } else { "platforms" };
    let more = (names().count() > suggest::FEW)
        .then(|| "`ssc pricing list` shows what there is".to_owned());
    Box::new(
        d.note(format!("known {what}: {}", suggest::nearest(name, names())))
            .maybe_hint(suggest::did_you_mean(name, names().chain(others())).or(more)),
    )
}

/// Where something beside a workload is that names no region: in the workload's own, even if nothing is
/// priced there, as long as both services speak of the same regions; else in the service's default one.
pub(super) fn nearby(service: &Service, beside: &Service, region: &str) -> String {
    let known = service.regions.contains_key(region);
    let alike = service.provider_name == beside.provider_name
        && service.regions.keys().any(|name| beside.regions.contains_key(name));
    if known || alike { region.to_owned() } else { service.default_region.clone() }
}

/// The region chosen on the command line, written in the scenario, or the service's default.
pub(super) fn region(
    context: &Context<'_>,
    service: &Service,
    chosen: Option<&str>,
    written: Option<&Field>,
) -> Result<String> {
    let region = match (chosen, written) {
        (Some(region), _) => region.to_owned(),
        (None, Some(field)) => field.value.clone(),
        (None, None) => service.default_region.clone(),
    };
    if service.regions.contains_key(&region) {
        return Ok(region);
    }
    let regions = || service.regions.keys().map(String::as_str);
    let message = format!("unknown region `{region}` of {}", service.id);
    let d = match written {
        Some(field) if field.value == region => {
            context.source.error(field, message, "no price is known there")
        }
        _ => Diagnostic::input(message),
    };
    Err(Box::new(
        d.note(format!("known regions: {}", suggest::list(regions())))
            .maybe_hint(suggest::did_you_mean(&region, regions())),
    ))
}
