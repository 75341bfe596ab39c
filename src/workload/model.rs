//! The streaming request model: turns what a trace knows about a request into the whole request.

use super::draws::{Draws, RequestDraws};
use super::token_cap::{Cut, TokenCap};
use super::{Assumption, Distribution, Request, Row, Status};
use crate::units::{SimDuration, nearest};

/// What requests need where the trace does not say. Times in seconds, sizes in bytes.
///
/// A request without a length takes `time_to_first_token + output_tokens ÷ tokens_per_second`. Where
/// `duration` is set it is the length, and tokens only count for the bill.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestModel {
    /// Prompt tokens, cached ones included.
    pub input_tokens: Distribution,
    /// Generated tokens.
    pub output_tokens: Distribution,
    /// Seconds from start to the first token.
    pub time_to_first_token: Distribution,
    /// Tokens per second after the first token; positive.
    pub tokens_per_second: Distribution,
    /// Seconds from start to the last byte.
    pub duration: Option<Distribution>,
    /// CPU seconds of one request.
    pub cpu: Distribution,
    /// CPU seconds on top for each generated token.
    pub cpu_per_output_token: Distribution,
    /// Bytes the client sends; 4 for each prompt token if not set.
    pub request_bytes: Option<Distribution>,
    /// Bytes of the answer.
    pub response_bytes: Option<Distribution>,
    /// Bytes of the answer for each generated token, if `response_bytes` is not set.
    pub response_bytes_per_output_token: f64,
    /// Messages the client sends.
    pub messages_in: Distribution,
    /// Messages of the answer; one for every `tokens_per_message` if not set.
    pub messages_out: Option<Distribution>,
    /// Tokens sent together as one message; positive.
    pub tokens_per_message: f64,
    /// Streams that follow each other on one connection.
    pub turns_per_connection: u32,
    /// Time a connection waits between two of them.
    pub idle_between_turns: SimDuration,
    /// Share of the prompt read from the provider's cache, 0 to 1.
    pub cached_share: f64,
    /// Share of the prompt written to the provider's cache, 0 to 1.
    pub cache_write_share: f64,
    /// Share of clients that leave mid-stream, 0 to 1.
    pub disconnects: f64,
    pub(super) cap: TokenCap,
    pub(super) assumptions: Vec<Assumption>,
}

/// Bytes of prompt text for each token.
const BYTES_PER_TOKEN: u64 = 4;

/// Bytes of the text of a prompt.
#[must_use]
pub fn prompt_bytes(tokens: u32) -> u64 {
    u64::from(tokens) * BYTES_PER_TOKEN
}

impl RequestModel {
    /// What the model rests on, each value with its origin; values given in the scenario included.
    #[must_use]
    pub fn assumptions(&self) -> Vec<Assumption> {
        self.assumptions.clone()
    }

    /// Cuts longer answers short.
    pub fn limit_answers(&mut self, cap: TokenCap) {
        self.assumptions.extend(cap.assumptions());
        self.cap = cap;
    }

    /// The whole request for a row: what the row has is kept, the rest is drawn and modelled.
    ///
    /// A row's time to first token is capped at its duration, and its cached tokens at its prompt.
    #[must_use]
    pub fn complete(&self, row: &Row, draws: &mut RequestDraws) -> Request {
        // A request that nothing is left open of needs no random numbers.
        if self.varies(row) {
            return self.with(row, &draws.next());
        }
        draws.skip();
        self.with(row, &Draws::MIDDLE)
    }

    /// Whether random numbers make a difference to a row.
    fn varies(&self, row: &Row) -> bool {
        let drawn = |known: bool, d: &Distribution| !known && !d.is_constant();
        let size = |known: bool, d: &Option<Distribution>| {
            !known && d.as_ref().is_some_and(|d| !d.is_constant())
        };
        let times = match &self.duration {
            Some(d) => drawn(row.duration.is_some(), d),
            None => drawn(row.duration.is_some(), &self.tokens_per_second),
        };
        times
            || drawn(row.time_to_first_token.is_some(), &self.time_to_first_token)
            || drawn(row.input_tokens.is_some(), &self.input_tokens)
            || drawn(row.output_tokens.is_some(), &self.output_tokens)
            || drawn(row.cpu.is_some(), &self.cpu)
            || drawn(row.cpu.is_some(), &self.cpu_per_output_token)
            || size(row.response_bytes.is_some(), &self.response_bytes)
            || size(row.request_bytes.is_some(), &self.request_bytes)
            || drawn(false, &self.messages_in)
            || size(false, &self.messages_out)
            || (self.disconnects > 0.0 && row.status == Status::Completed)
    }

