//! A trace column by column, for what looks at all rows at once.

use super::{Trace, status_code};
use crate::units::SimDuration;
use crate::workload::column::{Cell, Column};
use crate::workload::{Status, TraceColumn};

/// The window that so many requests over `span` stand for: the span and one mean gap more, so that
/// copies join at its rate. None for a single instant, which says nothing about a rate.
pub(in crate::workload) fn natural_window(span: SimDuration, requests: u64) -> Option<SimDuration> {
    let (span, n) = (span.0, i64::try_from(requests).ok()?);
    (n > 1 && span > 0).then(|| SimDuration(span.saturating_add(span / (n - 1))))
}

impl Trace {
    /// The window it stands for if nobody says so: its span and one mean gap more, so that copies join at
    /// its rate. None for a single instant.
    #[must_use]
    pub fn natural_window(&self) -> Option<SimDuration> {
        natural_window(self.span(), self.len() as u64)
    }

    /// The requests that ended so.
    #[must_use]
    pub fn count_status(&self, status: Status) -> u64 {
        let others = |code: Option<u8>| {
            self.status.entries().filter(|(_, cell)| code.is_none_or(|code| code == *cell)).count()
                as u64
        };
        match status_code(status) {
            // Completed requests have no entry.
            None => self.len() as u64 - others(None),
            code => others(code),
        }
    }

    /// The entry of request `i` in a column: tokens, bytes, nanoseconds or the index of a label.
    #[must_use]
    pub fn value(&self, column: TraceColumn, i: usize) -> Option<u64> {
        fn get<T: Cell + TryInto<u64>>(column: &Column<T>, i: usize) -> Option<u64> {
            column.get(i).map(number)
        }
        match column {
            TraceColumn::Duration => get(&self.duration, i),
            TraceColumn::TimeToFirstToken => get(&self.time_to_first_token, i),
            TraceColumn::InputTokens => get(&self.input_tokens, i),
            TraceColumn::CachedTokens => get(&self.cached_tokens, i),
            TraceColumn::CacheWriteTokens => get(&self.cache_write_tokens, i),
            TraceColumn::OutputTokens => get(&self.output_tokens, i),
            TraceColumn::Cpu => get(&self.cpu, i),
            TraceColumn::ResponseBytes => get(&self.response_bytes, i),
            TraceColumn::RequestBytes => get(&self.request_bytes, i),
            TraceColumn::Status => get(&self.status, i),
            TraceColumn::DisconnectAfter => get(&self.disconnect_after, i),
            TraceColumn::Workload => get(&self.workload, i),
            TraceColumn::Model => get(&self.model, i),
        }
    }

    /// Hands out every entry of a column with its row, in order of rows; as [`Trace::value`], but
    /// the column is looked up once.
    pub fn each(&self, column: TraceColumn, take: impl FnMut(usize, u64)) {
        fn all<T: Cell + TryInto<u64>>(column: &Column<T>, mut take: impl FnMut(usize, u64)) {
            for (i, cell) in column.entries() {
                take(i, number(cell));
            }
        }
        match column {
            TraceColumn::Duration => all(&self.duration, take),
            TraceColumn::TimeToFirstToken => all(&self.time_to_first_token, take),
            TraceColumn::InputTokens => all(&self.input_tokens, take),
            TraceColumn::CachedTokens => all(&self.cached_tokens, take),
            TraceColumn::CacheWriteTokens => all(&self.cache_write_tokens, take),
            TraceColumn::OutputTokens => all(&self.output_tokens, take),
            TraceColumn::Cpu => all(&self.cpu, take),
            TraceColumn::ResponseBytes => all(&self.response_bytes, take),
            TraceColumn::RequestBytes => all(&self.request_bytes, take),
            TraceColumn::Status => all(&self.status, take),
            TraceColumn::DisconnectAfter => all(&self.disconnect_after, take),
            TraceColumn::Workload => all(&self.workload, take),
            TraceColumn::Model => all(&self.model, take),
        }
    }

    /// Replaces the cached tokens of all requests; those past the end of `tokens` have none.
    pub fn set_cached_tokens(&mut self, tokens: impl IntoIterator<Item = Option<u32>>) {
        self.cached_tokens = Column::default();
        for (i, tokens) in tokens.into_iter().take(self.len()).enumerate() {
            self.cached_tokens.put(i, tokens);
        }
    }

    /// Replaces the tokens written to the cache, likewise.
    pub fn set_cache_write_tokens(&mut self, tokens: impl IntoIterator<Item = Option<u32>>) {
        self.cache_write_tokens = Column::default();
        for (i, tokens) in tokens.into_iter().take(self.len()).enumerate() {
            self.cache_write_tokens.put(i, tokens);
        }
    }
}

/// A cell as a number; times before zero, which no importer makes, count as zero.
fn number<T: TryInto<u64>>(cell: T) -> u64 {
    cell.try_into().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimTime;
    use crate::workload::Row;

    fn trace() -> Trace {
        let mut trace = Trace::new("test");
        for (second, input, status) in [
            (0, Some(5), Status::Completed),
            (2, None, Status::Failed),
            (4, Some(7), Status::Aborted),
        ] {
            let arrival = SimTime(second * 1_000_000_000);
            let duration = Some(SimDuration::from_secs(second));
            trace.push(Row { arrival, duration, input_tokens: input, status, ..Row::default() });
        }
        trace
    }

    #[test]
    fn columns_come_out_as_they_were_put_in() {
        let trace = trace();
        assert_eq!(trace.arrivals(), [0, 2_000_000_000, 4_000_000_000]);
        let mut seen = Vec::new();
        trace.each(TraceColumn::InputTokens, |row, tokens| seen.push((row, tokens)));
        assert_eq!(seen, [(0, 5), (2, 7)]);
        assert_eq!(trace.value(TraceColumn::Duration, 1), Some(2_000_000_000));
        assert_eq!(trace.value(TraceColumn::InputTokens, 1), None);
        for status in [Status::Completed, Status::Failed, Status::Aborted] {
            assert_eq!(trace.count_status(status), 1, "{status:?}");
        }
    }

    #[test]
    fn a_window_is_the_span_and_one_mean_gap() {
        assert_eq!(trace().natural_window(), Some(SimDuration::from_secs(6)));
        assert_eq!(Trace::default().natural_window(), None);
    }

    #[test]
    fn cached_tokens_are_replaced_as_a_whole() {
        let mut trace = trace();
        trace.set_cached_tokens([Some(1), None, Some(3), Some(4)]);
        assert_eq!(trace.present(TraceColumn::CachedTokens), 2);
        trace.set_cached_tokens([None, Some(9)]);
        assert_eq!([0, 1, 2].map(|i| trace.row(i).cached_tokens), [None, Some(9), None]);
    }
}
