//! Checks an `arrivals:` section and turns it into a pattern or a reference to a trace.

use super::pattern::show_hour;
use super::{ArrivalsSpec, Pattern, PatternName, PromptCacheSpec, RoutesSpec};
use crate::diagnostic::{Diagnostic, Field, Located, Place, Result, Source};
use crate::units::parse::{ParseError, count, duration, plain};
use crate::units::{SimDuration, SimTime};
use crate::workload::distribution::short;
use crate::workload::parse::{rate_per_second, share};
use crate::workload::prefix_cache::CacheLimits;
use crate::workload::{Assumption, Origin};
use chrono::DateTime;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;

/// Where a workload's requests come from.
#[derive(Clone, Debug)]
pub enum ArrivalPlan {
    /// From a pattern.
    Generated(Generated),
    /// From a trace.
    Traced(Box<Traced>),
}

/// Arrivals from a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The pattern.
    pub pattern: Pattern,
    /// Its first instant.
    pub start: SimTime,
    /// How long it lasts, if the section says so.
    pub window: Option<SimDuration>,
    /// The seed, if the section says so.
    pub seed: Option<u64>,
    /// What the pattern rests on, given values included.
    pub assumptions: Vec<Assumption>,
}

/// Arrivals from a trace; opening it is up to the caller.
#[derive(Clone, Debug)]
pub struct Traced {
    /// The path as written.
    pub path: Field,
    /// The importer's name, if the section says so.
    pub format: Option<Field>,
    /// Canonical column name to the trace's header.
    pub columns: BTreeMap<String, Field>,
    /// How much of the trace to replay; all of it without.
    pub window: Option<SimDuration>,
    /// Replay only rows with this label.
    pub workload: Option<Field>,
    /// Replay only some of the trace's labels.
    pub routes: Option<RoutesSpec>,
    /// The prompt cache whose hits become the cached tokens, if the section says so.
    pub prompt_cache: Option<Located<CacheLimits>>,
    /// Whether rows that cannot be read are skipped.
    pub skip_bad_rows: bool,
    /// The seed of what the trace does not say, if the section says so.
    pub seed: Option<u64>,
}

/// Monday, 2 November 2026, 00:00 UTC: hours and weekdays of a pattern mean something.
const START: &str = "2026-11-02T00:00:00Z";

impl ArrivalPlan {
    /// Checks the section.
    ///
    /// # Errors
    /// When both or none of `rate` and `trace` are set, a key does not go with the one that is set or
    /// with the pattern, a pattern's key is missing, or a value does not read or is out of range.
    pub fn resolve(spec: &Located<ArrivalsSpec>, source: &Source) -> Result<Self> {
        let s = &spec.value;
        match (&s.trace, &s.rate) {
            (Some(trace), Some(rate)) => Err(Box::new(
                source
                    .error(
                        rate,
                        "`rate` and `trace` exclude each other",
                        "a trace has its own rate",
                    )
                    .note(format!("the trace is `{}`", trace.value))
                    .hint("keep one of the two"),
            )),
            (None, None) => Err(Box::new(
                source
                    .error(spec, "nothing says when requests arrive", "neither `rate` nor `trace`")
                    .hint(
                        "add `rate: 2/s` for generated arrivals, or `trace: FILE` for logged ones",
                    ),
            )),
            (Some(trace), None) => {
                Traced::resolve(s, source, trace).map(|t| Self::Traced(Box::new(t)))
            }
            (None, Some(rate)) => Generated::resolve(s, source, rate).map(Self::Generated),
        }
    }
}

