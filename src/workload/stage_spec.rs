//! The stages of a workload as a scenario writes them.

use super::{DistributionSpec, ScheduleSpec, TextOr, UsageFile};
use crate::diagnostic::{Field, Located};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

type Spec = Option<Located<DistributionSpec>>;

/// Where a stage runs if not inside the function, as written.
pub trait Placement {
    /// Its platform.
    fn platform(&self) -> Option<&Field>;
    /// Its region.
    fn region(&self) -> Option<&Field>;
    /// Settings of the platform.
    fn deployment(&self) -> &BTreeMap<String, Located<TextOr<ScheduleSpec>>>;
    /// Memory it needs there.
    fn memory(&self) -> Option<&Field>;
    /// What it uses besides.
    fn usage(&self) -> &[UsageFile];
}

/// What happens to a request before the answer is streamed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateFile {
    /// Facts about a gate that is not there yet: nothing of it is counted.
    #[serde(default)]
    pub planned: bool,
    /// Time of looking at a request.
    pub duration: Located<DistributionSpec>,
    /// CPU time of it; as long as `duration` if not said.
    pub cpu: Spec,
    /// Share of requests that end here.
    pub rejects: Option<Field>,
    /// Share of requests that are answered here: from a cache, a template or a light model.
    pub answers: Option<Field>,
    /// How long such an answer takes; with a model as long as the workload's own, else no time.
    pub answer_duration: Spec,
    /// Model that gives those answers.
    pub llm: Option<Field>,
    /// Which requests that model is asked: `answered` (those it answers) or `all` (that are not rejected).
    pub tries: Option<Field>,
    /// Where it runs; inside the function otherwise.
    pub platform: Option<Field>,
    /// In which region; the function's otherwise, or the service's default.
    pub region: Option<Field>,
    /// Memory it needs on a platform of its own; as much as the function has if not said.
    pub memory: Option<Field>,
    /// Settings of the platform.
    #[serde(default)]
    pub deployment: BTreeMap<String, Located<TextOr<ScheduleSpec>>>,
    /// How streams pass a gate with a platform: `proxy` (through it) or `redirect` (clients are sent on).
    pub forwards: Option<Field>,
    /// What it uses besides, such as a cache.
    #[serde(default)]
    pub usage: Vec<UsageFile>,
}

/// What is done after the last byte was sent.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PostFile {
    /// Time it takes.
    pub duration: Located<DistributionSpec>,
    /// CPU time of it; as long as `duration` if not said.
    pub cpu: Spec,
    /// Where it runs; inside the function otherwise.
    pub platform: Option<Field>,
    /// In which region; the function's otherwise, or the service's default.
    pub region: Option<Field>,
    /// Memory it needs on a platform of its own; as much as the function has if not said.
    pub memory: Option<Field>,
    /// Settings of the platform.
    #[serde(default)]
    pub deployment: BTreeMap<String, Located<TextOr<ScheduleSpec>>>,
    /// What it uses besides with a platform of its own, such as a queue.
    #[serde(default)]
    pub usage: Vec<UsageFile>,
}

/// A light model first, the main one on escalation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CascadeFile {
    /// Facts about a cascade that is not there yet: nothing of it is counted.
    #[serde(default)]
    pub planned: bool,
    /// The light model, `provider/model`.
    pub first: Field,
    /// Share of requests that the main model answers after it.
    pub escalates: Field,
    /// How long a try takes that escalates; as long as the answer if not said.
    pub duration: Spec,
    /// Tokens of such a try; as many as the answer has if not said.
    pub output_tokens: Spec,
}

macro_rules! placed {
    ($file:ty) => {
        impl Placement for $file {
            fn platform(&self) -> Option<&Field> {
                self.platform.as_ref()
            }
            fn region(&self) -> Option<&Field> {
                self.region.as_ref()
            }
            fn deployment(&self) -> &BTreeMap<String, Located<TextOr<ScheduleSpec>>> {
                &self.deployment
            }
            fn memory(&self) -> Option<&Field> {
                self.memory.as_ref()
            }
            fn usage(&self) -> &[UsageFile] {
                &self.usage
            }
        }
    };
}

placed!(GateFile);
placed!(PostFile);
