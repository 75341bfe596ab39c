//! How processor time changes with memory, as measured: what Power Tuning tools print.

use crate::diagnostic::{Diagnostic, Field, Result, Source, suggest};
use crate::units::parse::{self, ParseError, memory_mib};
use crate::units::{SimDuration, mul_div};
use crate::workload::Request;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A memory curve as written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoryCurveFile {
    /// The memory with which the workload's own durations and processor times were measured.
    pub measured_at: Field,
    /// A file with the measurements: JSON with `stats`.
    pub file: Option<Field>,
    /// The measurements, as the JSON has them.
    #[serde(default)]
    pub stats: Vec<CurvePoint>,
    /// Part of every measured duration that is waiting for others, as for a model's answer.
    pub waiting: Option<Field>,
}

/// One measured size; what else the tool prints for it is not needed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct CurvePoint {
    /// Memory: MiB, or with a unit.
    #[serde(alias = "value")]
    pub power: Field,
    /// Mean duration: milliseconds, or with a unit.
    #[serde(rename = "averageDuration")]
    pub average_duration: Field,
}

/// The tool's output, or the part of it with the measurements.
#[derive(Debug, Deserialize)]
struct Output {
    #[serde(default)]
    stats: Vec<CurvePoint>,
    results: Option<Box<Self>>,
}

/// A memory curve: processor time at each size that was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryCurve {
    measured_at: u64,
    /// By MiB.
    points: BTreeMap<u64, SimDuration>,
}

/// Factor on processor time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComputeScale {
    /// Processor time at the size in use …
    pub at: SimDuration,
    /// … and at the size that the workload was measured at.
    pub measured: SimDuration,
}

fn mib(text: &str) -> std::result::Result<u64, ParseError> {
    if let Ok(number) = parse::plain(text) {
        return number.to_u64().filter(|n| *n > 0).ok_or_else(|| memory(text));
    }
    memory_mib(text).map_err(|_| memory(text))
}

fn memory(text: &str) -> ParseError {
    ParseError::new(text, "memory such as `512` (MiB) or `1GiB`")
}

fn millis(text: &str) -> std::result::Result<SimDuration, ParseError> {
    let wrong = || ParseError::new(text, "a duration such as `420.5` (milliseconds) or `1.2s`");
    let time = match parse::plain(text) {
        Ok(number) => {
            let nanos =
                number.checked_mul(Decimal::from(1_000_000)).and_then(|n| n.round().to_i64());
            SimDuration(nanos.ok_or_else(wrong)?)
        }
        Err(_) => parse::duration(text).map_err(|_| wrong())?,
    };
    if time > SimDuration::ZERO { Ok(time) } else { Err(wrong()) }
}

impl MemoryCurve {
    /// Reads the curve; `open` opens the file it names.
    ///
    /// # Errors
    /// When a value does not read, the file has no measurements, none is of `measured_at`, or a duration
    /// is not longer than the waiting in it.
    pub fn resolve(
        source: &Source,
        written: &MemoryCurveFile,
        open: &mut dyn FnMut(&str) -> Result<Source>,
    ) -> Result<Self> {
        let opened = written.file.as_ref().map(|f| open(&f.value)).transpose()?;
        let measured = match &opened {
            Some(file) => {
                let output: Output = file.yaml()?;
                output.results.map_or(output.stats, |results| results.stats)
            }
            None => Vec::new(),
        };
        let (of, stats) = match &opened {
            Some(file) => (file, &measured),
            None => (source, &written.stats),
        };
        let waiting = written.waiting.as_ref().map(|f| source.parse(f, millis)).transpose()?;
        let mut points = BTreeMap::new();
        for point in stats {
            let size = of.parse(&point.power, mib)?;
            let whole = of.parse(&point.average_duration, millis)?;
            let own = whole - waiting.unwrap_or_default();
            if own <= SimDuration::ZERO {
                let message = "the measured duration is not longer than the waiting in it";
                let label = "nothing is left for the function itself";
                return Err(Box::new(of.error(&point.average_duration, message, label)));
            }
            points.insert(size, own);
        }
        let measured_at = source.parse(&written.measured_at, mib)?;
        let curve = Self { measured_at, points };
        if !curve.points.contains_key(&measured_at) {
            let message = format!("the memory curve has no {measured_at}MiB");
            let label = "the size that everything is compared with";
            return Err(Box::new(
                source
                    .error(&written.measured_at, message, label)
                    .note(format!("measured: {}", curve.sizes()))
                    .hint("`stats` has it as `- { power: 1024, averageDuration: 420 }`"),
            ));
        }
        Ok(curve)
    }

