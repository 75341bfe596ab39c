//! Dates in their plain form, with the day of the row above at hand.

use super::digits::Marks;
use crate::workload::import::cell::days_since_1970;

const DAY: i64 = 86_400_000_000_000;
const SECOND: i64 = 1_000_000_000;

/// A date that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    /// Nanoseconds since 1970.
    pub nanos: i64,
    /// Whether digits below a nanosecond were cut off.
    pub cut: bool,
    /// Whether no zone was named.
    pub assumed_utc: bool,
    /// Where it ends.
    pub end: usize,
}

/// Reads dates; rows on the same day are the rule.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dates {
    /// A day as it is written, and the nanoseconds from 1970 to its start.
    last: Option<([u8; 10], i64)>,
}

impl Dates {
    /// The date at `at`, if it is `YYYY-MM-DD`, `T` or a space, `hh:mm:ss[.fraction]`, and `Z`,
    /// `+00:00` or nothing.
    #[inline]
    pub(super) fn read(&mut self, text: &[u8], at: usize, marks: &mut Marks) -> Option<Date> {
        let rest = text.get(at..)?;
        let (day, rest) = rest.split_first_chunk::<10>()?;
        let start = match self.last {
            Some((last, start)) if last == *day => start,
            _ => start_of(day)?,
        };
        self.last = Some((*day, start));
        let ([b'T' | b't' | b' ', h1, h2, b':', m1, m2, b':'], _) =
            rest.split_first_chunk::<7>()?
        else {
            return None;
        };
        let (hour, minute) = (pair(*h1, *h2)?, pair(*m1, *m2)?);
        let second = marks.decimal(text, at + 17, 9)?;
        let two_digits =
            matches!(text.get(at + 17..at + 20)?, [_, b'0'..=b'9', end] if !end.is_ascii_digit());
        if !two_digits || hour > 23 || minute > 59 || second.value >= 61 * SECOND {
            return None;
        }
        let clock = (hour * 3_600 + minute * 60) * SECOND + second.value;
        let nanos = start.checked_add(clock).filter(|n| *n < i64::MAX)?;
        let (zone, assumed_utc) = match text.get(second.end..)? {
            [b'Z' | b'z', ..] => (1, false),
            [b'+', b'0', b'0', b':', b'0', b'0', ..] => (6, false),
            _ => (0, true),
        };
        Some(Date { nanos, cut: second.cut, assumed_utc, end: second.end + zone })
    }
}

/// Nanoseconds from 1970 to a day written `YYYY-MM-DD`.
fn start_of(day: &[u8; 10]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *day else { return None };
    let year = pair(y1, y2)? * 100 + pair(y3, y4)?;
    days_since_1970(year, pair(m1, m2)?, pair(d1, d2)?)?.checked_mul(DAY)
}

/// The number two digits write.
fn pair(tens: u8, ones: u8) -> Option<i64> {
    let digit = |b: u8| b.is_ascii_digit().then(|| i64::from(b - b'0'));
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use super::super::digits::PADDING;
    use super::*;
    use crate::workload::import::cell::TimestampReader;
    use proptest::prelude::*;

    fn quick(dates: &mut Dates, text: &str) -> Option<(i64, bool, bool)> {
        let padded = [text.as_bytes(), &[b'\n'; PADDING]].concat();
        let date = dates.read(&padded, 0, &mut Marks::default()).filter(|d| d.end == text.len())?;
        Some((date.nanos, date.cut, date.assumed_utc))
    }

    fn careful(text: &str) -> Option<(i64, bool, bool)> {
        let instant = TimestampReader::default().read(text.as_bytes()).ok()?;
        Some((instant.nanos, instant.cut, instant.assumed_utc))
    }

    #[test]
    fn the_common_forms_are_plain() {
        let mut dates = Dates::default();
        for text in [
            "2023-11-16 18:17:03.9799600",
            "2023-11-16T18:17:03.97996Z",
            "2023-11-16t18:17:03z",
            "2024-05-10 00:00:00+00:00",
            "2024-05-10 00:00:00.009930+00:00",
            "1969-12-31T23:59:59Z",
            "2016-12-31T23:59:60.5",
            "2016-12-31 23:59:59.9999999999",
        ] {
            assert!(careful(text).is_some());
            assert_eq!(quick(&mut dates, text), careful(text), "{text}");
        }
        for text in [
            "2023-02-29 00:00:00",
            "2023-11-16 24:00:00",
            "2023-11-16 18:17:61",
            "2023-11-16 18:60:01",
            "2023-11-16 18:17:3",
            "2023-11-16 18:17:003",
            "3023-01-01 00:00:00",
            "2262-04-11T23:47:16.854775807Z",
            "2023-11-16 18:17:03.",
            "2023-11-16",
        ] {
            assert_eq!((quick(&mut dates, text), careful(text)), (None, None), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_plain_date_is_what_the_careful_reader_says(
            seconds in proptest::collection::vec(-10_000_000_000_i64..10_000_000_000, 1..5),
            fraction in "(\\.[0-9]{1,12})?", zone in "(Z|z|\\+00:00|)", spoilt in 0_usize..60, by in "[0-9:. ]",
        ) {
            let mut dates = Dates::default();
            for seconds in seconds {
                let date = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
                let mut text = format!("{}{fraction}{zone}", date.format("%Y-%m-%d %H:%M:%S"));
                prop_assert_eq!(quick(&mut dates, &text), careful(&text));
                if spoilt < text.len() {
                    text.replace_range(spoilt..=spoilt, &by);
                    let quick = quick(&mut dates, &text);
                    prop_assert!(quick.is_none() || quick == careful(&text), "{}", text);
                }
            }
        }
    }
}
