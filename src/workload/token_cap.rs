//! The longest answers that a workload lets its models give.

use super::{Assumption, Origin, TextOr};
use crate::diagnostic::{Field, Located, Result, Source, suggest};
use crate::units::parse::{self, ParseError};
use crate::units::{SimDuration, mul_div};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A cap for all answers, and others for rows of a trace.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TokenCapFile {
    /// For answers that nothing else is said of; without it they are not capped.
    pub default: Option<Field>,
    /// For rows of a trace, by the trace's model label.
    pub by_trace_model: BTreeMap<String, Field>,
}

/// The most tokens an answer may have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenCap {
    default: Option<u32>,
    /// By index of the trace's model label.
    by_label: Vec<Option<u32>>,
    words: String,
}

impl TokenCap {
    /// The cap as written; `labels` are the trace's model labels.
    ///
    /// # Errors
    /// When a cap is not a whole number above 0, or the trace has no such label.
    pub fn resolve(
        source: &Source,
        spec: &Located<TextOr<TokenCapFile>>,
        labels: &[String],
    ) -> Result<Self> {
        let file = match &spec.value {
            TextOr::Text(text) => {
                let default = Some(source.parse(&spec.field(text.clone()), tokens)?);
                return Ok(Self { default, by_label: Vec::new(), words: text.clone() });
            }
            TextOr::More(file) => file,
        };
        let default = file.default.as_ref().map(|f| source.parse(f, tokens)).transpose()?;
        let mut words: Vec<String> = file.default.iter().map(|f| f.value.clone()).collect();
        let mut by_label = vec![None; labels.len()];
        for (label, field) in &file.by_trace_model {
            let cap = source.parse(field, tokens)?;
            let Some(index) = labels.iter().position(|l| l == label) else {
                let names = || labels.iter().map(String::as_str);
                let error = source.error(
                    field,
                    format!("no row has the model label `{label}`"),
                    "a cap of none",
                );
                return Err(Box::new(if labels.is_empty() {
                    error.hint("only traces have model labels; write `max_output_tokens: N`")
                } else {
                    error
                        .note(format!("labels of the trace: {}", suggest::list(names())))
                        .maybe_hint(suggest::did_you_mean(label, names()))
                }));
            };
            by_label[index] = Some(cap);
            words.push(format!("{label} {cap}"));
        }
        if words.is_empty() {
            return Err(Box::new(
                source
                    .error(spec, "a cap that says nothing", "neither `default` nor a label")
                    .hint("write `max_output_tokens: 1000`"),
            ));
        }
        Ok(Self { default, by_label, words: words.join(", ") })
    }

    /// The most tokens of an answer with this model label.
    #[must_use]
    pub fn of(&self, label: Option<u16>) -> Option<u32> {
        let own = label.and_then(|l| self.by_label.get(usize::from(l)).copied().flatten());
        own.or(self.default)
    }

    /// What it does, for the list of assumptions.
    #[must_use]
    pub fn assumptions(&self) -> [Assumption; 2] {
        let cap = Assumption::new("requests.max_output_tokens", self.words.clone(), Origin::Given);
        let cut = Assumption::new("truncated answers", "cut in proportion", Origin::Modelled);
        let note = "time after the first token, bytes and messages shrink with the tokens left out";
        [cap, cut.note(note)]
    }
}

fn tokens(text: &str) -> std::result::Result<u32, ParseError> {
    let wrong = || ParseError::new(text, "a whole number of tokens above 0 such as `1000`");
    let count = parse::count(text).map_err(|_| wrong())?;
    u32::try_from(count).ok().filter(|n| *n > 0).ok_or_else(wrong)
}

/// How much of an answer is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    whole: u32,
    /// Tokens that are generated.
    pub(super) kept: u32,
}

impl Cut {
    pub(super) fn new(whole: u32, cap: Option<u32>) -> Self {
        Self { whole, kept: cap.map_or(whole, |cap| whole.min(cap)) }
    }

    pub(super) const fn truncates(self) -> bool {
        self.kept < self.whole
    }

    fn share(self, amount: i128) -> i128 {
        if self.truncates() {
            mul_div(amount, i128::from(self.kept), i128::from(self.whole))
        } else {
            amount
        }
    }

    /// The part of a time that grows with the tokens.
    pub(super) fn time(self, time: SimDuration) -> SimDuration {
        SimDuration(i64::try_from(self.share(i128::from(time.0))).unwrap_or(i64::MAX))
    }

    /// The bytes of what is left.
    pub(super) fn bytes(self, bytes: u64) -> u64 {
        u64::try_from(self.share(i128::from(bytes))).unwrap_or(u64::MAX)
    }

