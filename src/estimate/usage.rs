//! Usage that no replay can see: stated by the user, in pricing units, for the period or per request.

use super::context::Context;
use super::deployment::Deployment;
use super::place::{nearby, region};
use crate::billing::{UsageLine, base_units};
use crate::diagnostic::{Diagnostic, Field, Result, Source, suggest};
use crate::pricing::{Pool, Service};
use crate::units::parse::{self, ParseError};
use crate::units::{SimDuration, Usage};
use crate::workload::{UsageFile, WorkloadFile};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// One stated amount.
#[derive(Clone)]
pub(super) struct StatedUsage<'a> {
    /// Where it is written.
    at: Field,
    pub(super) service: &'a Service,
    sku: usize,
    region: String,
    amount: Decimal,
    pub(super) per_request: bool,
}

impl<'a> StatedUsage<'a> {
    /// Whether the account's options let the SKU be billed at all.
    ///
    /// # Errors
    /// When they do not.
    pub(super) fn fits(&self, source: &Source, account: &BTreeMap<String, String>) -> Result<()> {
        let sku = &self.service.skus[self.sku];
        let wrong = sku.when.iter().find_map(|(name, allowed)| {
            let value = account.get(name).filter(|value| !allowed.contains(value))?;
            Some((name, value, allowed))
        });
        let Some((name, value, allowed)) = wrong else { return Ok(()) };
        let message = format!("`{}` is not billed when `{name}` is `{value}`", sku.id);
        let billed = suggest::list(allowed.iter().map(String::as_str));
        Err(Box::new(
            source
                .error(&self.at, message, "the account's option says otherwise")
                .note(format!("it is billed when `{name}` is {billed}"))
                .hint(format!("set `{name}` under `accounts: {{ {}: … }}`", self.service.id)),
        ))
    }

    /// The line on the bill, for so many requests.
    pub(super) fn line(
        &self,
        workload: Option<&str>,
        requests: i128,
        month: SimDuration,
    ) -> Result<(&'a Service, UsageLine)> {
        let sku = &self.service.skus[self.sku];
        let requests = if self.per_request { requests } else { 1 };
        let total = Decimal::try_from_i128_with_scale(requests, 0)
            .ok()
            .and_then(|n| self.amount.checked_mul(n))
            .and_then(|total| base_units(sku, total, month))
            .ok_or_else(|| {
                let message = format!("the stated usage of {} is too large to bill", sku.id);
                Box::new(Diagnostic::input(message))
            })?;
        let line = UsageLine {
            workload: workload.map(str::to_owned),
            sku: self.sku,
            region: self.region.clone(),
            pool: Pool::OnDemand,
            usage: Usage(total),
            hours: None,
        };
        Ok((self.service, line))
    }
}

/// What a workload states.
pub(super) fn of_workload<'a>(
    context: &Context<'a>,
    file: &WorkloadFile,
    deployment: &Deployment<'a>,
) -> Result<Vec<StatedUsage<'a>>> {
    of_stage(context, &file.usage, deployment)
}

/// What a stage of a workload states.
pub(super) fn of_stage<'a>(
    context: &Context<'a>,
    usage: &[UsageFile],
    deployment: &Deployment<'a>,
) -> Result<Vec<StatedUsage<'a>>> {
    usage.iter().map(|u| resolve(context, u, Some(deployment))).collect()
}

/// What the account states.
pub(super) fn of_account<'a>(
    context: &Context<'a>,
    usage: &[UsageFile],
) -> Result<Vec<StatedUsage<'a>>> {
    let each = usage.iter().map(|u| match &u.per_request {
        Some(field) => Err(Box::new(
            context
                .source
                .error(field, "`per_request` outside a workload", "requests of what?")
                .hint("move it under the `usage:` of a workload, or write `quantity:`"),
        )),
        None => resolve(context, u, None),
    });
    each.collect()
}

fn resolve<'a>(
    context: &Context<'a>,
    file: &UsageFile,
    here: Option<&Deployment<'a>>,
) -> Result<StatedUsage<'a>> {
    let (book, source) = (context.book, context.source);
    let id = &file.sku.value;
    let found = book.services.iter().find_map(|service| {
        service.skus.iter().position(|s| s.id == *id).map(|index| (service, index))
    });
    let Some((service, sku)) = found else {
        let ids = || book.services.iter().flat_map(|s| &s.skus).map(|s| s.id.as_str());
        return Err(Box::new(
            source
                .error(&file.sku, format!("unknown SKU `{id}`"), "not in the price book")
                .maybe_hint(suggest::did_you_mean(id, ids())),
        ));
    };
    let (field, per_request) = match (&file.quantity, &file.per_request) {
        (Some(field), None) => (field, false),
        (None, Some(field)) => (field, true),
        _ => {
            let message = format!("usage of `{id}` needs `quantity` or `per_request`");
            let label = "one of the two, in the SKU's pricing unit";
            let unit = format!("its pricing unit is {}", service.skus[sku].unit.name);
            return Err(Box::new(source.error(&file.sku, message, label).note(unit)));
        }
    };
    let region = match (&file.region, here) {
        (None, Some(d)) => nearby(service, d.place.service, &d.region),
        (written, _) => region(context, service, None, written.as_ref())?,
    };
    let amount = source.parse(field, amount)?;
    Ok(StatedUsage { at: file.sku.clone(), service, sku, region, amount, per_request })
}

fn amount(text: &str) -> std::result::Result<Decimal, ParseError> {
    let wrong = || ParseError::new(text, "an amount such as `250` or `0.5`, not negative");
    parse::plain(text).ok().filter(|n| !n.is_sign_negative()).ok_or_else(wrong)
}
