//! The `requests:` section of a scenario and how it becomes a [`RequestModel`].

use super::distribution::short;
use super::parse::{bytes_or_number, share};
use super::{
    Assumption, Distribution, DistributionSpec, Origin, RequestModel, TextOr, TokenCap,
    TokenCapFile, Trace, TraceColumn, Unit,
};
use crate::diagnostic::{Diagnostic, Field, Located, Result, Source};
use crate::units::SimDuration;
use crate::units::parse::{self, ParseError};
use rust_decimal::prelude::ToPrimitive;
use schemars::JsonSchema;
use serde::Deserialize;

type Spec = Option<Located<DistributionSpec>>;

/// What each request needs. Every key may be left out.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RequestSpec {
    /// Prompt tokens, cached ones included.
    pub input_tokens: Spec,
    /// Generated tokens, reasoning included.
    pub output_tokens: Spec,
    /// Longest answer, in tokens; longer ones are cut there.
    pub max_output_tokens: Option<Located<TextOr<TokenCapFile>>>,
    /// From start to the first token.
    pub time_to_first_token: Spec,
    /// Generation speed after the first token.
    pub tokens_per_second: Spec,
    /// From start to the last byte. When set, tokens do not set the length; they only count for the bill.
    pub duration: Spec,
    /// CPU time of one request.
    pub cpu: Spec,
    /// CPU time on top for each generated token.
    pub cpu_per_output_token: Spec,
    /// Bytes the client sends.
    pub request_bytes: Spec,
    /// Bytes the answer has; without it, a number for each generated token.
    pub response_bytes: Spec,
    /// Bytes the answer has for each generated token.
    pub response_bytes_per_output_token: Option<Field>,
    /// Messages the client sends in one stream.
    pub messages_in: Spec,
    /// Messages of one answer; without it, one for every `tokens_per_message`.
    pub messages_out: Spec,
    /// Tokens sent together as one message.
    pub tokens_per_message: Option<Field>,
    /// Streams that follow each other on one WebSocket.
    pub turns_per_connection: Option<Field>,
    /// Time a WebSocket waits between two streams.
    pub idle_between_turns: Option<Field>,
    /// Share of the prompt read from the provider's cache.
    pub cached_share: Option<Field>,
    /// Share of the prompt written to the provider's cache.
    pub cache_write_share: Option<Field>,
    /// Share of clients that leave mid-stream, uniformly over the answer.
    pub disconnects: Option<Field>,
}

/// Which fields of a [`Row`](super::Row) the trace has a column for; none without a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the fields of a row")]
pub struct Measured {
    pub duration: bool,
    pub time_to_first_token: bool,
    pub input_tokens: bool,
    pub cached_tokens: bool,
    pub cache_write_tokens: bool,
    pub output_tokens: bool,
    pub cpu: bool,
    pub response_bytes: bool,
    pub request_bytes: bool,
}

impl Measured {
    /// The columns of a trace that have values.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        Self::by(|column| trace.present(column) > 0)
    }

    /// The columns that are there.
    #[must_use]
    pub fn by(has: impl Fn(TraceColumn) -> bool) -> Self {
        Self {
            duration: has(TraceColumn::Duration),
            time_to_first_token: has(TraceColumn::TimeToFirstToken),
            input_tokens: has(TraceColumn::InputTokens),
            cached_tokens: has(TraceColumn::CachedTokens),
            cache_write_tokens: has(TraceColumn::CacheWriteTokens),
            output_tokens: has(TraceColumn::OutputTokens),
            cpu: has(TraceColumn::Cpu),
            response_bytes: has(TraceColumn::ResponseBytes),
            request_bytes: has(TraceColumn::RequestBytes),
        }
    }
}

/// What is known about a workload besides its `requests:` section.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Known {
    /// The trace's columns.
    pub measured: Measured,
    /// Whether requests call an LLM; then they have tokens even if nobody says how many.
    pub llm: bool,
    /// Bytes on the wire for each generated token, as this LLM's provider frames them.
    pub response_bytes_per_output_token: Option<f64>,
    /// Whether something counts messages, so that their number is worth listing.
    pub messages: bool,
    /// Whether streams run over WebSockets, which stay open between them.
    pub sockets: bool,
}

/// Bytes for each generated token when the provider's framing is not known.
const WIRE_BYTES: f64 = 100.0;
/// Generation speed of a mid-size hosted model, tokens per second.
const SPEED: f64 = 70.0;
const MID: &str = "a mid-size hosted model";

