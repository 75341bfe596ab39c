//! The pattern of arrivals.

use super::agreement::Agreement;
use super::shape::plain;
use crate::diagnostic::{Located, Source};
use crate::units::{SimDuration, SimTime};
use crate::workload::Trace;
use crate::workload::arrivals::{ArrivalPlan, ArrivalsSpec, Pattern};
use crate::workload::inspect::{Burstiness, Inspection, Profile};
use serde::Deserialize;
use std::f64::consts::TAU;

/// Windows in which arrivals are counted, to judge a pattern.
const WINDOWS: [SimDuration; 5] = [
    SimDuration::from_secs(1),
    SimDuration::from_secs(10),
    SimDuration::from_secs(60),
    SimDuration::from_secs(600),
    SimDuration::from_hours(1),
];
/// So many arrivals in a mean window tell patterns apart.
const ARRIVALS: f64 = 5.0;
/// So many windows make quantiles.
const FEWEST: u64 = 30;
/// A day's swing is believed from so many standard errors on.
const ERRORS: f64 = 4.0;
/// The largest swing of a day that is written: 99 times the trough.
const SWING: f64 = 0.98;
/// A pattern with clusters is taken instead of a day's shape if it is nearer by so much.
const NEARER: f64 = 0.05;
/// A sinusoid that explains less of the hours than this is not the whole story.
const EXPLAINED: f64 = 0.8;
/// Gaps that vary so much more than the pattern's are clusters it does not have.
const CLUSTERED: f64 = 1.25;

