//! One row while its cells are read, and the rules its cells must agree on.

use super::cells::Texts;
use super::field::Field;
use super::layout::{Binding, Layout};
use crate::units::{SimDuration, SimTime};
use crate::workload::import::cell::{self, Instant, Refusal, TimestampReader, nanoseconds, whole};
use crate::workload::{Row, Status, TimeBase};

/// Two clocks that say the same may differ by this much.
pub(crate) const TOLERANCE: SimDuration = SimDuration::from_millis(1);

/// Why a row is refused, and the column to point at.
pub(crate) type Bad = (usize, Refusal);

/// A row that agrees with itself; its labels are not interned yet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Draft {
    /// The row, without labels.
    pub row: Row,
    /// What the arrival counts from.
    pub base: TimeBase,
    /// Whether digits below a nanosecond were cut off.
    pub cut: bool,
    /// Whether a date without zone was read as UTC.
    pub assumed_utc: bool,
    /// Column of the workload label, if the cell has one.
    pub workload: Option<usize>,
    /// Column of the model label, if the cell has one.
    pub model: Option<usize>,
    arrival: Option<Instant>,
    end: Option<Instant>,
    status: Option<Status>,
}

/// Reads rows of one layout.
#[derive(Clone)]
pub(crate) struct Drafter {
    layout: Layout,
    arrival: TimestampReader,
    end: TimestampReader,
}

impl Drafter {
    pub(crate) fn new(layout: Layout) -> Self {
        let unit = |field| layout.bindings.iter().find(|b| b.field == field).and_then(|b| b.unit);
        let arrival = TimestampReader::new(unit(Field::Timestamp));
        let end = TimestampReader::new(unit(Field::End));
        Self { layout, arrival, end }
    }

    /// Goes on with a layout that has more columns; those known so far keep their meaning.
    pub(super) fn widen(&mut self, layout: Layout) {
        let wider = Self::new(layout);
        if self.layout.index_of(Field::Timestamp).is_none() {
            self.arrival = wider.arrival;
        }
        if self.layout.index_of(Field::End).is_none() {
            self.end = wider.end;
        }
        self.layout = wider.layout;
    }

    /// The layout rows are read by.
    pub(super) const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The reader of the column that dates the rows.
    pub(crate) fn clock(&self) -> &TimestampReader {
        match self.layout.index_of(Field::Timestamp) {
            Some(_) => &self.arrival,
            None => &self.end,
        }
    }

    /// The columns that are read.
    pub(crate) fn bindings(&self) -> &[Binding] {
        &self.layout.bindings
    }

    /// The readers of the columns of arrivals and of ends: what they take for granted by now.
    pub(crate) fn clocks(&self) -> (&TimestampReader, &TimestampReader) {
        (&self.arrival, &self.end)
    }

    /// Reads a row.
    ///
    /// # Errors
    /// The first cell that is not what its column holds or contradicts another.
    pub(crate) fn read(&mut self, row: &impl Texts) -> Result<Draft, Bad> {
        let mut draft = Draft::default();
        for i in 0..self.layout.bindings.len() {
            if let Some(&binding) = self.layout.bindings.get(i) {
                let text = row.cell(binding.index);
                self.cell(&mut draft, binding, text).map_err(|r| (binding.index, r))?;
            }
        }
        self.settle_times(&mut draft)?;
        self.settle_tokens(&draft)?;
        self.settle_status(&mut draft)?;
        Ok(draft)
    }

    fn cell(&mut self, draft: &mut Draft, binding: Binding, text: &[u8]) -> Result<(), Refusal> {
        if text.is_empty() {
            return match binding.field {
                Field::Timestamp => {
                    Err(Refusal::because("the timestamp is empty")
                        .allowed(cell::ALLOWED_TIMESTAMPS))
                }
                _ => Ok(()),
            };
        }
        let row = &mut draft.row;
        let cut = &mut draft.cut;
        let mut time = || {
            let (nanos, digits_cut) = match binding.unit {
                Some(unit) => nanoseconds(text, unit)?,
                None => cell::duration_with_unit(text)?,
            };
            *cut |= digits_cut;
            Ok(Some(SimDuration(nanos)))
        };
        match binding.field {
            Field::Timestamp => draft.arrival = Some(self.arrival.read(text)?),
            Field::End => draft.end = Some(self.end.read(text)?),
            Field::Workload => draft.workload = Some(binding.index),
            Field::Model => draft.model = Some(binding.index),
            Field::Duration => row.duration = time()?,
            Field::TimeToFirstToken => row.time_to_first_token = time()?,
            Field::Cpu => row.cpu = time()?,
            Field::DisconnectAfter => row.disconnect_after = time()?,
            Field::InputTokens => row.input_tokens = tokens(text)?,
            Field::CachedTokens => row.cached_tokens = tokens(text)?,
            Field::CacheWriteTokens => row.cache_write_tokens = tokens(text)?,
            Field::OutputTokens => row.output_tokens = tokens(text)?,
            Field::ResponseBytes => row.response_bytes = Some(whole(text, "bytes")?),
            Field::RequestBytes => row.request_bytes = Some(whole(text, "bytes")?),
            Field::Status => draft.status = Some(cell::status(text)?),
        }
        Ok(())
    }

