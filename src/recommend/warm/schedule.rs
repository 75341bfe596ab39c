//! A capacity by the hour of the week: written for a scenario, and drawn.

use super::occupancy::{HOURS, hour_of_week};
use crate::recommend::Value;
use crate::replay::Steps;
use crate::units::{SimDuration, SimTime};
use std::collections::BTreeMap;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A whole number for each hour of the week, from Monday 00:00 UTC.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(Vec<u32>);

/// Which hours of the week have one number together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// All days are alike.
    EveryDay,
    /// Monday to Friday are alike, and Saturday and Sunday.
    WorkingDays,
    /// Every day is its own.
    EachDay,
}

impl Shape {
    /// Every shape, the simplest first.
    pub const ALL: [Self; 3] = [Self::EveryDay, Self::WorkingDays, Self::EachDay];

    /// How many numbers it has.
    #[must_use]
    pub const fn slots(self) -> usize {
        match self {
            Self::EveryDay => 24,
            Self::WorkingDays => 48,
            Self::EachDay => HOURS,
        }
    }

    /// The number that an hour of the week has.
    #[must_use]
    pub const fn slot(self, hour: usize) -> usize {
        match self {
            Self::EveryDay => hour % 24,
            Self::WorkingDays => hour % 24 + if hour >= 120 { 24 } else { 0 },
            Self::EachDay => hour,
        }
    }
}

/// Weekdays as the scenario writes them: `Mon-Fri`, `Tue,Sat-Sun`; nothing for all of them.
fn days(chosen: &[usize]) -> Option<String> {
    if chosen.len() == 7 {
        return None;
    }
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for day in chosen {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *day => *last = *day,
            _ => parts.push((*day, *day)),
        }
    }
    let part = |(a, b): &(usize, usize)| match b - a {
        0 => DAYS[*a].to_owned(),
        _ => format!("{}-{}", DAYS[*a], DAYS[*b]),
    };
    Some(parts.iter().map(part).collect::<Vec<_>>().join(","))
}

impl Week {
    /// The same number all week.
    #[must_use]
    pub fn constant(value: u32) -> Self {
        Self(vec![value; HOURS])
    }

    /// From the numbers of a shape's slots.
    #[must_use]
    pub fn shaped(shape: Shape, slots: &[u32]) -> Self {
        let at = |hour| slots.get(shape.slot(hour)).copied().unwrap_or(0);
        Self((0..HOURS).map(at).collect())
    }

    /// The capacity of a span by the hour of the week; hours it does not have are as its first.
    #[must_use]
    pub fn of(capacity: &Steps, (from, to): (SimTime, SimTime)) -> Self {
        let mut week = Self::constant(capacity.at(from));
        let hour = SimDuration::from_hours(1);
        let mut at = from;
        for _ in 0..HOURS {
            if at >= to {
                break;
            }
            week.0[hour_of_week(at)] = capacity.at(at);
            at = at + hour;
        }
        week
    }

    /// The number of each hour.
    #[must_use]
    pub fn hours(&self) -> &[u32] {
        &self.0
    }

    /// The largest number.
    #[must_use]
    pub fn highest(&self) -> u32 {
        self.0.iter().copied().max().unwrap_or(0)
    }

