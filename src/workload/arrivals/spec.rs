//! The `arrivals:` section as a scenario writes it.

use crate::diagnostic::{Field, Located};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// Where requests come from: `rate` and a pattern, or a `trace`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ArrivalsSpec {
    /// The pattern; Poisson without it.
    pub pattern: Option<Located<PatternName>>,
    /// Requests per period, such as `2/s`: the mean, the rate outside spikes, or a ramp's first rate.
    pub rate: Option<Field>,
    /// Seed of every random number of the workload.
    pub seed: Option<Field>,
    /// First instant of a pattern, RFC 3339.
    pub start: Option<Field>,
    /// How long arrivals last, or how much of a trace to replay.
    pub window: Option<Field>,
    /// Hour (UTC) of the highest rate.
    pub peak_hour: Option<Field>,
    /// Highest over lowest rate within a day.
    pub peak_to_trough: Option<Field>,
    /// A weekend day's rate as a share of a weekday's.
    pub weekend: Option<Field>,
    /// Coefficient of variation of the gaps.
    pub cv: Option<Field>,
    /// Start of the first spike, from the start of the window.
    pub spike_at: Option<Field>,
    /// Length of a spike.
    pub spike_lasts: Option<Field>,
    /// What the rate is multiplied by during a spike.
    pub spike_factor: Option<Field>,
    /// From the start of one spike to the start of the next.
    pub spike_every: Option<Field>,
    /// The rate a ramp ends at.
    pub to_rate: Option<Field>,
    /// Path of a trace.
    pub trace: Option<Field>,
    /// The trace's format, if it is not to be recognised.
    pub format: Option<Field>,
    /// Canonical column name to the trace's header.
    pub columns: Option<Located<BTreeMap<String, Field>>>,
    /// Replay only rows with this workload label, as a trace of their own.
    pub workload: Option<Field>,
    /// Replay only rows with these workload labels, in the trace's own time: workloads can share out a trace.
    pub only: Option<Located<Vec<Field>>>,
    /// Replay all rows but those with these workload labels, likewise.
    pub except: Option<Located<Vec<Field>>>,
    /// A prompt cache that a trace with prefix hashes is replayed against: its hits are the cached
    /// tokens of each request.
    pub prompt_cache: Option<Located<PromptCacheSpec>>,
    /// Whether to skip rows that cannot be read instead of stopping.
    pub skip_bad_rows: Option<Located<bool>>,
}

/// How long and how much a prompt cache holds; at least one of the two is said.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PromptCacheSpec {
    /// Time that a block stays without being used, such as `5m`; for ever without it.
    pub ttl: Option<Field>,
    /// Tokens that fit for each model, such as `10M`; any number without it.
    pub tokens: Option<Field>,
}

/// The name of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PatternName {
    /// Evenly spaced.
    Steady,
    /// Independent, at a constant rate.
    Poisson,
    /// A sinusoid over the day.
    Diurnal,
    /// A diurnal pattern with quieter weekends.
    Weekly,
    /// Gamma gaps that cluster.
    Bursty,
    /// A constant rate with spikes.
    Spike,
    /// From one rate to another.
    Ramp,
}

impl fmt::Display for PatternName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Steady => "steady",
            Self::Poisson => "poisson",
            Self::Diurnal => "diurnal",
            Self::Weekly => "weekly",
            Self::Bursty => "bursty",
            Self::Spike => "spike",
            Self::Ramp => "ramp",
        })
    }
}

impl ArrivalsSpec {
    /// The pattern parameters that are set, with the patterns that use them.
    pub(super) fn parameters(
        &self,
    ) -> impl Iterator<Item = (&'static str, &Field, &'static [PatternName])> {
        use PatternName::{Bursty, Diurnal, Ramp, Spike, Weekly};
        const DAILY: &[PatternName] = &[Diurnal, Weekly];
        [
            ("peak_hour", &self.peak_hour, DAILY),
            ("peak_to_trough", &self.peak_to_trough, DAILY),
            ("weekend", &self.weekend, &[Weekly][..]),
            ("cv", &self.cv, &[Bursty]),
            ("spike_at", &self.spike_at, &[Spike]),
            ("spike_lasts", &self.spike_lasts, &[Spike]),
            ("spike_factor", &self.spike_factor, &[Spike]),
            ("spike_every", &self.spike_every, &[Spike]),
            ("to_rate", &self.to_rate, &[Ramp]),
        ]
        .into_iter()
        .filter_map(|(key, field, users)| field.as_ref().map(|f| (key, f, users)))
    }
}
