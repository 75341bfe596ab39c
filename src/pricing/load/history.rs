//! Dated rows in time: they must not overlap, and where one is missing the file says why.

use super::super::Status;
use super::problems::Problems;
use crate::diagnostic::Field;
use crate::units::parse;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// A dated row as far as time goes.
pub(super) struct Span<'a> {
    /// Where to point at.
    pub(super) at: &'a Field,
    /// First day, inclusive.
    pub(super) from: NaiveDate,
    /// Last day, exclusive.
    pub(super) until: Option<NaiveDate>,
    /// Whether it holds.
    pub(super) status: Status,
    /// What the file says about the time after it.
    pub(super) gap_after: Option<&'a Field>,
    /// The regions it is for; one made-up region where there are none.
    pub(super) regions: BTreeSet<&'a str>,
}

impl Span<'_> {
    fn apart(&self, other: &Self) -> bool {
        self.until.is_some_and(|until| until <= other.from)
            || other.until.is_some_and(|until| until <= self.from)
    }
}

/// First and last day of a row, as far as they can be read.
pub(super) fn dates(from: &Field, until: Option<&Field>) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let until = until.map(|field| parse::date(&field.value)).transpose();
    Some((parse::date(&from.value).ok()?, until.ok()?))
}

/// Checks the rows of one SKU or model, called `subject`; `complete` when no row is left out of `spans`.
pub(super) fn check(p: &mut Problems<'_>, subject: &str, spans: &[Span<'_>], complete: bool) {
    let held: Vec<&Span<'_>> = spans.iter().filter(|s| s.status != Status::Withdrawn).collect();
    if held.is_empty()
        && complete
        && let Some(first) = spans.first()
    {
        p.warning(
            p.source
                .error(first.at, format!("every price of `{subject}` is withdrawn"), "")
                .hint("leave it out until there is a price, or add the row that holds"),
        );
    }
    for span in spans {
        if let Some(until) = span.until.filter(|until| *until <= span.from) {
            p.error(
                p.source
                    .error(span.at, "a price row ends before it begins", "in this row")
                    .note(format!("`effective_until` is exclusive: {until}")),
            );
        }
    }
    overlaps(p, subject, &held);
    // A row that is left out because of a mistake would look like a gap.
    if complete {
        gaps(p, subject, &held);
    }
}

fn overlaps(p: &mut Problems<'_>, subject: &str, held: &[&Span<'_>]) {
    for (i, span) in held.iter().enumerate() {
        let Some((other, region)) = held[..i]
            .iter()
            .filter(|other| !span.apart(other))
            .find_map(|o| span.regions.intersection(&o.regions).next().map(|r| (o, *r)))
        else {
            continue;
        };
        let of = if region.is_empty() { String::new() } else { format!(" for {region}") };
        let line = p.source.place(other.at).line;
        p.error(
            p.source
                .error(
                    span.at,
                    format!("two prices of `{subject}`{of} overlap in time"),
                    format!("overlaps the row at line {line}"),
                )
                .hint("set `effective_until` on the older row"),
        );
    }
}

/// Between the first known row of a region and the last something must hold, unless `gap_after` says why not.
fn gaps(p: &mut Problems<'_>, subject: &str, held: &[&Span<'_>]) {
    let mut before_gap: BTreeMap<usize, (NaiveDate, NaiveDate, &str)> = BTreeMap::new();
    let regions: BTreeSet<&str> = held.iter().flat_map(|s| s.regions.iter().copied()).collect();
    for region in regions {
        let mut own: Vec<(usize, &Span<'_>)> = held
            .iter()
            .enumerate()
            .filter(|(_, s)| s.regions.contains(region))
            .map(|(i, s)| (i, *s))
            .collect();
        own.sort_by_key(|(_, s)| s.from);
        for pair in own.windows(2) {
            if let Some(until) = pair[0].1.until.filter(|until| *until < pair[1].1.from) {
                before_gap.entry(pair[0].0).or_insert((until, pair[1].1.from, region));
            }
        }
    }
    for (i, span) in held.iter().enumerate() {
        match (before_gap.get(&i), span.gap_after) {
            (Some((until, next, region)), None) => {
                let of = if region.is_empty() { String::new() } else { format!(" for {region}") };
                p.error(
                    p.source
                        .error(
                            span.at,
                            format!("no price of `{subject}`{of} from {until} to {next}"),
                            "nothing holds between this row and the next",
                        )
                        .hint("add the missing row, or say why there is none in `gap_after`"),
                );
            }
            (None, Some(why)) => p.error(
                p.source
                    .error(
                        why,
                        "`gap_after` without a gap",
                        "the next row follows, or there is none",
                    )
                    .hint("remove it"),
            ),
            (Some(_), Some(why)) if why.value.trim().is_empty() => p.error(p.source.error(
                why,
                "`gap_after` is empty",
                "say why nothing is known then",
            )),
            _ => {}
        }
    }
}
