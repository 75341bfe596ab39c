//! The first scenario: a commented text for a kind of workload, or for a trace.
//!
//! Nothing here is a fact: templates hold usual sizes, each marked as one to replace.

mod fitted;
mod template;

pub use fitted::{Logged, fitted, traced};

use template::{Slot, fill};

/// What streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Answers to people.
    Chat,
    /// Answers from documents.
    Rag,
    /// Sessions over WebSockets.
    Voice,
    /// Events in batches.
    Pipeline,
    /// Loops of model calls.
    Agent,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Chat, Self::Rag, Self::Voice, Self::Pipeline, Self::Agent];

    /// What users write.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Rag => "rag",
            Self::Voice => "voice",
            Self::Pipeline => "pipeline",
            Self::Agent => "agent",
        }
    }

    /// What it is, a few words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Chat => "answers to people, streamed as they are generated",
            Self::Rag => "answers from documents: long prompts, short answers",
            Self::Voice => "voice sessions over WebSockets",
            Self::Pipeline => "events in batches, a model asked about each",
            Self::Agent => "loops of model calls with long, mostly cached prompts",
        }
    }

    /// A rate to start from.
    #[must_use]
    pub const fn rate(self) -> &'static str {
        match self {
            Self::Chat => "2M/month",
            Self::Rag | Self::Pipeline => "600k/month",
            Self::Voice => "40k/month",
            Self::Agent => "300k/month",
        }
    }
}

/// Where it runs and what it calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Name of the scenario and of its one workload.
    pub name: String,
    /// Platform id.
    pub platform: String,
    /// Some settings of the platform with their defaults, to be shown and not set.
    pub settings: Vec<(String, String)>,
    /// `provider/model`, if requests call one.
    pub model: Option<String>,
}

/// The scenario of a kind of workload; `gateway` holds WebSockets where the platform does not.
#[must_use]
pub fn scenario(kind: Kind, target: &Target, rate: &str, gateway: Option<&str>) -> String {
    let text = match (kind, gateway) {
        (Kind::Chat, _) => include_str!("templates/chat.yaml"),
        (Kind::Rag, _) => include_str!("templates/rag.yaml"),
        (Kind::Voice, None) => include_str!("templates/voice.yaml"),
        (Kind::Voice, Some(_)) => include_str!("templates/voice-gateway.yaml"),
        (Kind::Pipeline, _) => include_str!("templates/pipeline.yaml"),
        (Kind::Agent, _) => include_str!("templates/agent.yaml"),
    };
    let rate = format!("{:<33} # <-- requests", template::scalar(rate));
    let mut slots = common(target);
    slots.extend([
        Slot::text("rate", rate),
        Slot::text("gateway", gateway.map(template::scalar).unwrap_or_default()),
    ]);
    fill(text, &slots)
}

/// What every template has.
fn common(target: &Target) -> Vec<Slot> {
    let settings: Vec<_> = target.settings.iter().map(|(k, v)| format!("{k}: {v}")).collect();
    let settings = settings.join(", ");
    let deployment = if settings.is_empty() {
        String::new()
    } else {
        format!("    # deployment: {{ {settings} }}   # the defaults here")
    };
    let llm = match &target.model {
        Some(model) => format!("    llm: {}", template::scalar(model)),
        None => {
            "    # llm: PROVIDER/MODEL                     # no model: tokens are not billed".into()
        }
    };
    vec![
        Slot::text("name", template::scalar(&target.name)),
        Slot::text("platform", template::scalar(&target.platform)),
        Slot::lines("deployment", deployment),
        Slot::lines("llm", llm),
    ]
}
