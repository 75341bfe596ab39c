//! A whole number that follows the clock: capacity by weekday and hour (UTC).

use crate::diagnostic::{Field, Result, Source, suggest};
use crate::units::SimTime;
use crate::units::parse::{ParseError, count};
use schemars::JsonSchema;
use serde::Deserialize;

/// A schedule as written: a value, and other values in weekly windows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSpec {
    /// Outside all windows.
    pub default: Field,
    /// Later windows win where they overlap.
    pub windows: Vec<WindowSpec>,
}

/// A weekly window as written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowSpec {
    /// `Mon`, `Mon-Fri`, `Sat,Sun`; every day otherwise.
    pub days: Option<Field>,
    /// First minute, `08:00`.
    pub from: Field,
    /// First minute after it, `20:00`; `24:00` is midnight.
    pub to: Field,
    /// The value within.
    pub value: Field,
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MINUTE: i64 = 60_000_000_000;
const WEEK: i64 = 7 * 1_440;

/// A weekly schedule, minute by minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Value of each minute of the week, from Monday 00:00 UTC.
    minutes: Vec<u32>,
}

impl ScheduleSpec {
    /// Checks the schedule.
    ///
    /// # Errors
    /// When a day, a time or a value does not read, or a window ends before it begins.
    pub fn resolve(&self, source: &Source) -> Result<Schedule> {
        let number = |field: &Field| {
            source.parse(field, |t| {
                count(t)
                    .ok()
                    .and_then(|n| u32::try_from(n).ok())
                    .ok_or_else(|| ParseError::new(t, "a whole number such as `10`"))
            })
        };
        let mut minutes = vec![number(&self.default)?; 7 * 1_440];
        for window in &self.windows {
            let (from, to) = (source.parse(&window.from, clock)?, source.parse(&window.to, clock)?);
            if to <= from {
                return Err(Box::new(source.error(
                    &window.to,
                    "a window ends before it begins",
                    format!("not after {}", window.from.value),
                )));
            }
            let value = number(&window.value)?;
            let every_day = vec![true; 7];
            let days = match &window.days {
                Some(field) => days(source, field)?,
                None => every_day,
            };
            for (day, _) in days.iter().enumerate().filter(|d| *d.1) {
                minutes[day * 1_440 + from..day * 1_440 + to].fill(value);
            }
        }
        Ok(Schedule { minutes })
    }
}

impl Schedule {
    /// The value at the start of the window and every change within it.
    #[must_use]
    pub fn changes(&self, from: SimTime, to: SimTime) -> (u32, Vec<(SimTime, u32)>) {
        // 1970-01-01 was a Thursday: minute 0 of the epoch is minute 3 × 1,440 of the week.
        let value = |minute: i64| {
            let index = (minute + 3 * 1_440).rem_euclid(WEEK);
            self.minutes[usize::try_from(index).unwrap_or(0)]
        };
        let first = from.0.div_euclid(MINUTE);
        let initial = value(first);
        let mut current = initial;
        let mut changes = Vec::new();
        for minute in first + 1..=to.0.div_euclid(MINUTE) {
            let next = value(minute);
            if next != current {
                changes.push((SimTime(minute * MINUTE), next));
                current = next;
            }
        }
        (initial, changes)
    }
}

fn clock(text: &str) -> std::result::Result<usize, ParseError> {
    let error = || ParseError::new(text, "a time of day such as `08:30`");
    let (h, m) = text.trim().split_once(':').ok_or_else(error)?;
    let (h, m): (usize, usize) = (h.parse().map_err(|_| error())?, m.parse().map_err(|_| error())?);
    let minute = h * 60 + m;
    if m < 60 && minute <= 1_440 { Ok(minute) } else { Err(error()) }
}

fn days(source: &Source, field: &Field) -> Result<Vec<bool>> {
    let find = |name: &str| {
        DAYS.iter().position(|d| d.eq_ignore_ascii_case(name.trim())).ok_or_else(|| {
            Box::new(
                source
                    .error(field, format!("unknown weekday `{}`", name.trim()), "not a weekday")
                    .note(format!("weekdays: {}", suggest::list(DAYS)))
                    .hint("write `Mon-Fri` or `Sat,Sun`"),
            )
        })
    };
    let mut chosen = vec![false; 7];
    for part in field.value.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut day, last) = (find(first)?, find(last)?);
        chosen[day] = true;
        while day != last {
            day = (day + 1) % 7;
            chosen[day] = true;
        }
    }
    Ok(chosen)
}
