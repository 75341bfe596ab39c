//! Whether the parts of a meter go together, and with the unit of the price.

use super::super::file::SkuFile;
use super::super::{Clock, Load, Meter, Sku};
use super::problems::Problems;
use crate::units::{Dimension, SimDuration};

pub(super) fn check(p: &mut Problems<'_>, file: &SkuFile, sku: &Sku) {
    if let Some(problem) = meter_problem(&sku.meter) {
        p.error(p.source.error(&file.meter, problem, "in this meter"));
    } else if !clock_fits(sku) {
        p.error(p.source.error(
            &file.pricing_unit,
            format!("the meter does not count {}", sku.unit.name),
            "wrong unit for this clock and weight",
        ));
    }
}

/// Whether the unit can hold what the clock and weight count.
fn clock_fits(sku: &Sku) -> bool {
    let weighted = sku.meter.weight.is_some();
    match sku.meter.clock {
        Clock::Requests => sku.unit.dimension == Dimension::Count,
        Clock::Starts => {
            sku.unit.dimension == if weighted { Dimension::Bytes } else { Dimension::Count }
        }
        Clock::ResponseBytes | Clock::EgressBytes | Clock::MessageBytes => {
            sku.unit.dimension == Dimension::Bytes
        }
        Clock::RequestSteps | Clock::Messages | Clock::Connections => {
            sku.unit.dimension == Dimension::Count
        }
        Clock::Stated => true,
        Clock::ActiveCpu => sku.unit.dimension == Dimension::CpuTime,
        _ if weighted => matches!(
            sku.unit.dimension,
            Dimension::MemoryTime | Dimension::CpuTime | Dimension::Time
        ),
        _ => sku.unit.dimension == Dimension::Time,
    }
}

/// What is wrong with the fields of a meter that go together, if anything.
fn meter_problem(meter: &Meter) -> Option<String> {
    let needs = |field: &str| Some(format!("this clock needs `{field}:`"));
    match (meter.clock, &meter.capacity) {
        (Clock::Capacity, None) => needs("capacity"),
        (Clock::RequestSteps, _) if meter.step == 0 => needs("step"),
        (clock, Some(_)) if clock != Clock::Capacity => {
            Some("`capacity:` belongs to the clock `capacity`".into())
        }
        (_, Some(c)) if c.window <= SimDuration::ZERO || c.of.iter().any(|l| l.per_unit == 0) => {
            Some("a capacity window and the load of one unit must be more than zero".into())
        }
        (_, Some(c))
            if c.of.iter().any(|l| l.every.is_some() == (l.load == Load::ActiveConnections)) =>
        {
            Some("a rate needs `every:`, and active connections must not have it".into())
        }
        _ => None,
    }
}