impl Traced {
    fn resolve(s: &ArrivalsSpec, source: &Source, trace: &Field) -> Result<Self> {
        if let Some(pattern) = &s.pattern {
            return Err(misplaced(
                source.place(pattern),
                "pattern",
                "generated arrivals, not a trace",
            ));
        }
        let extra = s.parameters().map(|(key, field, _)| (key, field)).next();
        if let Some((key, field)) = extra.or(s.start.as_ref().map(|f| ("start", f))) {
            return Err(misplaced(source.place(field), key, "generated arrivals, not a trace"));
        }
        Ok(Self {
            path: trace.clone(),
            format: s.format.clone(),
            columns: s.columns.as_ref().map(|c| c.value.clone()).unwrap_or_default(),
            window: window(s, source)?,
            workload: s.workload.clone(),
            routes: RoutesSpec::resolve(s, source)?,
            prompt_cache: s.prompt_cache.as_ref().map(|c| prompt_cache(c, source)).transpose()?,
            skip_bad_rows: s.skip_bad_rows.as_ref().is_some_and(|b| b.value),
            seed: seed(s, source)?,
        })
    }
}

impl Generated {
    fn resolve(s: &ArrivalsSpec, source: &Source, rate: &Field) -> Result<Self> {
        let trace_keys = [
            ("format", s.format.as_ref().map(|f| source.place(f))),
            ("columns", s.columns.as_ref().map(|f| source.place(f))),
            ("workload", s.workload.as_ref().map(|f| source.place(f))),
            ("only", s.only.as_ref().map(|f| source.place(f))),
            ("except", s.except.as_ref().map(|f| source.place(f))),
            ("prompt_cache", s.prompt_cache.as_ref().map(|f| source.place(f))),
            ("skip_bad_rows", s.skip_bad_rows.as_ref().map(|f| source.place(f))),
        ];
        for (key, place) in trace_keys {
            if let Some(place) = place {
                return Err(misplaced(place, key, "a trace, not generated arrivals"));
            }
        }
        let name = s.pattern.as_ref().map_or(PatternName::Poisson, |p| p.value);
        for (key, field, users) in s.parameters() {
            if !users.contains(&name) {
                return Err(not_used(source, key, field, users, name));
            }
        }
        let mut r = Resolver { source, name, spec: s, assumptions: Vec::new() };
        let (origin, note) = match &s.pattern {
            Some(_) => (Origin::Given, ""),
            None => (Origin::Assumed, "independent clients; real traffic is often burstier"),
        };
        r.list("pattern", name.to_string(), origin, note);
        let pattern = r.pattern(rate)?;
        let start = r.or("start", s.start.as_ref(), START, instant, |_| START.to_owned())?;
        Ok(Self {
            pattern,
            start,
            window: window(s, source)?,
            seed: seed(s, source)?,
            assumptions: r.assumptions,
        })
    }
}

struct Resolver<'a> {
    source: &'a Source,
    spec: &'a ArrivalsSpec,
    name: PatternName,
    assumptions: Vec<Assumption>,
}

