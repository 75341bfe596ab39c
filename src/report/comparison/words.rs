//! What a table and a web page say alike of alternatives.

use super::super::number::count;
use crate::estimate::{Alternative, Comparison, Estimate, Figures, Range};

/// The platform, and the settings that are varied.
pub(in crate::report) fn named(alternative: &Alternative) -> String {
    let settings = alternative.settings.iter().map(|(name, value)| format!(" {name}={value}"));
    format!("{}{}", alternative.platform, settings.collect::<String>())
}

/// The regions of the workloads, each once in a row.
pub(in crate::report) fn regions(estimate: &Estimate) -> String {
    let mut regions: Vec<_> = estimate.workloads.iter().map(|w| w.region.as_str()).collect();
    regions.dedup();
    regions.join(", ")
}

/// What a range rests on.
pub(in crate::report) fn rests_on(range: &Range) -> String {
    let kinds = if range.weekends { ", weekends apart" } else { "" };
    let mut note = format!("{} days{kinds}, model: stationary, no trend", range.days);
    if range.generated {
        note.push_str("; arrivals are generated, so this is sampling noise alone");
    }
    note
}

/// Why some alternatives are not compared like for like: their names, and a reason each.
pub(in crate::report) fn reasons(comparison: &Comparison) -> Vec<(String, String)> {
    let mut reasons = Vec::new();
    for alternative in comparison.alternatives() {
        let name = named(alternative);
        match &alternative.result {
            Ok(estimate) => {
                let broken = Figures::of(estimate).broken;
                if broken > 0 {
                    let n = count(broken);
                    reasons.push((name.clone(), format!("{n} requests were cut or rejected")));
                }
                for u in &estimate.statement.unpriced {
                    reasons.push((name.clone(), format!("no price for {}: {}", u.name, u.reason)));
                }
            }
            Err(error) => reasons.push((name, error.message.clone())),
        }
    }
    reasons
}
