//! The windows of a ServeGen client: lines of time, rate, variation, pattern, shape and scale.

use crate::diagnostic::Result;
use crate::workload::Trace;
use crate::workload::import::cell::{Refusal, Unit, nanoseconds, shown};
use crate::workload::import::input::Input;
use crate::workload::import::log::Lines;
use crate::workload::import::made::Gaps;
use crate::workload::import::row::tally;

/// The length of a window if there is only one.
const USUAL: i64 = 600 * 1_000_000_000;
/// A stretch of time with one rate.
pub(super) struct Window {
    pub(super) start: i64,
    pub(super) length: i64,
    /// Requests it expects.
    pub(super) expected: f64,
    pub(super) gaps: Option<Gaps>,
}

/// The windows of one client's file.
///
/// # Errors
/// A line that is no window, unless such lines are skipped, and a file that cannot be read.
pub(super) fn windows(input: Input<'_>, trace: &mut Trace, skip: bool) -> Result<Vec<Window>> {
    let mut windows: Vec<Window> = Vec::new();
    let mut rates = Vec::new();
    let mut lines = Lines::open(input);
    while lines.next()? {
        let window = window(lines.text()).map_err(|(piece, refusal)| lines.refuse(&piece, refusal));
        let window = window.and_then(|(start, rate, gaps)| match windows.last() {
            Some(last) if last.start >= start => {
                let refusal = Refusal::because("the window begins before the one above");
                Err(lines.refuse(b"", refusal.allowed("windows by their time")))
            }
            _ => Ok((start, rate, gaps)),
        });
        match window {
            Ok((start, rate, gaps)) => {
                windows.push(Window { start, length: 0, expected: 0.0, gaps });
                rates.push(rate);
            }
            Err(diagnostic) => tally(trace, skip, diagnostic)?,
        }
    }
    // Where a line was left out nothing is known, so no window grows over it.
    let starts = windows.iter().map(|w| w.start);
    let steps = starts.clone().skip(1).zip(starts).map(|(next, start)| next - start);
    let length = steps.min().unwrap_or(USUAL);
    for (window, rate) in windows.iter_mut().zip(rates) {
        window.length = length;
        window.expected = rate * as_f64(length.unsigned_abs()) / 1e9;
    }
    Ok(windows)
}

type Piece = (Vec<u8>, Refusal);

/// Start, rate per second and gaps of a line.
fn window(line: &[u8]) -> std::result::Result<(i64, f64, Option<Gaps>), Piece> {
    let cells: Vec<_> = line.split(|b| *b == b',').map(<[u8]>::trim_ascii).collect();
    let [time, rate, _, pattern, shape, _] = cells[..] else {
        let refusal = Refusal::because(format!("{} cells instead of 6", cells.len()));
        return Err((Vec::new(), refusal.allowed("time, rate, cv, pattern, shape, scale")));
    };
    let refuse = |cell: &[u8], refusal: Refusal| (cell.to_vec(), refusal);
    let (start, _) = nanoseconds(time, Unit::Seconds).map_err(|r| refuse(time, r))?;
    let rate = positive(rate, "a rate").map_err(|r| refuse(rate, r))?;
    if rate <= 0.0 {
        return Ok((start, 0.0, None));
    }
    let value = positive(shape, "a shape").map_err(|r| refuse(shape, r))?;
    let gaps = match pattern {
        b"Gamma" if value > 0.0 => Some(Gaps::gamma(value)),
        b"Weibull" if value > 0.0 => Gaps::weibull(value),
        b"Gamma" | b"Weibull" => None,
        other => {
            let refusal = Refusal::new(other, "no pattern of gaps");
            return Err(refuse(other, refusal.allowed("`Gamma`, `Weibull`, or no rate")));
        }
    };
    let Some(gaps) = gaps else {
        return Err(refuse(shape, Refusal::new(shape, "too small for a shape")));
    };
    Ok((start, rate, Some(gaps)))
}

/// A number from 0 that is only drawn with.
fn positive(cell: &[u8], what: &str) -> std::result::Result<f64, Refusal> {
    let value = std::str::from_utf8(cell).ok().and_then(|text| text.parse::<f64>().ok());
    value.filter(|v| v.is_finite() && *v >= 0.0).ok_or_else(|| {
        let message = format!("`{}` is not {what}", shown(cell));
        Refusal::because(message).allowed("a number such as `8.34`")
    })
}

#[expect(clippy::cast_precision_loss, reason = "windows are far shorter than 2^53 ns")]
pub(super) fn as_f64(n: u64) -> f64 {
    n as f64
}