impl Resolver<'_> {
    fn pattern(&mut self, rate: &Field) -> Result<Pattern> {
        let s = self.spec;
        let rate = self.need("rate", Some(rate), per_second)?;
        Ok(match self.name {
            PatternName::Steady => Pattern::Steady { rate },
            PatternName::Poisson => Pattern::Poisson { rate },
            PatternName::Diurnal => {
                let (peak_hour, peak_to_trough) = self.day()?;
                Pattern::Diurnal { rate, peak_hour, peak_to_trough }
            }
            PatternName::Weekly => {
                let (peak_hour, peak_to_trough) = self.day()?;
                let show = |v: &f64| format!("{}%", short(v * 100.0));
                let weekend = self.or("weekend", s.weekend.as_ref(), "40%", share, show)?;
                Pattern::Weekly { rate, peak_hour, peak_to_trough, weekend }
            }
            PatternName::Bursty => {
                let cv = self.or("cv", s.cv.as_ref(), "4", variation, |v| short(*v))?;
                Pattern::Bursty { rate, cv }
            }
            PatternName::Spike => self.spike(rate)?,
            PatternName::Ramp => {
                let to = self.need("to_rate", s.to_rate.as_ref(), per_second)?;
                Pattern::Ramp { from: rate, to }
            }
        })
    }

    fn day(&mut self) -> Result<(f64, f64)> {
        let s = self.spec;
        let show = |v: &f64| format!("{} UTC", show_hour(*v));
        let peak = self.or("peak_hour", s.peak_hour.as_ref(), "14", hour, show)?;
        let swing =
            self.or("peak_to_trough", s.peak_to_trough.as_ref(), "4", at_least_one, |v| short(*v))?;
        Ok((peak, swing))
    }

    fn spike(&mut self, rate: f64) -> Result<Pattern> {
        let s = self.spec;
        let at = self.need("spike_at", s.spike_at.as_ref(), duration)?;
        let lasts = self.need("spike_lasts", s.spike_lasts.as_ref(), duration)?;
        let factor = self.need("spike_factor", s.spike_factor.as_ref(), factor)?;
        let every = match &s.spike_every {
            None => None,
            Some(field) => {
                let every = self.need("spike_every", Some(field), duration)?;
                if every <= lasts {
                    let message =
                        format!("spikes of {lasts} every {every} leave no time between them");
                    let label = format!("must be more than {lasts}");
                    return Err(Box::new(self.source.error(field, message, label)));
                }
                Some(every)
            }
        };
        Ok(Pattern::Spike { rate, at, lasts, factor, every })
    }

    /// A value with a default.
    fn or<T>(
        &mut self,
        key: &str,
        field: Option<&Field>,
        default: &str,
        parse: impl Fn(&str) -> std::result::Result<T, ParseError>,
        show: impl Fn(&T) -> String,
    ) -> Result<T> {
        match field {
            Some(field) => {
                let value = self.source.parse(field, parse)?;
                self.list(key, field.value.trim().to_owned(), Origin::Given, "");
                Ok(value)
            }
            None => {
                let value =
                    parse(default).map_err(|e| Box::new(Diagnostic::input(e.to_string())))?;
                self.list(key, show(&value), Origin::Assumed, "");
                Ok(value)
            }
        }
    }

    /// A value the pattern cannot do without.
    fn need<T>(
        &mut self,
        key: &str,
        field: Option<&Field>,
        parse: impl Fn(&str) -> std::result::Result<T, ParseError>,
    ) -> Result<T> {
        let Some(field) = field else {
            let mut error = Diagnostic::input(format!("pattern `{}` needs `{key}`", self.name));
            if let Some(pattern) = &self.spec.pattern {
                error = error.at(self.source.place(pattern), format!("`{key}` is missing"));
            }
            return Err(Box::new(error.hint(format!("add `{key}: {}`", example(key)))));
        };
        let value = self.source.parse(field, parse)?;
        self.list(key, field.value.trim().to_owned(), Origin::Given, "");
        Ok(value)
    }

    fn list(&mut self, key: &str, value: String, origin: Origin, note: &str) {
        self.assumptions.push(Assumption::new(format!("arrivals.{key}"), value, origin).note(note));
    }
}

fn example(key: &str) -> &'static str {
    match key {
        "spike_at" => "1h",
        "spike_lasts" => "5min",
        "spike_factor" => "10",
        _ => "20/s",
    }
}

fn misplaced(place: Place, key: &str, owner: &str) -> Box<Diagnostic> {
    let error = Diagnostic::input(format!("`{key}` belongs to {owner}"));
    Box::new(error.at(place, "has no effect here").hint(format!("remove `{key}`")))
}

fn not_used(
    source: &Source,
    key: &str,
    field: &Field,
    users: &[PatternName],
    name: PatternName,
) -> Box<Diagnostic> {
    let users: Vec<_> = users.iter().map(|u| format!("`{u}`")).collect();
    let users = users.join(" and ");
    Box::new(
        source
            .error(
                field,
                format!("pattern `{name}` does not use `{key}`"),
                format!("only for {users}"),
            )
            .hint(format!(
                "remove `{key}`, or set `pattern` to {}",
                users.replace(" and ", " or ")
            )),
    )
}

