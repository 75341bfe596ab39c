//! A schedule in a provider's own form: its template, filled in for every change of the week.

use super::schedule::Week;
use crate::pricing::ScheduleExport;
use crate::pricing::schedule_export::filled;
use crate::recommend::Artifact;

const DAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// What a schedule is for.
#[derive(Clone, Copy, Debug)]
pub struct For<'a> {
    /// The workload.
    pub name: &'a str,
    /// Its region.
    pub region: &'a str,
    /// The setting that follows the schedule.
    pub setting: &'a str,
}

/// A change of the week: at this hour of these days to this value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Days from Monday, 0 to 6.
    pub days: Vec<usize>,
    /// Hour of the day, UTC.
    pub hour: usize,
    /// The number from then on.
    pub value: u32,
}

/// Every change of a week, those at the same hour to the same value together.
#[must_use]
pub fn changes(week: &Week) -> Vec<Change> {
    let hours = week.hours();
    let mut changes: Vec<Change> = Vec::new();
    for (at, value) in hours.iter().enumerate() {
        let before = hours[(at + hours.len() - 1) % hours.len()];
        if *value == before {
            continue;
        }
        let (day, hour) = (at / 24, at % 24);
        match changes.iter_mut().find(|c| (c.hour, c.value) == (hour, *value)) {
            Some(change) => change.days.push(day),
            None => changes.push(Change { days: vec![day], hour, value: *value }),
        }
    }
    changes
}

/// The schedule in the provider's own form.
#[must_use]
pub fn export(week: &Week, template: &ScheduleExport, of: For<'_>) -> Artifact {
    let (max, initial) = (week.highest().to_string(), week.hours()[0].to_string());
    let head = |name: &str| match name {
        "name" => Some(of.name),
        "region" => Some(of.region),
        "setting" => Some(of.setting),
        "max" => Some(max.as_str()),
        "initial" => Some(initial.as_str()),
        _ => None,
    };
    let mut text = filled(template.head.trim_end(), head);
    text.push('\n');
    for (n, change) in changes(week).iter().enumerate() {
        let (n, value, hour) =
            ((n + 1).to_string(), change.value.to_string(), change.hour.to_string());
        let names: Vec<&str> = change.days.iter().map(|d| DAYS[*d]).collect();
        // In a crontab, Sunday is 0.
        let numbers: Vec<String> = change.days.iter().map(|d| ((d + 1) % 7).to_string()).collect();
        let all = change.days.len() == 7;
        let cron_days = if all { "*".to_owned() } else { numbers.join(",") };
        let days = names.join(",");
        text.push_str(&filled(template.each.trim_end(), |name| match name {
            "n" => Some(n.as_str()),
            "value" => Some(value.as_str()),
            "hour" => Some(hour.as_str()),
            "minute" => Some("0"),
            "cron_days" => Some(cron_days.as_str()),
            "days" => Some(days.as_str()),
            other => head(other),
        }));
        text.push('\n');
    }
    Artifact {
        name: template.name.clone(),
        kind: template.kind.name(),
        content: text,
        figure: None,
    }
}