    /// Whether it is one number.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.0.iter().all(|v| *v == self.0[0])
    }

    /// The number all week but in windows: the one most hours have, the smaller of equals.
    fn default(&self) -> u32 {
        let mut hours: BTreeMap<u32, usize> = BTreeMap::new();
        for value in &self.0 {
            *hours.entry(*value).or_default() += 1;
        }
        let most = hours.values().copied().max().unwrap_or(0);
        hours.iter().find(|(_, n)| **n == most).map_or(0, |(value, _)| *value)
    }

    /// Days with the same window: `(days, from, to, value)`, by day and hour.
    #[must_use]
    pub fn windows(&self) -> Vec<(Vec<usize>, usize, usize, u32)> {
        let default = self.default();
        let mut windows: Vec<(Vec<usize>, usize, usize, u32)> = Vec::new();
        for day in 0..7 {
            let hours = &self.0[day * 24..day * 24 + 24];
            let mut from = 0;
            while from < 24 {
                let value = hours[from];
                let to = from + hours[from..].iter().take_while(|v| **v == value).count();
                if value != default {
                    let like = |w: &&mut (Vec<usize>, usize, usize, u32)| {
                        (w.1, w.2, w.3) == (from, to, value)
                    };
                    match windows.iter_mut().find(like) {
                        Some(window) => window.0.push(day),
                        None => windows.push((vec![day], from, to, value)),
                    }
                }
                from = to;
            }
        }
        windows
    }

    /// As a scenario writes it.
    #[must_use]
    pub fn value(&self) -> Value {
        if self.is_constant() {
            return Value::text(self.highest().to_string());
        }
        let window = |(chosen, from, to, value): (Vec<usize>, usize, usize, u32)| {
            let mut map = Vec::new();
            if let Some(days) = days(&chosen) {
                map.push(("days".to_owned(), Value::text(days)));
            }
            map.push(("from".to_owned(), Value::text(format!("{from:02}:00"))));
            map.push(("to".to_owned(), Value::text(format!("{to:02}:00"))));
            map.push(("value".to_owned(), Value::text(value.to_string())));
            Value::Map(map)
        };
        let windows = self.windows().into_iter().map(window).collect();
        Value::Map(vec![
            ("default".to_owned(), Value::text(self.default().to_string())),
            ("windows".to_owned(), Value::List(windows)),
        ])
    }

    /// The week as a strip for each day, one character an hour; readable without colour.
    #[must_use]
    pub fn strip(&self) -> String {
        let step = self.highest().div_ceil(9).max(1);
        let mut text = String::from("UTC  00    06    12    18\n");
        for (day, hours) in DAYS.iter().zip(self.0.chunks(24)) {
            let mark = |v: &u32| match v.div_ceil(step) {
                0 => '.',
                n => char::from_digit(n, 10).unwrap_or('9'),
            };
            let strip: String = hours.iter().map(mark).collect();
            text.push_str(&format!("{day}  {strip}\n"));
        }
        if step > 1 {
            text.push_str(&format!(
                "     1 is up to {step}, 2 up to {}, 9 up to {}; . is none\n",
                2 * step,
                9 * step
            ));
        }
        text
    }

    /// Neighbours of the schedule: one more and one less in each window and outside, each window an hour
    /// longer and shorter at either end.
    #[must_use]
    pub fn neighbours(&self, most: u32) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        let mut add = |week: Self| {
            if week != *self && week.highest() <= most && !found.contains(&week) {
                found.push(week);
            }
        };
        let default = self.default();
        let moved = |v: u32, up: bool| if up { v + 1 } else { v.saturating_sub(1) };
        for up in [false, true] {
            let outside = |v: &u32| if *v == default { moved(*v, up) } else { *v };
            add(Self(self.0.iter().map(outside).collect()));
        }
        for (days, from, to, value) in self.windows() {
            let with = |hours: &dyn Fn(usize) -> bool, value: u32| {
                let hit = |h: usize| days.contains(&(h / 24)) && hours(h % 24);
                Self(
                    self.0
                        .iter()
                        .enumerate()
                        .map(|(h, v)| if hit(h) { value } else { *v })
                        .collect(),
                )
            };
            for up in [false, true] {
                add(with(&|h| (from..to).contains(&h), moved(value, up)));
            }
            if to - from > 1 {
                add(with(&|h| h == from, default));
                add(with(&|h| h + 1 == to, default));
            }
            if from > 0 {
                add(with(&|h| h + 1 == from, value));
            }
            if to < 24 {
                add(with(&|h| h == to, value));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_with_the_same_hours_are_one_window() {
        let mut hours = vec![0; HOURS];
        for day in 0..5 {
            hours[day * 24 + 8..day * 24 + 18].fill(6);
        }
        hours[5 * 24 + 10..5 * 24 + 12].fill(2);
        hours[6 * 24 + 10..6 * 24 + 12].fill(2);
        hours[24 + 20] = 12;
        let week = Week(hours);
        insta::assert_snapshot!(format!("{}\n{}", week.value().flow(), week.strip()));
        assert!(Week::constant(3).value() == Value::text("3"));
    }
}