impl RequestModel {
    /// The model of a `requests:` section; `None` when the scenario has none.
    ///
    /// # Errors
    /// When a value does not read as what its key needs, a share is outside 0 … 100 %, or the cached
    /// and the newly cached share of the prompt exceed it together.
    pub fn resolve(source: &Source, spec: Option<&RequestSpec>, known: &Known) -> Result<Self> {
        let none = RequestSpec::default();
        let spec = spec.unwrap_or(&none);
        let m = known.measured;
        let mut r = Resolver { source, assumptions: Vec::new() };

        let tokens = spec.input_tokens.is_some() || spec.output_tokens.is_some();
        let tokens = tokens || m.input_tokens || m.output_tokens || known.llm;
        let no_tokens = (spec.duration.is_some() || m.duration) && !tokens;
        let default_tokens = |n| if no_tokens { 0.0 } else { n };
        let why = if no_tokens { "the length is known and no LLM is involved" } else { "" };

        use Unit::{Bytes, Seconds, Tokens, TokensPerSecond};
        let value = default_tokens(1_000.0);
        let input = r.or("input_tokens", &spec.input_tokens, Tokens, m.input_tokens, value, why)?;
        let value = default_tokens(400.0);
        let output =
            r.or("output_tokens", &spec.output_tokens, Tokens, m.output_tokens, value, why)?;
        let duration = r.given("duration", &spec.duration, Seconds, m.duration)?;
        if m.duration && duration.is_none() {
            r.annotate("modelled from the tokens where a row has no value");
        }
        let key = "time_to_first_token";
        let ttft =
            r.or(key, &spec.time_to_first_token, Seconds, m.time_to_first_token, 1.0, MID)?;
        let key = "tokens_per_second";
        let speed = match (&spec.tokens_per_second, duration) {
            (None, Some(_)) => Distribution::Constant(SPEED),
            (given, _) => r.or(key, given, TokensPerSecond, false, SPEED, MID)?,
        };
        if spec.tokens_per_second.is_some() && duration.is_some() {
            r.annotate("unused: `duration` sets the length");
        }
        let cpu = r.or("cpu", &spec.cpu, Seconds, m.cpu, 0.05, "waiting for tokens needs none")?;
        let key = "cpu_per_output_token";
        let cpu_per_token = r.or(key, &spec.cpu_per_output_token, Seconds, false, 0.0, "")?;
        let request_bytes =
            r.given("request_bytes", &spec.request_bytes, Bytes, m.request_bytes)?;
        if request_bytes.is_none() && !m.request_bytes {
            r.list("request_bytes", "4B per input token".into(), Origin::Modelled, "");
        }
        let response_bytes =
            r.given("response_bytes", &spec.response_bytes, Bytes, m.response_bytes)?;
        let per_token = r.wire(spec, known)?;
        if response_bytes.is_none() && no_tokens {
            r.annotate("no tokens either, so answers count as empty: set `response_bytes`");
        }
        let cached = r.share("cached_share", spec.cached_share.as_ref(), m.cached_tokens)?;
        let written =
            r.share("cache_write_share", spec.cache_write_share.as_ref(), m.cache_write_tokens)?;
        let disconnects = r.share("disconnects", spec.disconnects.as_ref(), false)?;
        let messages = messages(&mut r, spec, known)?;
        if cached + written > 1.0 {
            let message = "the cached and the newly cached share exceed the prompt together";
            let error = Diagnostic::input(message);
            return Err(Box::new(match &spec.cache_write_share {
                Some(field) => error.at(source.place(field), "more than the rest of the prompt"),
                None => error,
            }));
        }
        Ok(Self {
            input_tokens: input,
            output_tokens: output,
            time_to_first_token: ttft,
            tokens_per_second: speed,
            duration,
            cpu,
            cpu_per_output_token: cpu_per_token,
            request_bytes,
            response_bytes,
            response_bytes_per_output_token: per_token,
            cached_share: cached,
            cache_write_share: written,
            disconnects,
            cap: TokenCap::default(),
            messages_in: messages.inbound,
            messages_out: messages.outbound,
            tokens_per_message: messages.tokens,
            turns_per_connection: messages.turns,
            idle_between_turns: messages.idle,
            assumptions: r.assumptions,
        })
    }
}

/// How streams are cut into messages and share connections.
struct Messages {
    inbound: Distribution,
    outbound: Option<Distribution>,
    tokens: f64,
    turns: u32,
    idle: SimDuration,
}

fn messages(r: &mut Resolver<'_>, spec: &RequestSpec, known: &Known) -> Result<Messages> {
    let source = r.source;
    let count = |r: &mut Resolver<'_>, key, spec: &Spec| r.given(key, spec, Unit::Tokens, false);
    let inbound = count(r, "messages_in", &spec.messages_in)?;
    let outbound = count(r, "messages_out", &spec.messages_out)?;
    let tokens = spec.tokens_per_message.as_ref();
    let tokens = tokens.map(|f| source.parse(f, positive_number)).transpose()?;
    if known.messages {
        if inbound.is_none() {
            r.list("messages_in", "1".into(), Origin::Assumed, "one message asks for one stream");
        }
        if outbound.is_none() && tokens.is_none() {
            let note = "every token is sent as it comes; sending several at once is cheaper";
            r.list("tokens_per_message", "1".into(), Origin::Assumed, note);
        }
    }
    if let Some(tokens) = tokens {
        let note = if outbound.is_some() { "unused: `messages_out` is set" } else { "" };
        r.list("tokens_per_message", short(tokens), Origin::Given, note);
    }
    let (mut turns, mut idle) = (1, SimDuration::ZERO);
    for (key, field) in [
        ("turns_per_connection", &spec.turns_per_connection),
        ("idle_between_turns", &spec.idle_between_turns),
    ] {
        let Some(field) = field else { continue };
        if !known.sockets {
            let message = format!("`{key}` needs `transport: websocket`");
            let label = "only a WebSocket stays open between streams";
            return Err(Box::new(source.error(field, message, label)));
        }
        if key == "turns_per_connection" {
            let n = source.parse(field, parse::count)?;
            turns = u32::try_from(n).unwrap_or(u32::MAX).max(1);
        } else {
            idle = SimDuration::from_secs_f64(source.parse(field, |t| Unit::Seconds.parse(t))?);
        }
        r.list(key, field.value.clone(), Origin::Given, "");
    }
    Ok(Messages {
        inbound: inbound.unwrap_or(Distribution::Constant(1.0)),
        outbound,
        tokens: tokens.unwrap_or(1.0),
        turns,
        idle,
    })
}

