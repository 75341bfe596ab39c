//! What a replay has counted, billed.

use super::Estimate;
use super::assumed;
use super::context::Accounts;
use super::counters::Counters;
use super::play::Counted;
use super::prepared::{Prepared, Used};
use super::workload::Workload;
use crate::billing::{Period, ServiceUsage, Statement, UsageLine, bill_at};
use crate::diagnostic::Result;
use crate::pricing::Service;
use chrono::NaiveDate;

/// Prices looked at longer ago than this are called stale.
const STALE_DAYS: i64 = 180;

/// Usage by service, in the order services come up; fees are due even where nothing was used.
struct Services<'a> {
    accounts: &'a Accounts,
    used: Vec<ServiceUsage<'a>>,
}

impl<'a> Services<'a> {
    fn add(&mut self, service: &'a Service, line: Option<UsageLine>) {
        let known = self.used.iter_mut().position(|s| s.service.id == service.id);
        let index = known.unwrap_or_else(|| {
            let account = self.accounts[&service.id].clone();
            self.used.push(ServiceUsage { service, account, lines: Vec::new() });
            self.used.len() - 1
        });
        self.used[index].lines.extend(line);
    }
}

impl<'a> Prepared<'a> {
    /// What the replay has counted, billed.
    pub(super) fn finish(self, counted: Vec<Counted>) -> Result<Estimate> {
        let period @ Period { span, month, allowances, .. } = self.period();
        let Self { context, file, used, accounts, rates, mut assumptions, mut warnings, .. } = self;
        let Used { workloads, stated } = used;
        let mut services = Services { accounts: &accounts, used: Vec::new() };
        let (mut tokens, mut estimates) = (Vec::new(), Vec::new());
        let mut shapes = Vec::new();
        let several = workloads.len() > 1 || workloads.iter().any(|w| w.overflow.is_some());
        for (w, counted) in in_order(workloads, counted) {
            let outcome = w.outcome(counted, period)?;
            for service in w.services() {
                services.add(service, None);
            }
            for (service, line) in outcome.usage {
                services.add(service, Some(line));
            }
            tokens.extend(outcome.tokens);
            limits(&outcome.estimate, &mut warnings);
            let told = outcome.warnings.into_iter().map(|text| format!("{}: {text}", w.name));
            warnings.extend(told);
            estimates.push(outcome.estimate);
            shapes.push((outcome.shapes, w.requests.days()));
            let paths = w.paths.into_iter().flat_map(|p| p.assumptions);
            for mut a in w.deployment.assumptions.into_iter().chain(paths).chain(w.assumptions) {
                if several {
                    a.subject = format!("{}.{}", w.name, a.subject);
                }
                assumptions.push(a);
            }
            warnings.extend(w.warnings.into_iter().map(|text| format!("{}: {text}", w.name)));
        }
        for stated in &stated {
            let (service, line) = stated.line(None, 0, month)?;
            services.add(service, Some(line));
        }
        let statement = bill_at(&services.used, &tokens, period, &rates);
        for (estimate, (shapes, days)) in estimates.iter_mut().zip(shapes) {
            estimate.timeline = shapes.timeline(&estimate.name, &statement, days);
        }
        warnings.extend(statement.remarks.iter().cloned());
        assumptions.extend(assumed::of_the_bill(&statement, &services.used, period));
        stale(&statement, context.pricing_date.max(context.options.today), &mut warnings);
        let name = file.name.clone().unwrap_or_else(|| stem(context.source.name()));
        Ok(Estimate {
            name,
            pricing_date: context.pricing_date,
            period: context.period,
            billing_period: span,
            allowances,
            workloads: estimates,
            statement,
            assumptions,
            warnings,
        })
    }
}

/// Every workload with what was counted of it; what takes an overflow after all others.
fn in_order<'a>(
    workloads: Vec<Workload<'a>>,
    counted: Vec<Counted>,
) -> impl Iterator<Item = (Workload<'a>, Counters)> {
    let (mut first, mut behind) = (Vec::new(), Vec::new());
    for (mut w, (mut own, next)) in workloads.into_iter().zip(counted) {
        if let (Some(mut overflow), Some(mut next)) = (w.overflow.take(), next) {
            own.see_on_the_way(&next);
            next.paths.clear();
            overflow.paths.clear();
            behind.push((*overflow, next));
        }
        first.push((w, own));
    }
    first.into_iter().chain(behind)
}

fn stem(path: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    file.split('.').next().unwrap_or(file).to_owned()
}

/// What the platform's limits did to the requests.
fn limits(e: &super::WorkloadEstimate, warnings: &mut Vec<String>) {
    let f = &e.facts;
    let mut say = |n: u64, what: &str| {
        if n > 0 {
            warnings.push(format!("{}: {n} of {} requests {what}", e.name, f.requests));
        }
    };
    say(f.timed_out, "were cut by the platform's timeout");
    say(f.rejected, "were rejected: more instances were needed than may run");
    say(f.queue_timeouts, "waited too long for an instance and were rejected");
}

fn stale(statement: &Statement, on: NaiveDate, warnings: &mut Vec<String>) {
    let old = |date: NaiveDate| (on - date).num_days() > STALE_DAYS;
    // What the account itself has agreed needs no checking.
    let listed =
        statement.charges.iter().filter(|c| c.workload.is_some() || c.commitment.is_none());
    let oldest = listed.map(|c| c.evidence.checked_on).min();
    if let Some(date) = oldest.filter(|d| old(*d)) {
        warnings.push(format!(
            "some prices were last checked on {date}, more than {STALE_DAYS} days before {on}"
        ));
    }
}
