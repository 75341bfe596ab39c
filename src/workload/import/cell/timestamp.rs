//! Timestamps of trace cells, read exactly to the nanosecond.
//!
//! Two families: ISO 8601 dates with a time, and numbers. A number whose column names no unit is
//! judged by its size, once per file: below 10⁸ it is seconds from the start of the trace, above it
//! an instant since 1970 in seconds, milliseconds, microseconds or nanoseconds.

use super::Refusal;
use super::number::{NumberError, Unit, scaled};
use crate::units::SimTime;
use crate::workload::TimeBase;

/// Nanoseconds of 10⁸ s: 1973 as an instant, three years as a distance from the start.
const SMALLEST_INSTANT: i64 = 100_000_000_000_000_000;
const DAY: i128 = 86_400;
/// What a timestamp may be.
pub(crate) const ALLOWED_TIMESTAMPS: &str = "a date such as `2023-11-16 18:17:03.97Z`, a Unix time, \
                       or a number of seconds from the start";

/// One timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instant {
    /// Nanoseconds.
    pub nanos: i64,
    /// What they count from.
    pub base: TimeBase,
    /// Whether digits below a nanosecond were cut off.
    pub cut: bool,
    /// Whether a date had no zone and was read as UTC.
    pub assumed_utc: bool,
}

/// A kind of timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number of `unit`s; if there is a `base`, its size must speak for it.
    Number { unit: Unit, base: Option<TimeBase> },
    /// A date with a time.
    Date,
}

/// Reads one column of timestamps and remembers what kind the first one was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TimestampReader {
    named_unit: Option<Unit>,
    inferred_unit: Option<Unit>,
    base: Option<TimeBase>,
}

impl TimestampReader {
    /// A reader for a column whose name gives this unit.
    pub(crate) fn new(named_unit: Option<Unit>) -> Self {
        Self { named_unit, ..Self::default() }
    }

    /// What the numbers were taken for, if their unit had to be judged by size.
    pub(crate) fn inferred(&self) -> Option<(Unit, TimeBase)> {
        self.inferred_unit.zip(self.base)
    }

    /// What the next cell is taken for, if that is settled.
    pub(crate) fn settled(&self) -> Option<Kind> {
        match (self.base?, self.named_unit, self.inferred_unit) {
            (_, Some(unit), _) => Some(Kind::Number { unit, base: None }),
            (base, None, Some(unit)) => Some(Kind::Number { unit, base: Some(base) }),
            (_, None, None) => Some(Kind::Date),
        }
    }

    /// Reads one cell.
    pub(crate) fn read(&mut self, text: &[u8]) -> Result<Instant, Refusal> {
        let instant = if text.contains(&b':') {
            date_time(text)
                .ok_or_else(|| Refusal::new(text, "not a timestamp").allowed(ALLOWED_TIMESTAMPS))?
        } else {
            self.number(text)?
        };
        let base = *self.base.get_or_insert(instant.base);
        if base != instant.base {
            let above = self.above(base);
            return Err(Refusal::new(text, &format!("out of line with the rows above: {above}"))
                .hint(
                    "keep one kind of timestamp in a file, or name its unit, as in `timestamp_s`",
                ));
        }
        Ok(instant)
    }

    /// What the rows above hold.
    fn above(&self, base: TimeBase) -> String {
        let unit = self.named_unit.or(self.inferred_unit).map_or("dates", Unit::name);
        match base {
            TimeBase::UnixEpoch if unit == "dates" => unit.to_owned(),
            TimeBase::UnixEpoch => format!("{unit} since 1970"),
            TimeBase::TraceStart => format!("{unit} from the start of the trace"),
        }
    }

    fn number(&mut self, text: &[u8]) -> Result<Instant, Refusal> {
        let known = self.named_unit.or(self.inferred_unit);
        let unit = match known {
            Some(unit) => unit,
            None => unit_by_size(text).map_err(|e| refused(text, e))?,
        };
        let value = scaled(text, unit.power()).map_err(|e| refused(text, e))?;
        let nanos = i64::try_from(value.value)
            .ok()
            .filter(|n| *n < i64::MAX)
            .ok_or_else(|| refused(text, NumberError::TooLarge))?;
        let base = match (self.named_unit, self.base) {
            // The unit is given, so size says nothing; the first row decides.
            (Some(_), Some(first)) => first,
            _ => base_by_size(nanos),
        };
        if self.named_unit.is_none() && self.base.is_none_or(|first| first == base) {
            self.inferred_unit = Some(unit);
        }
        Ok(Instant { nanos, base, cut: value.cut, assumed_utc: false })
    }
}