    /// The messages of what is left: one that was begun counts.
    pub(super) fn messages(self, messages: u32) -> u32 {
        if !self.truncates() {
            return messages;
        }
        let (kept, whole) = (u64::from(self.kept), u64::from(self.whole));
        u32::try_from((u64::from(messages) * kept).div_ceil(whole)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::{Known, RequestModel, Row, ScenarioFile};
    use proptest::prelude::*;

    fn resolved(cap: &str, labels: &[&str]) -> Result<TokenCap> {
        let text = format!(
            "workloads:\n  - name: a\n    arrivals: {{ rate: 1/s }}\n    \
             requests: {{ max_output_tokens: {cap} }}\n"
        );
        let source = Source::new("s.yaml", text);
        let file: ScenarioFile = source.yaml()?;
        let labels: Vec<_> = labels.iter().map(|l| (*l).to_owned()).collect();
        let spec = file.workloads[0].requests.as_ref().unwrap().max_output_tokens.as_ref();
        TokenCap::resolve(&source, spec.unwrap(), &labels)
    }

    #[test]
    fn a_label_has_its_own_cap_and_others_the_default() {
        let cap = resolved("1000", &["pro"]).unwrap();
        assert_eq!((cap.of(None), cap.of(Some(0))), (Some(1_000), Some(1_000)));
        let cap = resolved("{ default: 500, by_trace_model: { pro: 4k } }", &["free", "pro"]);
        let cap = cap.unwrap();
        assert_eq!(
            (cap.of(Some(0)), cap.of(Some(1)), cap.of(None)),
            (Some(500), Some(4_000), Some(500))
        );
        let cap = resolved("{ by_trace_model: { pro: 7 } }", &["free", "pro"]).unwrap();
        assert_eq!((cap.of(Some(0)), cap.of(Some(1))), (None, Some(7)));
    }

    #[test]
    fn nonsense_is_pointed_at() {
        let all = [
            resolved("0", &[]),
            resolved("-3", &[]),
            resolved("1.5", &[]),
            resolved("{ by_trace_model: { por: 7 } }", &["free", "pro"]),
            resolved("{ by_trace_model: { pro: 7 } }", &[]),
            resolved("{}", &[]),
        ];
        let told: Vec<_> = all.into_iter().map(|r| r.unwrap_err().to_string()).collect();
        insta::assert_snapshot!(told.join("\n\n"));
    }

    fn model(cap: Option<u32>) -> RequestModel {
        let source = Source::new("s.yaml", "");
        let known = Known { llm: true, ..Known::default() };
        let mut model = RequestModel::resolve(&source, None, &known).unwrap();
        if let Some(cap) = cap {
            model.limit_answers(TokenCap { default: Some(cap), ..TokenCap::default() });
        }
        model
    }

    proptest! {
        /// A capped answer is what an answer of that many tokens would have been, and a logged one
        /// loses the part of its generation that the cap leaves out.
        #[test]
        fn a_cap_shortens_an_answer_to_that_of_fewer_tokens(
            tokens in 1_u32..3_000, cap in 1_u32..3_000, logged in proptest::option::of(1_u32..90),
        ) {
            let draws = || crate::workload::RequestDraws::new(
                crate::workload::random::stream(1, 0, crate::workload::random::purpose::REQUESTS), 0);
            let row = |tokens| Row {
                output_tokens: Some(tokens),
                duration: logged.map(|s| SimDuration::from_secs(i64::from(s))),
                ..Row::default()
            };
            let capped = model(Some(cap)).complete(&row(tokens), &mut draws());
            let whole = model(None).complete(&row(tokens), &mut draws());
            let kept = tokens.min(cap);
            prop_assert_eq!(capped.output_tokens, kept);
            prop_assert_eq!(capped.truncated, tokens > cap);
            prop_assert_eq!(capped.time_to_first_token, whole.time_to_first_token);
            if tokens <= cap {
                prop_assert_eq!(capped, whole);
            } else if logged.is_none() {
                let short = model(None).complete(&row(kept), &mut draws());
                prop_assert!((capped.duration.0 - short.duration.0).abs() <= 1);
                prop_assert_eq!(capped.response_bytes, short.response_bytes);
                prop_assert_eq!((capped.cpu, capped.messages_out), (short.cpu, short.messages_out));
            } else {
                let generating = (whole.duration - whole.time_to_first_token).0 as f64;
                let left = (capped.duration - whole.time_to_first_token).0 as f64;
                let share = f64::from(kept) / f64::from(tokens);
                prop_assert!((left - generating * share).abs() <= 1.0);
            }
        }
    }
}