fn window(s: &ArrivalsSpec, source: &Source) -> Result<Option<SimDuration>> {
    const EXPECTED: &str = "a duration above zero such as `6h`, `7d` or `30d`";
    let parse = |text: &str| {
        let bad = || ParseError::new(text, EXPECTED);
        duration(text).ok().filter(|d| (1..i64::MAX).contains(&d.0)).ok_or_else(bad)
    };
    s.window.as_ref().map(|field| source.parse(field, parse)).transpose()
}

fn seed(s: &ArrivalsSpec, source: &Source) -> Result<Option<u64>> {
    const EXPECTED: &str = "a whole number from 0 to 18446744073709551615";
    let parse = |text: &str| text.trim().parse().map_err(|_| ParseError::new(text, EXPECTED));
    s.seed.as_ref().map(|field| source.parse(field, parse)).transpose()
}

fn prompt_cache(spec: &Located<PromptCacheSpec>, source: &Source) -> Result<Located<CacheLimits>> {
    const EXPECTED: &str = "a lifetime above zero such as `5m` or `1h`, or `never`";
    let lifetime = |text: &str| {
        let bad = || ParseError::new(text, EXPECTED);
        duration(text).ok().filter(|d| d.0 > 0).ok_or_else(bad)
    };
    let PromptCacheSpec { ttl, tokens } = &spec.value;
    if ttl.is_none() && tokens.is_none() {
        return Err(Box::new(
            source
                .error(spec, "the prompt cache has no limit", "neither `ttl` nor `tokens`")
                .hint("say how long it holds a block: `prompt_cache: { ttl: 5m }`"),
        ));
    }
    let ttl = ttl.as_ref().map(|field| source.parse(field, lifetime)).transpose()?;
    let tokens = tokens.as_ref().map(|field| source.parse(field, count)).transpose()?;
    let none = CacheLimits::NONE;
    let limits =
        CacheLimits { ttl: ttl.unwrap_or(none.ttl), tokens: tokens.unwrap_or(none.tokens) };
    Ok(spec.with(limits))
}

/// At most one arrival per nanosecond: time has no finer grain.
fn per_second(text: &str) -> std::result::Result<f64, ParseError> {
    const EXPECTED: &str = "a rate of at most `1B/s`";
    let rate = rate_per_second(text)?;
    if rate <= 1e9 { Ok(rate) } else { Err(ParseError::new(text, EXPECTED)) }
}

fn within(
    text: &str,
    range: std::ops::RangeInclusive<f64>,
    expected: &'static str,
) -> std::result::Result<f64, ParseError> {
    plain(text)
        .ok()
        .and_then(|v| v.to_f64())
        .filter(|v| range.contains(v))
        .ok_or_else(|| ParseError::new(text, expected))
}

fn hour(text: &str) -> std::result::Result<f64, ParseError> {
    within(text, 0.0..=23.99, "an hour of the day in UTC from 0 to 23.99, such as `14` or `14.5`")
}

fn at_least_one(text: &str) -> std::result::Result<f64, ParseError> {
    within(text, 1.0..=1e6, "a ratio from 1 to 1M such as `4`")
}

fn factor(text: &str) -> std::result::Result<f64, ParseError> {
    within(text, 0.0..=1e6, "a factor from 0 to 1M such as `10`")
}

fn variation(text: &str) -> std::result::Result<f64, ParseError> {
    within(text, 0.05..=50.0, "a coefficient of variation from 0.05 to 50 such as `4`")
}

fn instant(text: &str) -> std::result::Result<SimTime, ParseError> {
    DateTime::parse_from_rfc3339(text.trim())
        .ok()
        .and_then(|t| t.timestamp_nanos_opt())
        .map(SimTime)
        .ok_or_else(|| ParseError::new(text, "an instant such as `2026-11-02T00:00:00Z`"))
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