fn positive_number(text: &str) -> std::result::Result<f64, ParseError> {
    let wrong = || ParseError::new(text, "a number above 0 such as `20`");
    let number = parse::plain(text).ok().and_then(|n| n.to_f64()).filter(|n| *n > 0.0);
    number.ok_or_else(wrong)
}

struct Resolver<'a> {
    source: &'a Source,
    assumptions: Vec<Assumption>,
}

impl Resolver<'_> {
    fn list(&mut self, key: &str, value: String, origin: Origin, note: &str) {
        self.assumptions.push(Assumption::new(format!("requests.{key}"), value, origin).note(note));
    }

    /// Replaces the note of the value listed last.
    fn annotate(&mut self, note: impl Into<String>) {
        if let Some(last) = self.assumptions.last_mut() {
            last.note = note.into();
        }
    }

    /// A value with a default. Rows of the trace come first, then the scenario, then the default.
    fn or(
        &mut self,
        key: &str,
        spec: &Spec,
        unit: Unit,
        measured: bool,
        default: f64,
        why: &str,
    ) -> Result<Distribution> {
        if let Some(distribution) = self.given(key, spec, unit, measured)? {
            return Ok(distribution);
        }
        if !measured {
            self.list(key, unit.show(default), Origin::Assumed, why);
        } else {
            self.annotate(format!("{} where a row has no value", unit.show(default)));
        }
        Ok(Distribution::Constant(default))
    }

    /// A value of the scenario, if it is there.
    fn given(
        &mut self,
        key: &str,
        spec: &Spec,
        unit: Unit,
        measured: bool,
    ) -> Result<Option<Distribution>> {
        let resolved = match spec {
            Some(spec) => Some(DistributionSpec::resolve(spec, self.source, unit)?),
            None => None,
        };
        let words = resolved.map(|d| d.describe(|v| unit.show(v)));
        match (measured, words) {
            (true, words) => {
                let rest = words.map(|w| format!("{w} where a row has no value"));
                let value = "each row's own".to_owned();
                self.list(key, value, Origin::Measured, &rest.unwrap_or_default());
            }
            (false, Some(words)) => self.list(key, words, Origin::Given, ""),
            (false, None) => {}
        }
        Ok(resolved)
    }

    fn share(&mut self, key: &str, field: Option<&Field>, measured: bool) -> Result<f64> {
        let given = match field {
            Some(field) => Some(self.source.parse(field, share)?),
            None => None,
        };
        let value = given.unwrap_or(0.0);
        let words = format!("{}%", short(value * 100.0));
        if measured {
            let note = format!("{words} where a row has no value");
            self.list(key, "each row's own".into(), Origin::Measured, &note);
        } else {
            let origin = if given.is_some() { Origin::Given } else { Origin::Assumed };
            self.list(key, words, origin, "");
        }
        Ok(value)
    }

    /// Bytes per generated token; listed if answers have no other size or the scenario sets it.
    fn wire(&mut self, spec: &RequestSpec, known: &Known) -> Result<f64> {
        let (value, origin, note) =
            match (&spec.response_bytes_per_output_token, known.response_bytes_per_output_token) {
                (Some(field), _) => (self.source.parse(field, bytes_or_number)?, Origin::Given, ""),
                (None, Some(value)) => {
                    (value, Origin::Modelled, "as the LLM provider frames its stream")
                }
                (None, None) => (WIRE_BYTES, Origin::Assumed, "measured streams have 35 to 335"),
            };
        let (sized, logged) = (spec.response_bytes.is_some(), known.measured.response_bytes);
        if origin == Origin::Given || !sized {
            self.list("response_bytes_per_output_token", Unit::Bytes.show(value), origin, note);
        }
        match (origin, sized, logged) {
            (Origin::Given, true, _) => self.annotate("unused: `response_bytes` is set"),
            (_, false, true) => self.annotate("only where a row has no size"),
            _ => {}
        }
        Ok(value)
    }
}