    /// The sizes that were measured, in MiB.
    pub fn measured(&self) -> impl Iterator<Item = u64> + '_ {
        self.points.keys().copied()
    }

    fn sizes(&self) -> String {
        if self.points.is_empty() {
            return "nothing".into();
        }
        suggest::list(
            self.points
                .keys()
                .map(|m| format!("{m}MiB"))
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str),
        )
    }

    /// What processor time is multiplied by with so much memory.
    ///
    /// # Errors
    /// When that size was not measured.
    pub fn scale(&self, memory_mib: u64) -> Result<ComputeScale> {
        let at = self.points.get(&memory_mib).copied();
        let measured = self.points.get(&self.measured_at).copied();
        at.zip(measured).map(|(at, measured)| ComputeScale { at, measured }).ok_or_else(|| {
            Box::new(
                Diagnostic::input(format!("nobody measured it with {memory_mib}MiB"))
                    .note(format!("the memory curve has {}", self.sizes()))
                    .hint("measure that size too, or leave `memory_curve` out"),
            )
        })
    }
}

impl ComputeScale {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.at == self.measured
    }

    /// In words, such as `× 1.83`.
    #[must_use]
    pub fn words(&self) -> String {
        let factor = Decimal::from(self.at.0).checked_div(Decimal::from(self.measured.0));
        format!("× {}", factor.unwrap_or_default().round_dp(2).normalize())
    }

    /// The request with its processor time scaled: what it waits for stays as long as it was. What is
    /// added comes before the first token, what is saved after it.
    pub fn apply(&self, request: &mut Request) {
        let scaled = |time: i64| {
            let time =
                mul_div(i128::from(time), i128::from(self.at.0), i128::from(self.measured.0));
            i64::try_from(time).unwrap_or(i64::MAX)
        };
        let own = request.cpu.0.min(request.duration.0);
        let more = scaled(own) - own;
        request.cpu = SimDuration(scaled(request.cpu.0));
        request.duration = SimDuration(request.duration.0.saturating_add(more));
        if more > 0 {
            let first = request.time_to_first_token.0.saturating_add(more);
            request.time_to_first_token = SimDuration(first);
        }
        request.time_to_first_token = request.time_to_first_token.min(request.duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        memory_curve: MemoryCurveFile,
    }

    fn curve(text: &str, json: &str) -> Result<MemoryCurve> {
        let source = Source::new("s.yaml", text);
        let file: File = source.yaml().unwrap();
        let mut open = |path: &str| Ok(Source::new(path, json));
        MemoryCurve::resolve(&source, &file.memory_curve, &mut open)
    }

    const JSON: &str = r#"{ "power": 512, "cost": 2e-7, "duration": 100.5, "stats": [
        { "value": 512, "averagePrice": 2e-7, "averageDuration": 100.5, "totalCost": 1e-5 },
        { "value": 1024, "averagePrice": 2e-7, "averageDuration": 60.5, "totalCost": 1e-5 } ] }"#;

    #[test]
    fn the_file_of_the_tool_is_read() {
        let text = "memory_curve: { measured_at: 1GiB, file: tuning.json, waiting: 20.5 }";
        let scale = curve(text, JSON).unwrap().scale(512).unwrap();
        assert_eq!((scale.at, scale.measured), (SimDuration(80_000_000), SimDuration(40_000_000)));
        assert_eq!(scale.words(), "× 2");
        let wrapped = format!("{{ \"results\": {JSON} }}");
        assert_eq!(curve(text, &wrapped).unwrap().scale(512).unwrap(), scale);
    }

    #[test]
    fn waiting_stays_as_long_as_it_was() {
        let scale = ComputeScale { at: SimDuration(3), measured: SimDuration(1) };
        let seconds = SimDuration::from_secs;
        let mut r = Request {
            duration: seconds(10),
            time_to_first_token: seconds(1),
            cpu: seconds(2),
            ..Request::default()
        };
        scale.apply(&mut r);
        assert_eq!(
            (r.cpu, r.duration, r.time_to_first_token),
            (seconds(6), seconds(14), seconds(5))
        );
        let back = ComputeScale { at: SimDuration(1), measured: SimDuration(3) };
        back.apply(&mut r);
        assert_eq!(
            (r.cpu, r.duration, r.time_to_first_token),
            (seconds(2), seconds(10), seconds(5))
        );
    }

    #[test]
    fn nonsense_is_an_error_with_its_place() {
        let wrong = [
            "memory_curve: { measured_at: 2GiB, stats: [{ power: 512, averageDuration: 9 }] }",
            "memory_curve: { measured_at: 512, stats: [{ power: -1, averageDuration: 9 }] }",
            "memory_curve: { measured_at: 512, stats: [{ power: 512, averageDuration: 0 }] }",
            "memory_curve: { measured_at: 512, waiting: 9, stats: [{ power: 512, averageDuration: 9 }] }",
            "memory_curve: { measured_at: 512 }",
        ];
        let told: Vec<_> = wrong.iter().map(|t| curve(t, "").unwrap_err().to_string()).collect();
        insta::assert_snapshot!(told.join("\n\n"));
    }

    #[test]
    fn a_size_nobody_measured_has_no_factor() {
        let text = "memory_curve: { measured_at: 1GiB, file: tuning.json }";
        insta::assert_snapshot!(curve(text, JSON).unwrap().scale(768).unwrap_err().to_string());
    }
}
