//! Factors as people type them: `2x`, `0.5x`, `10`.

use crate::estimate::MOST_TRAFFIC;
use crate::units::SimDuration;
use crate::units::parse::duration;
use rust_decimal::Decimal;

/// A factor of arrivals.
pub(super) fn factor(text: &str) -> Result<Decimal, String> {
    let number = text.trim().trim_end_matches(['x', 'X', '×']).parse::<Decimal>().ok();
    let inside = |n: &Decimal| *n > Decimal::ZERO && *n <= MOST_TRAFFIC;
    number
        .filter(inside)
        .ok_or_else(|| format!("expected a factor above 0 and at most {MOST_TRAFFIC}, such as 2x"))
}

/// A factor for a while: `10x/1h`.
pub(super) fn spike(text: &str) -> Result<(Decimal, SimDuration), String> {
    let (times, lasts) = text.split_once('/').unwrap_or((text, "1h"));
    let minute = SimDuration::from_secs(60);
    let lasts = duration(lasts).ok().filter(|d| *d >= minute && *d <= SimDuration::from_hours(24));
    let lasts = lasts.ok_or("expected a time from 1min to 24h after the slash, as in 10x/1h")?;
    Ok((factor(times)?, lasts))
}

/// The width of a timeline's spans.
pub(super) fn width(text: &str) -> Result<SimDuration, String> {
    let width = duration(text).ok().filter(|d| *d > SimDuration::ZERO && *d < SimDuration::MAX);
    width.ok_or_else(|| "expected a duration such as 1h or 1d".into())
}

#[cfg(test)]
mod tests {
    use super::{factor, spike};

    #[test]
    fn factors_are_exact_and_positive() {
        assert_eq!(factor("2x"), Ok(2.into()));
        assert_eq!(factor(" 0.125× ").map(|f| f.to_string()), Ok("0.125".into()));
        for wrong in ["0", "-1x", "x", "", "1e9", "10001x", "two"] {
            assert!(factor(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_spike_lasts_an_hour_unless_it_says() {
        use crate::units::SimDuration;
        assert_eq!(spike("10x"), Ok((10.into(), SimDuration::from_hours(1))));
        assert_eq!(spike("3x/15min"), Ok((3.into(), SimDuration::from_secs(900))));
        for wrong in ["10x/", "/1h", "10x/1s", "10x/2d"] {
            assert!(spike(wrong).is_err(), "{wrong}");
        }
    }
}
