//! How long answers take: a time to the first token and a speed where they explain the durations, a
//! duration of its own where they do not.

use super::FittedValue;
use super::agreement::Agreement;
use super::shape::{column, nearest, plain, read, sorted, spreads};
use crate::workload::random::{stream, uniform};
use crate::workload::{Distribution, Trace, TraceColumn, Unit};

/// Draws for the durations that follow from the first token and the speed.
const DRAWS: usize = 20_000;
/// Durations that follow may be so much further off than fitted ones, as a change of tokens then
/// changes them too; where fitted ones are as far off themselves, nothing is gained.
const WORTH: f64 = 0.05;
/// Their mean may be so far off.
const MEAN: f64 = 0.05;
/// The stream of random numbers of the draws.
const PURPOSE: u64 = 21;

/// Times of requests.
#[derive(Default)]
pub(super) struct Times {
    pub(super) values: Vec<FittedValue>,
    pub(super) follows: Option<Agreement>,
    pub(super) note: Option<String>,
}

/// Fits the times; `tokens` are the fitted token counts.
pub(super) fn fit(trace: &Trace, tokens: &[FittedValue], seed: u64) -> Times {
    let first = column(trace, "time_to_first_token", TraceColumn::TimeToFirstToken);
    let duration = column(trace, "duration", TraceColumn::Duration);
    let Some(duration) = duration else {
        let note = "the trace has no durations: they follow from the time to first token and the \
                    speed that a scenario assumes";
        let values = first.into_iter().collect();
        return Times { values, follows: None, note: Some(note.into()) };
    };
    let output = tokens.iter().find(|v| v.key == "output_tokens");
    if let (Some(first), Some(output)) = (&first, output)
        && let Some(speed) = speed(trace)
        && let Some(follows) = following(trace, [first, output, &speed], seed)
        && follows.mean_error() <= MEAN
        && follows.distance <= duration.agreement.distance.min(WORTH) + WORTH
    {
        let values = vec![first.clone(), speed];
        return Times { values, follows: Some(follows), note: None };
    }
    let note = output.map(|_| {
        "durations are fitted by themselves: other token counts would not change them".to_owned()
    });
    Times { values: first.into_iter().chain([duration]).collect(), follows: None, note }
}

/// The speed after the first token, such that the mean time for a token is that of the trace: a
/// month's time is requests × mean.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn speed(trace: &Trace) -> Option<FittedValue> {
    let (mut speeds, mut all_tokens, mut all_time) = (Vec::new(), 0.0, 0.0);
    trace.each(TraceColumn::Duration, |row, duration| {
        let first = trace.value(TraceColumn::TimeToFirstToken, row);
        let tokens = trace.value(TraceColumn::OutputTokens, row).filter(|t| *t > 0);
        let (Some(first), Some(tokens)) = (first, tokens) else { return };
        let time = duration.saturating_sub(first) as f64 / 1e9;
        all_tokens += tokens as f64;
        all_time += time;
        if time > 0.0 {
            speeds.push(tokens as f64 / time);
        }
    });
    if speeds.is_empty() || all_time <= 0.0 {
        return None;
    }
    speeds.sort_unstable_by(f64::total_cmp);
    let overall = all_tokens / all_time;
    let texts = spreads(&speeds).into_iter().map(|cv| {
        // The mean of 1/speed is (1 + cv²) / mean.
        let mean = plain(overall * (1.0 + cv * cv), 4);
        if cv < 0.005 { mean } else { format!("{{ mean: {mean}, cv: {} }}", plain(cv, 4)) }
    });
    // The mean time is kept by all of them, so that of the speeds does not decide.
    let mut best: Option<FittedValue> = None;
    for text in texts {
        let found = nearest("tokens_per_second", Unit::TokensPerSecond, &speeds, vec![text]);
        let nearer = |f: &FittedValue| {
            best.as_ref().is_none_or(|b| f.agreement.distance < b.agreement.distance)
        };
        if let Some(found) = found.filter(nearer) {
            best = Some(found);
        }
    }
    best
}

/// The durations that first token, tokens and speed give, beside those of the trace.
fn following(
    trace: &Trace,
    [first, tokens, speed]: [&FittedValue; 3],
    seed: u64,
) -> Option<Agreement> {
    let of = |v: &FittedValue| read(&v.text, v.unit);
    let (first, tokens, speed): (Distribution, _, _) = (of(first)?, of(tokens)?, of(speed)?);
    let mut rng = stream(seed, 0, PURPOSE);
    let mut draws: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let first = first.quantile(uniform(&mut rng));
            let tokens = tokens.quantile(uniform(&mut rng)).round();
            first + tokens / speed.quantile(uniform(&mut rng))
        })
        .collect();
    draws.sort_unstable_by(f64::total_cmp);
    Some(Agreement::between(&sorted(trace, TraceColumn::Duration), &draws))
}