/// The pattern of arrivals that comes nearest to a trace.
pub(super) struct FittedArrivals {
    pub(super) keys: Vec<(&'static str, String)>,
    pub(super) window: Option<SimDuration>,
    pub(super) counts: Option<Agreement>,
    pub(super) notes: Vec<String>,
}

struct Candidate {
    keys: Vec<(&'static str, String)>,
    /// Whether it follows the hours of the day.
    daily: bool,
    counts: Option<Agreement>,
}

/// Fits the arrivals of a sorted trace; none without a rate.
pub(super) fn fit(trace: &Trace, found: &Inspection, seed: u64) -> Option<FittedArrivals> {
    let overall = found.rate?;
    let span = trace.natural_window()?;
    let mut notes = Vec::new();
    let mut all = vec![keyed("poisson", overall, Vec::new())];
    if let Some(cv) = found.burstiness.as_ref().and_then(clusters) {
        let pattern = if cv < 0.05 { "steady" } else { "bursty" };
        let extra = (cv >= 0.05).then(|| ("cv", plain(cv.min(50.0), 4))).into_iter().collect();
        all.push(keyed(pattern, overall, extra));
    }
    all.extend(daily(found, &mut notes));
    let window = window(found, span);
    for candidate in &mut all {
        let pattern = read(&candidate.keys)?;
        candidate.counts = window.map(|w| {
            let made = pattern.arrivals(found.first, span, seed, 0).map(|t| t.0);
            let measured = counts(trace.arrivals().iter().copied(), found.first, span, w);
            Agreement::between(&measured, &counts(made, found.first, span, w))
        });
    }
    let distance = |c: &Candidate| {
        let lead = if c.daily { NEARER } else { 0.0 };
        c.counts.map_or(0.0, |a| a.distance) - lead
    };
    let best = all.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    notes.extend(not_said(&best, found, span, seed));
    Some(FittedArrivals { keys: best.keys, window, counts: best.counts, notes })
}

fn keyed(pattern: &str, rate: f64, extra: Vec<(&'static str, String)>) -> Candidate {
    let mut keys = vec![("pattern", pattern.to_owned()), ("rate", written(rate))];
    keys.extend(extra);
    Candidate { keys, daily: false, counts: None }
}

/// A rate per second in the shortest period that gives ten or more, to five digits.
fn written(rate: f64) -> String {
    const PERIODS: [(f64, &str); 4] =
        [(1.0, "s"), (60.0, "min"), (3_600.0, "h"), (86_400.0, "day")];
    let fits = PERIODS.iter().find(|(seconds, _)| rate * seconds >= 10.0);
    let (seconds, name) = fits.copied().unwrap_or((2_628_000.0, "month"));
    format!("{}/{name}", plain(rate * seconds, 5))
}

/// The pattern as a scenario reads it.
fn read(keys: &[(&'static str, String)]) -> Option<Pattern> {
    #[derive(Deserialize)]
    struct Holder {
        arrivals: Located<ArrivalsSpec>,
    }
    let lines: String = keys.iter().map(|(key, value)| format!("  {key}: {value}\n")).collect();
    let source = Source::new("", format!("arrivals:\n{lines}"));
    let holder: Holder = source.yaml().ok()?;
    match ArrivalPlan::resolve(&holder.arrivals, &source).ok()? {
        ArrivalPlan::Generated(generated) => Some(generated.pattern),
        ArrivalPlan::Traced(_) => None,
    }
}

/// The variation of the gaps. A coarse clock hides them; then the counts in a window it does not
/// touch, whose index of dispersion is the variation squared.
fn clusters(burstiness: &Burstiness) -> Option<f64> {
    if !burstiness.quantised {
        return Some(burstiness.cv);
    }
    let long = burstiness.step.0.saturating_mul(10);
    let window = burstiness.windows.iter().find(|w| w.length.0 >= long);
    window.map(|w| libm::sqrt(w.dispersion)).filter(|cv| *cv >= 0.05)
}

/// A day's shape, and a week's, if the trace is long enough to show one that is no chance.
fn daily(found: &Inspection, notes: &mut Vec<String>) -> Option<Candidate> {
    let hours = found.by_hour.as_ref()?;
    let wave = Wave::of(hours, found.burstiness.as_ref())?;
    if wave.explained < EXPLAINED {
        notes.push(format!(
            "one swing a day explains {}% of the differences between hours; `pattern` has no more",
            plain(wave.explained * 100.0, 2)
        ));
    }
    let day = vec![
        ("peak_hour", plain(wave.peak_hour, 3)),
        ("peak_to_trough", plain((1.0 + wave.swing) / (1.0 - wave.swing), 3)),
    ];
    let week = found.by_weekday.as_ref().and_then(weekend);
    let (pattern, whole, extra) = match (week, &found.by_weekday) {
        (Some(share), Some(days)) => {
            let weekend = ("weekend", format!("{}%", plain(share * 100.0, 3)));
            ("weekly", days, day.into_iter().chain([weekend]).collect())
        }
        _ => ("diurnal", hours, day),
    };
    // Whole cycles only: half a day more would move the mean.
    Some(Candidate { daily: true, ..keyed(pattern, mean(whole), extra) })
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn mean(profile: &Profile) -> f64 {
    profile.per_second().sum::<f64>() / profile.counts.len().max(1) as f64
}

struct Wave {
    peak_hour: f64,
    /// Half the difference of peak and trough, as a share of the mean.
    swing: f64,
    /// The share of the variance between hours that it explains, sampling noise left out.
    explained: f64,
}

impl Wave {
    /// The first harmonic of the hours; none if it could be chance.
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    fn of(hours: &Profile, burstiness: Option<&Burstiness>) -> Option<Self> {
        let parts = hours.counts.len() as f64;
        let total = hours.counts.iter().sum::<u64>() as f64;
        let angle = |i: usize| (i as f64 + 0.5) / parts * TAU;
        let sum = |of: fn(f64) -> f64| {
            hours.counts.iter().enumerate().map(|(i, c)| *c as f64 * of(angle(i))).sum::<f64>()
        };
        let (a, b) = (2.0 * sum(libm::cos) / total, 2.0 * sum(libm::sin) / total);
        let half = TAU / parts / 2.0;
        let raw = libm::hypot(a, b);
        let swing = (raw / (libm::sin(half) / half)).min(SWING);
        let clustered = burstiness.map_or(1.0, |b| {
            let short = b.windows.iter().filter(|w| w.length <= SimDuration::from_secs(60));
            short.map(|w| w.dispersion).fold(1.0, f64::max)
        });
        let error = libm::sqrt(2.0 * clustered / total);
        if swing < ERRORS * error {
            return None;
        }
        let mean = total / parts;
        let variance =
            hours.counts.iter().map(|c| (*c as f64 / mean - 1.0).powi(2)).sum::<f64>() / parts;
        let noise = clustered / mean;
        let explained = (raw * raw / 2.0 / (variance - noise).max(raw * raw / 2.0)).min(1.0);
        let peak_hour = (libm::atan2(b, a) / TAU * 24.0).rem_euclid(24.0);
        Some(Self { peak_hour: if peak_hour > 23.99 { 0.0 } else { peak_hour }, swing, explained })
    }
}

/// A weekend day's rate as a share of a weekday's, if it differs by more than chance and is less.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn weekend(days: &Profile) -> Option<f64> {
    let (work, rest) = days.counts.split_at_checked(5)?;
    let of = |counts: &[u64]| counts.iter().sum::<u64>() as f64;
    let (work, rest) = (of(work), of(rest));
    if work == 0.0 {
        return None;
    }
    let share = (rest / 2.0) / (work / 5.0);
    let error = share * libm::sqrt(1.0 / work + 1.0 / rest.max(1.0));
    (share <= 1.0 && 1.0 - share > ERRORS * error).then_some(share)
}

/// The shortest window with enough arrivals, of which there are enough; else the longest, if it has one
/// arrival on average.
fn window(found: &Inspection, span: SimDuration) -> Option<SimDuration> {
    let rate = found.rate?;
    let coarse = found.burstiness.as_ref().filter(|b| b.quantised);
    let shortest = coarse.map_or(0, |b| b.step.0.saturating_mul(10));
    let mut enough = WINDOWS
        .iter()
        .copied()
        .filter(|w| w.0 >= shortest && span.0.unsigned_abs() / w.0.unsigned_abs().max(1) >= FEWEST);
    let arrivals = |w: &SimDuration| w.as_secs_f64() * rate;
    let longest = enough.clone().next_back().filter(|w| arrivals(w) >= 1.0);
    enough.find(|w| arrivals(w) >= ARRIVALS).or(longest)
}

/// Arrivals in each whole window, sorted by their number.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn counts(
    arrivals: impl Iterator<Item = i64>,
    first: SimTime,
    span: SimDuration,
    window: SimDuration,
) -> Vec<f64> {
    let width = window.0.unsigned_abs().max(1);
    let windows = usize::try_from(span.0.unsigned_abs() / width).unwrap_or(0);
    let mut counts = vec![0_u64; windows];
    for at in arrivals {
        let index = usize::try_from(at.abs_diff(first.0) / width).unwrap_or(usize::MAX);
        if let Some(count) = counts.get_mut(index) {
            *count += 1;
        }
    }
    counts.sort_unstable();
    counts.into_iter().map(|n| n as f64).collect()
}

/// What the chosen pattern leaves out. Gaps of a day's shape vary by themselves, so they are held
/// against those that the pattern makes.
fn not_said(best: &Candidate, found: &Inspection, span: SimDuration, seed: u64) -> Option<String> {
    let cv = found.burstiness.as_ref().and_then(clusters).filter(|_| best.daily)?;
    let made: Vec<i64> =
        read(&best.keys)?.arrivals(found.first, span, seed, 0).map(|t| t.0).collect();
    let own = Burstiness::of(&made)?.cv;
    (cv > CLUSTERED * own).then(|| {
        format!(
            "gaps vary more (coefficient of variation {}) than those of the pattern ({}), which has \
             no clusters",
            plain(cv, 3),
            plain(own, 3)
        )
    })
}
