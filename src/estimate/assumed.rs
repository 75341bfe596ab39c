//! What a bill takes for granted about when usage was, and in which order it is paid.

use crate::billing::{CommitmentStatus, Period, ServiceUsage, Statement};
use crate::pricing::{Allowance, AllowanceSize, satisfied};
use crate::workload::{Assumption, Origin};

/// What matters for this bill.
pub(super) fn of_the_bill(
    statement: &Statement,
    services: &[ServiceUsage<'_>],
    period: Period,
) -> Vec<Assumption> {
    let assumed = |subject: &str, value: &str, note: &str| {
        Assumption::new(subject, value, Origin::Assumed).note(note)
    };
    let mut told = Vec::new();
    if cut_by_prices(statement, period) {
        let note = "shared by days where prices change";
        told.push(assumed("usage over the period", "even", note));
    }
    let commitments = &statement.commitments;
    if commitments.iter().any(|c| c.even < c.eligible) {
        let even = if commitments.iter().any(|c| !c.even.is_zero()) {
            "; stated usage is taken as even"
        } else {
            ""
        };
        let note = format!(
            "each hour has its own budget; usage comes in the hours it is replayed in, free units and \
             tiers in proportion{even}"
        );
        told.push(assumed("commitments", "used hour by hour", &note));
    } else if commitments.iter().any(|c| !c.even.is_zero()) {
        let note = "nothing says when stated usage was; peaks above a commitment cost more";
        told.push(assumed("commitments", "used by an even load", note));
    }
    if services.iter().any(|usage| pays_after(statement, usage, period)) {
        let note = "vendors do not say which comes first; this is the dearer order";
        told.push(assumed("credits", "pay what commitments leave", note));
    }
    told
}

fn cut_by_prices(statement: &Statement, period: Period) -> bool {
    statement.charges.iter().any(|c| c.charge_period != period.span)
        || statement.unpriced.iter().any(|u| u.charge_period != period.span)
}

/// Whether a commitment covers something that a credit of the service could have paid.
fn pays_after(statement: &Statement, usage: &ServiceUsage<'_>, period: Period) -> bool {
    let applies = |a: &&Allowance| {
        matches!(a.size, AllowanceSize::Money(_))
            && (period.allowances || a.included)
            && satisfied(&a.when, |name| usage.account.get(name).map(String::as_str))
    };
    let covered = |sku: &String| {
        statement.charges.iter().any(|c| {
            c.commitment_status == Some(CommitmentStatus::Used)
                && c.sku_id == *sku
                && c.service_name == usage.service.service_name
        })
    };
    usage.service.allowances.iter().filter(applies).any(|a| a.skus.iter().any(covered))
}