    fn with(&self, row: &Row, draws: &Draws) -> Request {
        let input_tokens =
            row.input_tokens.unwrap_or_else(|| whole32(&self.input_tokens, draws.input));
        let output_tokens =
            row.output_tokens.unwrap_or_else(|| whole32(&self.output_tokens, draws.output));
        let (uncut, time_to_first_token) = self.times(row, output_tokens, draws);
        let cut = Cut::new(output_tokens, self.cap.of(row.model));
        let output_tokens = cut.kept;
        let duration = time_to_first_token + cut.time(uncut - time_to_first_token);
        let (cached_tokens, cache_write_tokens) = self.cache(row, input_tokens);
        let prompt_bytes = prompt_bytes(input_tokens);
        Request {
            arrival: row.arrival,
            duration,
            time_to_first_token,
            input_tokens,
            cached_tokens,
            cache_write_tokens,
            output_tokens,
            cpu: row.cpu.unwrap_or_else(|| {
                let per_token = self.cpu_per_output_token.quantile(draws.token_cpu);
                let tokens = f64::from(output_tokens) * per_token;
                SimDuration::from_secs_f64(self.cpu.quantile(draws.cpu) + tokens)
            }),
            response_bytes: match (row.response_bytes, &self.response_bytes) {
                (Some(bytes), _) => cut.bytes(bytes),
                (None, Some(bytes)) => cut.bytes(nearest(bytes.quantile(draws.response))),
                (None, None) => {
                    nearest(f64::from(output_tokens) * self.response_bytes_per_output_token)
                }
            },
            request_bytes: row.request_bytes.unwrap_or_else(|| match &self.request_bytes {
                Some(bytes) => nearest(bytes.quantile(draws.request)),
                None => prompt_bytes,
            }),
            upstream_bytes: prompt_bytes,
            // Longer questions and answers have more messages: the same draw as their sizes.
            messages_in: whole32(&self.messages_in, draws.request).max(1),
            messages_out: match &self.messages_out {
                Some(messages) => cut.messages(whole32(messages, draws.response)),
                None => self.messages(output_tokens),
            },
            // When a client leaves does not depend on what it would have been sent.
            disconnect_after: self.leaves(row, uncut, draws),
            model: row.model.unwrap_or_default(),
            truncated: cut.truncates(),
            ..Request::default()
        }
    }

    fn times(&self, row: &Row, output_tokens: u32, draws: &Draws) -> (SimDuration, SimDuration) {
        let drawn = || SimDuration::from_secs_f64(self.time_to_first_token.quantile(draws.ttft));
        let first = row.time_to_first_token.unwrap_or_else(drawn);
        let duration = row.duration.unwrap_or_else(|| match &self.duration {
            // A logged first token is a fact; the modelled rest has to come after it.
            Some(d) => SimDuration::from_secs_f64(d.quantile(draws.duration))
                .max(row.time_to_first_token.unwrap_or_default()),
            None => {
                let speed = self.tokens_per_second.quantile(draws.speed);
                first + SimDuration::from_secs_f64(f64::from(output_tokens) / speed)
            }
        });
        (duration, first.min(duration))
    }

    /// Messages that so many tokens make; an answer without tokens is one message.
    fn messages(&self, tokens: u32) -> u32 {
        let messages = (f64::from(tokens) / self.tokens_per_message).ceil();
        u32::try_from(nearest(messages)).unwrap_or(u32::MAX).max(1)
    }

    fn cache(&self, row: &Row, input: u32) -> (u32, u32) {
        let part = |share: f64| whole32(&Distribution::Constant(share * f64::from(input)), 0.5);
        let read = row.cached_tokens.unwrap_or_else(|| part(self.cached_share)).min(input);
        let written = row.cache_write_tokens.unwrap_or_else(|| part(self.cache_write_share));
        (read, written.min(input - read))
    }

    fn leaves(&self, row: &Row, duration: SimDuration, draws: &Draws) -> Option<SimDuration> {
        match row.status {
            Status::Aborted => row.disconnect_after,
            Status::Completed if draws.leaves < self.disconnects => {
                Some(SimDuration::from_secs_f64(duration.as_secs_f64() * draws.leaves_at))
            }
            Status::Completed | Status::Failed => None,
        }
    }
}

fn whole32(distribution: &Distribution, p: f64) -> u32 {
    u32::try_from(nearest(distribution.quantile(p))).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
