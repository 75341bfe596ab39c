//! A distribution as a scenario writes it: `400`, `{ mean: 400, cv: 1 }`, `{ p50: 800ms, p95: 2s }`.

use super::{Distribution, Unit};
use crate::diagnostic::{Field, Located, Result, Source, either};
use crate::units::parse::{ParseError, plain};
use rust_decimal::prelude::ToPrimitive;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A value that may vary: one scalar for a constant, or a mapping that says how it varies.
#[derive(Clone, Debug)]
pub enum DistributionSpec {
    /// Always this value.
    Constant(String),
    /// A mapping.
    Shape(Box<ShapeSpec>),
}

/// The mapping form. Which keys are set decides the family.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShapeSpec {
    /// A constant.
    pub value: Option<Field>,
    /// The mean, with `cv` or with `distribution: exponential`.
    pub mean: Option<Field>,
    /// Standard deviation divided by the mean (log-normal).
    pub cv: Option<Field>,
    /// The median (log-normal).
    pub p50: Option<Field>,
    /// The 95th percentile (log-normal).
    pub p95: Option<Field>,
    /// The smallest value (uniform).
    pub minimum: Option<Field>,
    /// The largest value (uniform).
    pub maximum: Option<Field>,
    /// The family by name; needed only for the exponential one.
    pub distribution: Option<Located<Family>>,
}

/// The family of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// From `mean` and `cv`, or `p50` and `p95`.
    LogNormal,
    /// From `mean`.
    Exponential,
    /// From `minimum` and `maximum`.
    Uniform,
}

impl<'de> Deserialize<'de> for DistributionSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(SpecVisitor)
    }
}

impl JsonSchema for DistributionSpec {
    fn schema_name() -> Cow<'static, str> {
        "Distribution".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        either(Field::json_schema(generator), generator.subschema_for::<ShapeSpec>())
    }
}

struct SpecVisitor;