    /// Arrival, end and duration: any two give the third, and all three must agree.
    fn settle_times(&self, draft: &mut Draft) -> Result<(), Bad> {
        let row = &mut draft.row;
        for instant in [draft.arrival, draft.end].into_iter().flatten() {
            draft.cut |= instant.cut;
            draft.assumed_utc |= instant.assumed_utc;
        }
        match (draft.arrival, draft.end) {
            (Some(arrival), Some(end)) => {
                row.arrival = SimTime(arrival.nanos);
                draft.base = arrival.base;
                let length = SimTime(end.nanos).since(row.arrival);
                if arrival.base != end.base {
                    return Err(self.bad(
                        Field::End,
                        "arrival and end do not count from the same start".into(),
                    ));
                }
                if length < SimDuration::ZERO {
                    let early = SimDuration::ZERO - length;
                    return Err(
                        self.bad(Field::End, format!("the end is {early} before the arrival"))
                    );
                }
                let duration = *row.duration.get_or_insert(length);
                if (duration - length).0.saturating_abs() > TOLERANCE.0 {
                    let message = format!(
                        "the duration is {duration}, but arrival and end are {length} apart"
                    );
                    return Err(self.bad(Field::Duration, message));
                }
            }
            (Some(arrival), None) => {
                row.arrival = SimTime(arrival.nanos);
                draft.base = arrival.base;
            }
            (None, Some(end)) => {
                let Some(duration) = row.duration else {
                    let message = "the duration is empty and there is no arrival column";
                    return Err(self.bad(Field::Duration, message.into()));
                };
                row.arrival = SimTime(end.nanos.saturating_sub(duration.0));
                draft.base = end.base;
            }
            // A format without columns for them reads its times itself.
            (None, None) if !self.has_times() => return Ok(()),
            (None, None) => {
                return Err(self.bad(Field::End, "the row has neither arrival nor end".into()));
            }
        }
        match (row.time_to_first_token, row.duration) {
            (Some(first), Some(duration)) if first - duration > TOLERANCE => {
                let message =
                    format!("the first token comes after {first}, the last byte after {duration}");
                Err(self.bad(Field::TimeToFirstToken, message))
            }
            _ => Ok(()),
        }
    }

    fn has_times(&self) -> bool {
        [Field::Timestamp, Field::End].iter().any(|f| self.layout.index_of(*f).is_some())
    }

    /// Cached tokens are part of the input.
    fn settle_tokens(&self, draft: &Draft) -> Result<(), Bad> {
        let Some(input) = draft.row.input_tokens else { return Ok(()) };
        for (part, field) in [
            (draft.row.cached_tokens, Field::CachedTokens),
            (draft.row.cache_write_tokens, Field::CacheWriteTokens),
        ] {
            if let Some(part) = part.filter(|part| *part > input) {
                let message =
                    format!("{part} {} of {input} input tokens", field.name().replace('_', " "));
                let (index, refusal) = self.bad(field, message);
                return Err((index, refusal.hint(
                    "`input_tokens` counts the whole prompt, tokens read from and written to a cache included",
                )));
            }
        }
        Ok(())
    }

    /// A client that disconnects aborts the request.
    fn settle_status(&self, draft: &mut Draft) -> Result<(), Bad> {
        let left = draft.row.disconnect_after.is_some();
        draft.row.status = match draft.status {
            Some(Status::Aborted) => Status::Aborted,
            None if left => Status::Aborted,
            Some(_) if left => {
                let message = "the client disconnects, but the status is not `aborted`";
                return Err(self.bad(Field::DisconnectAfter, message.into()));
            }
            other => other.unwrap_or_default(),
        };
        Ok(())
    }

    fn bad(&self, field: Field, message: String) -> Bad {
        (self.layout.index_of(field).unwrap_or_default(), Refusal::because(message))
    }
}

fn tokens(text: &[u8]) -> Result<Option<u32>, Refusal> {
    let n = whole(text, "tokens")?;
    match u32::try_from(n) {
        Ok(n) if n < u32::MAX => Ok(Some(n)),
        _ => Err(Refusal::new(text, "too large for a whole number of tokens")),
    }
}
