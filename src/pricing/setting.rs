//! What a deployment may set on a platform, and what holds when it does not.

use super::Evidence;
use crate::diagnostic::suggest;
use crate::units::parse;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Conditions on settings or account options: each name must have one of the listed values.
pub type Conditions = BTreeMap<String, Vec<String>>;

/// Whether `value` gives each name one of the values listed for it.
pub fn satisfied<'a>(when: &Conditions, value: impl Fn(&str) -> Option<&'a str>) -> bool {
    when.iter()
        .all(|(name, allowed)| value(name).is_some_and(|value| allowed.iter().any(|a| a == value)))
}

/// One allowed word and what choosing it fixes.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The word.
    pub name: String,
    /// Another name of this choice.
    pub same_as: Option<String>,
    /// Settings it fixes.
    pub fixes: BTreeMap<String, String>,
}

/// A setting of a platform or an option of an account.
#[derive(Clone, Debug)]
pub struct SettingSpec {
    /// Value when nothing is said; `None` means not set.
    pub default: Option<String>,
    /// Smallest allowed value.
    pub minimum: Option<String>,
    /// Largest allowed value.
    pub maximum: Option<String>,
    /// Values must be multiples of this.
    pub step: Option<String>,
    /// Whether the platform's user sets it; otherwise it is how the platform behaves.
    pub configurable: bool,
    /// Allowed words; empty means any quantity within the bounds.
    pub choices: Vec<Choice>,
    /// Values worth trying to save money; empty where it is a fact or an assumption, not a decision.
    pub tries: Vec<String>,
    /// Who says so.
    pub evidence: Evidence,
}

/// Why a value is refused: a label and what is allowed.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A few words for under the value.
    pub label: String,
    /// What is allowed.
    pub allowed: String,
    /// The likely intention.
    pub hint: Option<String>,
}

impl SettingSpec {
    /// Checks a value and gives its canonical form (aliases resolved).
    ///
    /// # Errors
    /// When it is not one of the choices, not a quantity, or out of bounds.
    pub fn check(&self, text: &str) -> Result<String, Refusal> {
        if self.choices.is_empty() { self.check_bounds(text) } else { self.check_choice(text) }
    }

    /// The choice called `name`, following `same_as`.
    #[must_use]
    pub fn choice(&self, name: &str) -> Option<&Choice> {
        let choice = self.choices.iter().find(|c| same_value(&c.name, name))?;
        match &choice.same_as {
            Some(other) => self.choices.iter().find(|c| c.name == *other),
            None => Some(choice),
        }
    }

    /// What may be set: words, or a range.
    #[must_use]
    pub fn allowed(&self) -> String {
        if self.choices.is_empty() {
            return self.range();
        }
        self.choices.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn check_choice(&self, text: &str) -> Result<String, Refusal> {
        self.choice(text).map(|c| c.name.clone()).ok_or_else(|| {
            let names = || self.choices.iter().map(|c| c.name.as_str());
            Refusal {
                label: "not one of the allowed values".into(),
                allowed: suggest::list(names()),
                hint: suggest::did_you_mean(text, names()),
            }
        })
    }

    fn check_bounds(&self, text: &str) -> Result<String, Refusal> {
        let refuse =
            |label: &str| Refusal { label: label.into(), allowed: self.range(), hint: None };
        let Some(value) = magnitude(text) else {
            return Err(refuse("not a quantity"));
        };
        let of = |bound: &Option<String>| bound.as_deref().and_then(magnitude);
        if let Some(bound) = of(&self.default).or(of(&self.minimum)).or(of(&self.maximum))
            && bound.0 != value.0
        {
            return Err(refuse(&format!("expected {}", bound.0.example())));
        }
        if of(&self.minimum).is_some_and(|m| value.1 < m.1) {
            return Err(refuse("below the smallest allowed value"));
        }
        if of(&self.maximum).is_some_and(|m| value.1 > m.1) {
            return Err(refuse("above the largest allowed value"));
        }
        if of(&self.step).is_some_and(|s| !s.1.is_zero() && !(value.1 % s.1).is_zero()) {
            return Err(refuse("not a multiple of the step"));
        }
        Ok(text.trim().to_owned())
    }

    /// `128MiB to 10240MiB in steps of 1MiB`.
    fn range(&self) -> String {
        let mut text = match (&self.minimum, &self.maximum) {
            (Some(a), Some(b)) => format!("{a} to {b}"),
            (Some(a), None) => format!("{a} or more"),
            (None, Some(b)) => format!("up to {b}"),
            (None, None) => self
                .default
                .as_deref()
                .and_then(magnitude)
                .map_or("a quantity".into(), |m| m.0.example().to_owned()),
        };
        if let Some(step) = &self.step {
            text.push_str(&format!(" in steps of {step}"));
        }
        text
    }
}

/// Whether two spellings mean the same: the same word, or the same size (`2GiB` and `2048MiB`).
fn same_value(a: &str, b: &str) -> bool {
    a == b || matches!((parse::memory_mib(a), parse::memory_mib(b)), (Ok(x), Ok(y)) if x == y)
}

/// What kind of quantity a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QuantityKind {
    Size,
    Time,
    Number,
}

impl QuantityKind {
    const fn example(self) -> &'static str {
        match self {
            Self::Size => "a size such as `512MiB` or `2GiB`",
            Self::Time => "a duration such as `250ms`, `15min` or `6h`",
            Self::Number => "a number such as `80`",
        }
    }
}

fn magnitude(text: &str) -> Option<(QuantityKind, Decimal)> {
    if let Ok(number) = parse::plain(text) {
        return Some((QuantityKind::Number, number));
    }
    if let Ok(time) = parse::duration(text) {
        return Some((QuantityKind::Time, Decimal::from(time.0)));
    }
    parse::memory_mib(text).ok().map(|mib| (QuantityKind::Size, Decimal::from(mib)))
}
