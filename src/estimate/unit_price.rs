//! What an hour of each clock costs a deployment, or a thing where a clock counts things.

use super::context::Context;
use super::workload::Workload;
use crate::billing::{Account, Period, Rates, ServiceUsage, Span, UsageLine, bill_at};
use crate::diagnostic::Result;
use crate::metering::Metered;
use crate::pricing::{Clock, Pool};
use crate::units::{SimDuration, Usage};
use rust_decimal::Decimal;

/// The price of what one of a workload's SKUs counts: of one instance or request for an hour, or of one
/// thing.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockPrice {
    /// The SKU.
    pub sku: String,
    /// What it counts.
    pub clock: Clock,
    /// Whose usage it counts; empty means all.
    pub pools: Vec<Pool>,
    /// Pricing units of the SKU in an hour, or in one thing.
    pub units: Decimal,
    /// The price of the first one of the period.
    pub first: Decimal,
    /// The price of one more after very many.
    pub last: Decimal,
}

/// Whether a clock counts time.
fn counts_time(clock: Clock) -> bool {
    use Clock::{
        Connections, EgressBytes, MessageBytes, Messages, RequestSteps, Requests, ResponseBytes,
        Starts, Stated,
    };
    !matches!(
        clock,
        Requests
            | Starts
            | ResponseBytes
            | EgressBytes
            | RequestSteps
            | Messages
            | MessageBytes
            | Connections
            | Stated
    )
}

/// Prices are taken from so many hours or things, so that nothing is lost in rounding quantities.
const MANY: i128 = 1_000;
/// More than any account uses.
const VERY_MANY: i128 = 1_000_000_000_000;

/// The prices of a workload's platform, agreed rates included, free tiers and commitments not; none
/// where one of them is not known.
///
/// # Errors
/// When the price file weighs by a setting that has no value.
pub(super) fn prices(
    context: &Context<'_>,
    w: &Workload<'_>,
    account: &Account,
    rates: &Rates,
    month: SimDuration,
) -> Result<Option<Vec<ClockPrice>>> {
    let (deployment, service) = (&w.deployment, w.deployment.place.service);
    let rates = Rates { commitments: Vec::new(), ..rates.clone() };
    let span = Span::from_day(context.pricing_date, context.period);
    let period = Period { span, month, allowances: false, fixed_prices: context.fixed_prices };
    let billed = |m: &Metered, number: i128| {
        let hour = i128::from(SimDuration::from_hours(1).0);
        let one = if counts_time(m.meter.clock) { hour } else { 1 };
        let line = UsageLine {
            workload: Some(w.name.clone()),
            sku: m.sku,
            region: deployment.region.clone(),
            pool: m.meter.pools.first().copied().unwrap_or(Pool::OnDemand),
            usage: Usage(one.checked_mul(number)?.checked_mul(m.weight)?),
            hours: None,
        };
        let lines = vec![line];
        let usage = ServiceUsage { service, account: account.clone(), lines };
        let statement = bill_at(&[usage], &[], period, &rates);
        if !statement.unpriced.is_empty() {
            return None;
        }
        let id = &service.skus[m.sku].id;
        let own = || statement.charges.iter().filter(|c| c.sku_id == *id);
        let cost: Decimal = own().map(|c| c.billed_cost.0).sum();
        Some((cost, own().filter_map(|c| c.pricing_quantity).map(|q| q.0).sum::<Decimal>()))
    };
    let mut prices = Vec::new();
    for m in deployment.metered(account)? {
        if m.weight == 0 || matches!(m.meter.clock, Clock::Stated | Clock::Capacity) {
            continue;
        }
        let (Some((few, units)), Some((most, _)), Some((more, _))) =
            (billed(&m, MANY), billed(&m, VERY_MANY), billed(&m, VERY_MANY + MANY))
        else {
            return Ok(None);
        };
        let many = Decimal::from(MANY);
        prices.push(ClockPrice {
            sku: service.skus[m.sku].id.clone(),
            clock: m.meter.clock,
            pools: m.meter.pools.clone(),
            units: units / many,
            first: few / many,
            last: (more - most) / many,
        });
    }
    Ok(Some(prices))
}