impl<'de> Visitor<'de> for SpecVisitor {
    type Value = DistributionSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, or a mapping such as `{ mean: …, cv: … }` or `{ p50: …, p95: … }`")
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Self::Value, E> {
        Ok(DistributionSpec::Constant(text.to_owned()))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Self::Value, E> {
        Ok(DistributionSpec::Constant(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Self::Value, E> {
        Ok(DistributionSpec::Constant(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Self::Value, E> {
        Ok(DistributionSpec::Constant(value.to_string()))
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Self::Value, E> {
        // Refused later, where the place is known.
        Ok(DistributionSpec::Constant(value.to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<Self::Value, A::Error> {
        let shape = ShapeSpec::deserialize(MapAccessDeserializer::new(map))?;
        Ok(DistributionSpec::Shape(Box::new(shape)))
    }
}

impl DistributionSpec {
    /// The distribution of a value counted in `unit`.
    ///
    /// # Errors
    /// When a value does not read as `unit`, a log-normal or exponential mean is zero, percentiles or
    /// ends are the wrong way round, or the keys do not add up to one distribution.
    pub fn resolve(spec: &Located<Self>, source: &Source, unit: Unit) -> Result<Distribution> {
        match &spec.value {
            Self::Constant(text) => {
                let field = spec.field(text.clone());
                Ok(Distribution::Constant(source.parse(&field, |t| unit.parse(t))?))
            }
            Self::Shape(shape) => {
                let distribution = shape.resolve(spec, source, unit)?;
                if unit == Unit::TokensPerSecond {
                    refuse_standstill(spec, source, distribution)?;
                }
                Ok(distribution)
            }
        }
    }
}

impl ShapeSpec {
    fn resolve(
        &self,
        spec: &Located<DistributionSpec>,
        source: &Source,
        unit: Unit,
    ) -> Result<Distribution> {
        let read = |field: &Field| source.parse(field, |t| unit.parse(t));
        let positive = |field: &Field| {
            let value = read(field)?;
            if value > 0.0 {
                return Ok(value);
            }
            let message = format!("`{}` leaves nothing to vary", field.value);
            let error = source.error(field, message, "must be more than zero here");
            Err(Box::new(error.hint("write the plain value for a constant")))
        };
        let family = self.distribution.as_ref().map(|f| f.value);
        let (distribution, of, keys) = match self {
            Self { value: Some(value), .. } => {
                (Distribution::Constant(read(value)?), None, &["value"][..])
            }
            Self { mean: Some(mean), .. } if family == Some(Family::Exponential) => {
                let mean = positive(mean)?;
                (Distribution::Exponential { mean }, family, &["mean"][..])
            }
            Self { mean: Some(mean), cv: Some(cv), .. } => {
                let (mean, cv) = (positive(mean)?, source.parse(cv, variation)?);
                let shape = Distribution::log_normal_with_cv(mean, cv);
                (shape, Some(Family::LogNormal), &["mean", "cv"][..])
            }
            Self { p50: Some(p50), p95: Some(p95), .. } => {
                let (low, high) = (positive(p50)?, positive(p95)?);
                if high < low {
                    return Err(wrong_way(source, p95, "p95", "p50", p50));
                }
                let shape = Distribution::log_normal_with_p95(low, high);
                (shape, Some(Family::LogNormal), &["p50", "p95"][..])
            }
            Self { minimum: Some(minimum), maximum: Some(maximum), .. } => {
                let (min, max) = (read(minimum)?, read(maximum)?);
                if max < min {
                    return Err(wrong_way(source, maximum, "maximum", "minimum", minimum));
                }
                let shape = Distribution::Uniform { min, max };
                (shape, Some(Family::Uniform), &["minimum", "maximum"][..])
            }
            _ => {
                let message = "these keys do not say how the value varies";
                return Err(Box::new(
                    source.error(spec, message, "incomplete").note(FORMS).hint(
                        "write the value itself for a constant, or complete one of the forms",
                    ),
                ));
            }
        };
        let extra = self.set_keys().find(|(key, _)| !keys.contains(key));
        if let Some((key, field)) = extra {
            let message = format!("`{key}` does not go with `{}`", keys[0]);
            return Err(Box::new(source.error(field, message, "one key too many").note(FORMS)));
        }
        if let Some(named) = self.distribution.as_ref().filter(|f| Some(f.value) != of) {
            let message = format!("`{}` does not make this distribution", keys[0]);
            return Err(Box::new(
                source.error(named, message, "does not fit the other keys").note(FORMS),
            ));
        }
        Ok(distribution)
    }

    fn set_keys(&self) -> impl Iterator<Item = (&'static str, &Field)> {
        [
            ("value", &self.value),
            ("mean", &self.mean),
            ("cv", &self.cv),
            ("p50", &self.p50),
            ("p95", &self.p95),
            ("minimum", &self.minimum),
            ("maximum", &self.maximum),
        ]
        .into_iter()
        .filter_map(|(key, field)| field.as_ref().map(|f| (key, f)))
    }
}

const FORMS: &str = "forms: `{ mean, cv }`, `{ p50, p95 }`, `{ mean, distribution: exponential }`, \
                     `{ minimum, maximum }`, `{ value }`";

fn variation(text: &str) -> std::result::Result<f64, ParseError> {
    plain(text).ok().and_then(|v| v.to_f64()).filter(|v| (0.0..=100.0).contains(v)).ok_or_else(
        || ParseError::new(text, "a coefficient of variation from 0 to 100, such as `1.2`"),
    )
}

fn wrong_way(
    source: &Source,
    field: &Field,
    key: &str,
    other: &str,
    bound: &Field,
) -> Box<crate::diagnostic::Diagnostic> {
    let message = format!("`{key}` {} is below `{other}` {}", field.value, bound.value);
    Box::new(source.error(field, message, format!("must be at least {}", bound.value)))
}

/// A speed that can come arbitrarily near zero makes answers of unlimited length.
fn refuse_standstill(
    spec: &Located<DistributionSpec>,
    source: &Source,
    distribution: Distribution,
) -> Result<()> {
    let Distribution::Exponential { .. } = distribution else { return Ok(()) };
    let message = "an exponential speed comes so near zero that answers never end on average";
    let error = source.error(spec, message, "not exponential");
    Err(Box::new(error.hint("use `{ mean, cv }`, `{ p50, p95 }` or `{ minimum, maximum }`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Holder {
        x: Located<DistributionSpec>,
    }

    fn read(text: &str, unit: Unit) -> Result<Distribution> {
        let source = Source::new("s.yaml", text);
        let holder: Holder = source.yaml()?;
        DistributionSpec::resolve(&holder.x, &source, unit)
    }

    fn fails(text: &str, unit: Unit) -> String {
        let e = read(text, unit).unwrap_err();
        let at = e.place.as_ref().map_or(String::new(), |p| format!("{}:{}", p.line, p.column));
        format!("{} @{at} [{}]", e, e.label)
    }

    #[test]
    fn every_form_reads() {
        let constant = |v| Ok(Distribution::Constant(v));
        assert_eq!(read("x: 400", Unit::Tokens), constant(400.0));
        assert_eq!(read("x: 1k", Unit::Tokens), constant(1_000.0));
        assert_eq!(read("x: \"400\"", Unit::Tokens), constant(400.0));
        assert_eq!(read("x: 62.5", Unit::TokensPerSecond), constant(62.5));
        assert_eq!(read("x: 800ms", Unit::Seconds), constant(0.8));
        assert_eq!(read("x: { value: 4KiB }", Unit::Bytes), constant(4_096.0));
        assert_eq!(read("x: { mean: 5, cv: 0 }", Unit::Tokens), constant(5.0));
        assert_eq!(
            read("x: { mean: 2s, distribution: exponential }", Unit::Seconds),
            Ok(Distribution::Exponential { mean: 2.0 })
        );
        assert_eq!(
            read("x:\n  minimum: 1s\n  maximum: 3s", Unit::Seconds),
            Ok(Distribution::Uniform { min: 1.0, max: 3.0 })
        );
        assert_eq!(
            read("x: { p50: 800ms, p95: 2s }", Unit::Seconds),
            Ok(Distribution::log_normal_with_p95(0.8, 2.0))
        );
        assert_eq!(
            read("x: { mean: 400, cv: 1.2, distribution: log-normal }", Unit::Tokens),
            Ok(Distribution::log_normal_with_cv(400.0, 1.2))
        );
    }

    #[test]
    fn bad_values_point_at_themselves() {
        let messages = [
            fails("x: -1s", Unit::Seconds),
            fails("x: .nan", Unit::Tokens),
            fails("x: never", Unit::Seconds),
            fails("x: true", Unit::Tokens),
            fails("x: 0", Unit::TokensPerSecond),
            fails("x: { mean: 0, cv: 1 }", Unit::Tokens),
            fails("x: { mean: 400, cv: -1 }", Unit::Tokens),
            fails("x: { p50: 2s, p95: 800ms }", Unit::Seconds),
            fails("x: { mean: 400 }", Unit::Tokens),
            fails("x: { mean: 400, cv: 1, p95: 900 }", Unit::Tokens),
            fails("x: { p50: 4, p95: 9, distribution: uniform }", Unit::Tokens),
            fails("x: { mean: 70, distribution: exponential }", Unit::TokensPerSecond),
            fails("x: { mean: 70, cw: 1 }", Unit::Tokens),
            fails("x: { mean: 70, distribution: exponental }", Unit::Tokens),
        ];
        insta::assert_snapshot!(messages.join("\n"), @"
    `-1s` is not a duration such as `250ms`, `1.5s`, `15min`, `6h` or `2d` (s.yaml:1:4) @1:4 [expected a duration such as `250ms`, `1.5s`, `15min`, `6h` or `2d`]
    not valid YAML: non-finite float `.nan` rejected by the configured policy at line 1, column 4 (s.yaml:1:4) @1:4 [here]
    `never` is not a duration such as `250ms`, `1.5s` or `15min` (s.yaml:1:4) @1:4 [expected a duration such as `250ms`, `1.5s` or `15min`]
    `true` is not a whole number such as `80` or `1M` (s.yaml:1:4) @1:4 [expected a whole number such as `80` or `1M`]
    `0` is not a positive number of tokens per second such as `70` (s.yaml:1:4) @1:4 [expected a positive number of tokens per second such as `70`]
    `0` leaves nothing to vary (s.yaml:1:12); write the plain value for a constant @1:12 [must be more than zero here]
    `-1` is not a coefficient of variation from 0 to 100, such as `1.2` (s.yaml:1:21) @1:21 [expected a coefficient of variation from 0 to 100, such as `1.2`]
    `p95` 800ms is below `p50` 2s (s.yaml:1:20) @1:20 [must be at least 2s]
    these keys do not say how the value varies (s.yaml:1:4); write the value itself for a constant, or complete one of the forms @1:4 [incomplete]
    `p95` does not go with `mean` (s.yaml:1:29) @1:29 [one key too many]
    `p50` does not make this distribution (s.yaml:1:36) @1:36 [does not fit the other keys]
    an exponential speed comes so near zero that answers never end on average (s.yaml:1:4); use `{ mean, cv }`, `{ p50, p95 }` or `{ minimum, maximum }` @1:4 [not exponential]
    unknown key `cw` (s.yaml:1:16); did you mean `cv`? @1:16 [not a key that can stand here]
    unknown value `exponental` (s.yaml:1:30); did you mean `exponential`? @1:30 [not one of the allowed values]
    ");
    }
}