/// What a number without a named unit counts from.
pub(crate) fn base_by_size(nanos: i64) -> TimeBase {
    if nanos < SMALLEST_INSTANT { TimeBase::TraceStart } else { TimeBase::UnixEpoch }
}

fn refused(text: &[u8], error: NumberError) -> Refusal {
    let why = match error {
        NumberError::NotANumber => "not a timestamp",
        NumberError::Negative => "negative, not a timestamp",
        NumberError::TooLarge => "outside the years 1678 to 2262",
    };
    Refusal::new(text, why).allowed(ALLOWED_TIMESTAMPS)
}

fn unit_by_size(text: &[u8]) -> Result<Unit, NumberError> {
    let units = scaled(text, 0)?.value;
    Ok(match units {
        0..100_000_000_000 => Unit::Seconds,
        100_000_000_000..100_000_000_000_000 => Unit::Milliseconds,
        100_000_000_000_000..100_000_000_000_000_000 => Unit::Microseconds,
        _ => Unit::Nanoseconds,
    })
}

/// `YYYY-MM-DD`, `T` or a space, `hh:mm[:ss[.fraction]]`, and `Z`, `UTC`, `±hh[[:]mm]` or nothing.
fn date_time(text: &[u8]) -> Option<Instant> {
    let mut at = Cursor { text };
    let year = at.digits(4)?;
    at.one_of(b"-")?;
    let month = at.digits(2)?;
    at.one_of(b"-")?;
    let day = at.digits(2)?;
    at.one_of(b"Tt ")?;
    let hour = at.digits(2)?;
    at.one_of(b":")?;
    let minute = at.digits(2)?;
    let second = if at.one_of(b":").is_some() { at.digits(2)? } else { 0 };
    let (fraction, cut) = if at.one_of(b".,").is_some() { at.fraction()? } else { (0, false) };
    let offset = at.offset()?;
    // 60 is a leap second and, as in Unix time, the next minute's first.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = i128::from(days_since_1970(year, month, day)?);
    let clock = i128::from(hour * 3_600 + minute * 60 + second - offset.unwrap_or(0));
    let nanos = (days * DAY + clock) * 1_000_000_000 + i128::from(fraction);
    let nanos = i64::try_from(nanos).ok().filter(|n| *n > i64::MIN && *n < i64::MAX)?;
    Some(Instant { nanos, base: TimeBase::UnixEpoch, cut, assumed_utc: offset.is_none() })
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar; none if there is no such day.
pub(crate) fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > length {
        return None;
    }
    // Years counted from March, so that the leap day is the last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * m + 2) / 5 + day - 1;
    Some(365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + day_of_year - 719_468)
}

/// A date with a time, as nanoseconds since 1970; one without zone is UTC.
pub(crate) fn instant(text: &[u8]) -> Option<SimTime> {
    date_time(text).map(|instant| SimTime(instant.nanos))
}

/// What is left of a text being read from the front.
struct Cursor<'a> {
    text: &'a [u8],
}

impl Cursor<'_> {
    /// Exactly `n` digits.
    fn digits(&mut self, n: usize) -> Option<i64> {
        let (digits, rest) = self.text.split_at_checked(n)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.text = rest;
        Some(digits.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0')))
    }

    /// One of these bytes.
    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.text.split_first()?;
        bytes.contains(&first).then(|| {
            self.text = rest;
            first
        })
    }

    /// The digits of a fraction as nanoseconds, and whether more than nine mattered.
    fn fraction(&mut self) -> Option<(i64, bool)> {
        let length = self.text.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits, rest) = self.text.split_at_checked(length)?;
        let kept = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
        let nanos = kept.fold(0, |n, b| n * 10 + i64::from(b - b'0'));
        let cut = digits.iter().skip(9).any(|b| *b != b'0');
        self.text = rest;
        (length > 0).then_some((nanos, cut))
    }

    /// The zone's offset in seconds, none if there is no zone; refuses anything else.
    #[expect(clippy::option_option, reason = "refused, absent and present are three things")]
    fn offset(&mut self) -> Option<Option<i64>> {
        self.text = self.text.trim_ascii_start();
        if self.text.is_empty() {
            return Some(None);
        }
        if self.text.eq_ignore_ascii_case(b"Z") || self.text.eq_ignore_ascii_case(b"UTC") {
            return Some(Some(0));
        }
        let sign = if self.one_of(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.digits(2)?;
        let minutes = match self.text {
            [] => 0,
            [b':', ..] => {
                self.one_of(b":")?;
                self.digits(2)?
            }
            _ => self.digits(2)?,
        };
        (self.text.is_empty() && hours <= 23 && minutes <= 59)
            .then_some(Some(sign * (hours * 3_600 + minutes * 60)))
    }
}

#[cfg(test)]
#[path = "timestamp_tests.rs"]
mod tests;
