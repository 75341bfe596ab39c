//! A trace in memory: logged requests, column by column.

use super::column::{Cell, Column, Index};
use super::labels::Labels;
use super::{PrefixBlock, Prefixes, Row, Status, TimeBase, TraceColumn};
use crate::diagnostic::Diagnostic;
use crate::units::{SimDuration, SimTime};
use rayon::prelude::*;

pub(in crate::workload) mod view;

/// Logged requests, stored by column: a column that was not logged takes no memory.
///
/// A request with arrival, duration, time to first token and three token counts takes 36 bytes.
/// The largest value of a count's type stands for "not logged" and cannot be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Name of the importer that read it, such as `native`; empty for a trace built in memory.
    pub format: &'static str,
    /// Rows left out because they could not be read.
    pub skipped: u64,
    /// Why the first of the skipped rows could not be read.
    pub first_skipped: Option<Box<Diagnostic>>,
    /// What was noticed while reading, one sentence each.
    pub notes: Vec<String>,
    /// What arrival times count from.
    pub time_base: TimeBase,
    /// Rows that stood below a row with a later arrival before [`Trace::sort_by_arrival`].
    pub out_of_order: u64,
    arrival: Vec<i64>,
    duration: Column<i64>,
    time_to_first_token: Column<i64>,
    input_tokens: Column<u32>,
    cached_tokens: Column<u32>,
    cache_write_tokens: Column<u32>,
    output_tokens: Column<u32>,
    cpu: Column<i64>,
    response_bytes: Column<u64>,
    request_bytes: Column<u64>,
    status: Column<u8>,
    disconnect_after: Column<i64>,
    workload: Column<u16>,
    model: Column<u16>,
    workloads: Labels,
    models: Labels,
    prefixes: Prefixes,
    handed: Handed,
}

/// Rows that are no longer here, because they were handed over as a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Handed {
    rows: u64,
    latest: Option<i64>,
    out_of_order: u64,
    /// How far one of them stood behind at most.
    furthest: i64,
    /// How many of each model.
    models: Vec<u64>,
}

/// Runs `$do` for every optional column, borrowed as `$borrow` (`&` or `&mut`).
macro_rules! each_column {
    ([$($borrow:tt)+] $self:ident, $column:ident => $do:expr) => {{
        each_column!(@ [$($borrow)+] $self, $column => $do; duration time_to_first_token input_tokens
            cached_tokens cache_write_tokens output_tokens cpu response_bytes request_bytes
            status disconnect_after workload model);
    }};
    (@ $borrow:tt $self:ident, $column:ident => $do:expr; $($name:ident)*) => {
        $(each_column!(# $borrow $self, $column => $do; $name);)*
    };
    (# [$($borrow:tt)+] $self:ident, $column:ident => $do:expr; $name:ident) => {{
        let $column = $($borrow)+ $self.$name;
        $do;
    }};
}

pub(in crate::workload) mod raw;

impl Trace {
    /// An empty trace read by the importer called `format`.
    #[must_use]
    pub fn new(format: &'static str) -> Self {
        Self { format, ..Self::default() }
    }

    /// Adds a request at the end.
    ///
    /// Its label indices come from [`Trace::intern_workload`] and [`Trace::intern_model`].
    pub fn push(&mut self, row: Row) {
        let i = self.arrival.len();
        let nanos = |d: Option<SimDuration>| d.map(|d| d.0);
        self.arrival.push(row.arrival.0);
        self.duration.put(i, nanos(row.duration));
        self.time_to_first_token.put(i, nanos(row.time_to_first_token));
        self.input_tokens.put(i, row.input_tokens);
        self.cached_tokens.put(i, row.cached_tokens);
        self.cache_write_tokens.put(i, row.cache_write_tokens);
        self.output_tokens.put(i, row.output_tokens);
        self.cpu.put(i, nanos(row.cpu));
        self.response_bytes.put(i, row.response_bytes);
        self.request_bytes.put(i, row.request_bytes);
        self.status.put(i, status_code(row.status));
        self.disconnect_after.put(i, nanos(row.disconnect_after));
        self.workload.put(i, row.workload);
        self.model.put(i, row.model);
    }

    /// Adds requests at the end, one per arrival, in nanoseconds. Each column has a cell for every
    /// request: nanoseconds, a count, or an index, and `i64::MIN` where nothing was logged.
    ///
    /// Columns that are not given, and statuses, stay empty.
    pub(crate) fn extend(&mut self, arrivals: &[i64], columns: &[(TraceColumn, &[i64])]) {
        let at = self.arrival.len();
        self.arrival.extend_from_slice(arrivals);
        for (column, cells) in columns {
            match column {
                TraceColumn::Duration => self.duration.extend(at, cells),
                TraceColumn::TimeToFirstToken => self.time_to_first_token.extend(at, cells),
                TraceColumn::InputTokens => self.input_tokens.extend(at, cells),
                TraceColumn::CachedTokens => self.cached_tokens.extend(at, cells),
                TraceColumn::CacheWriteTokens => self.cache_write_tokens.extend(at, cells),
                TraceColumn::OutputTokens => self.output_tokens.extend(at, cells),
                TraceColumn::Cpu => self.cpu.extend(at, cells),
                TraceColumn::ResponseBytes => self.response_bytes.extend(at, cells),
                TraceColumn::RequestBytes => self.request_bytes.extend(at, cells),
                TraceColumn::Status => self.status.extend(at, cells),
                TraceColumn::DisconnectAfter => self.disconnect_after.extend(at, cells),
                TraceColumn::Workload => self.workload.extend(at, cells),
                TraceColumn::Model => self.model.extend(at, cells),
            }
        }
    }

    /// Gives the labels of `other` the indices they have here, new ones added. Nothing changes and
    /// the answer is no if the two have more different labels than a trace can hold.
    #[must_use]
    pub(crate) fn adopt_labels(&mut self, other: &mut Self) -> bool {
        if !self.workloads.has_room_for(&other.workloads)
            || !self.models.has_room_for(&other.models)
        {
            return false;
        }
        let workload = self.workloads.merge(&other.workloads);
        let model = self.models.merge(&other.models);
        let of = |indices: &[u16], i: u16| indices.get(usize::from(i)).copied().unwrap_or(i);
        other.workload.replace(|i| of(&workload, i));
        other.model.replace(|i| of(&model, i));
        true
    }

    /// Adds the requests of another trace at the end; its label indices are
    /// [those of this one](Self::adopt_labels).
    pub(crate) fn append(&mut self, other: &Self) {
        let rows = self.len();
        self.arrival.extend_from_slice(&other.arrival);
        macro_rules! append {
            ($($column:ident)*) => { $(self.$column.append(rows, &other.$column);)* };
        }
        append!(duration time_to_first_token input_tokens cached_tokens cache_write_tokens
            output_tokens cpu response_bytes request_bytes status disconnect_after workload model);
        self.prefixes.append(rows, &other.prefixes, other.len());
    }

    /// Takes all requests and labels out and keeps their room, for other requests.
    pub(crate) fn clear(&mut self) {
        self.arrival.clear();
        each_column!([&mut] self, column => column.clear());
        (self.workloads, self.models) = (Labels::default(), Labels::default());
        self.prefixes = Prefixes::default();
    }

    /// Sets the prompt blocks of the request added last.
    pub fn push_prefix(&mut self, blocks: &[PrefixBlock]) {
        if let Some(last) = self.len().checked_sub(1) {
            self.prefixes.put(last, blocks);
        }
    }

    /// The prompt blocks of all requests; none in most traces.
    #[must_use]
    pub const fn prefixes(&self) -> &Prefixes {
        &self.prefixes
    }

    /// The number of requests.
    #[must_use]
    pub fn len(&self) -> usize {
        self.arrival.len()
    }

    /// Whether there is no request.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arrival.is_empty()
    }

    /// All arrivals, in nanoseconds and stored order, to be moved.
    pub(super) fn arrivals_mut(&mut self) -> &mut [i64] {
        &mut self.arrival
    }

    /// Request number `i`, from 0; past the end, a row with nothing in it.
    #[must_use]
    pub fn row(&self, i: usize) -> Row {
        Row {
            arrival: SimTime(self.arrival.get(i).copied().unwrap_or_default()),
            duration: self.duration.get(i).map(SimDuration),
            time_to_first_token: self.time_to_first_token.get(i).map(SimDuration),
            input_tokens: self.input_tokens.get(i),
            cached_tokens: self.cached_tokens.get(i),
            cache_write_tokens: self.cache_write_tokens.get(i),
            output_tokens: self.output_tokens.get(i),
            cpu: self.cpu.get(i).map(SimDuration),
            response_bytes: self.response_bytes.get(i),
            request_bytes: self.request_bytes.get(i),
            status: status_of(self.status.get(i)),
            disconnect_after: self.disconnect_after.get(i).map(SimDuration),
            workload: self.workload.get(i),
            model: self.model.get(i),
        }
    }

    /// The workload label of request `i`, as in [`Row::workload`].
    #[must_use]
    pub fn workload(&self, i: usize) -> Option<u16> {
        self.workload.get(i)
    }

    /// When each request arrived, in nanoseconds, in stored order.
    #[must_use]
    pub fn arrivals(&self) -> &[i64] {
        &self.arrival
    }

    /// All requests, in stored order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row> + '_ {
        (0..self.len()).map(|i| self.row(i))
    }

    /// The workload labels; [`Row::workload`] is an index into them.
    #[must_use]
    pub fn workload_labels(&self) -> &[String] {
        self.workloads.names()
    }

    /// The model labels; [`Row::model`] is an index into them.
    #[must_use]
    pub fn model_labels(&self) -> &[String] {
        self.models.names()
    }

    /// How many requests each model label has.
    #[must_use]
    pub fn model_counts(&self) -> Vec<u64> {
        let mut counts = self.handed.models.clone();
        counts.resize(self.model_labels().len(), 0);
        for model in self.model.cells().flatten() {
            if let Some(count) = counts.get_mut(usize::from(model)) {
                *count += 1;
            }
        }
        counts
    }

    /// The index of a workload label, new or known; none when 65,535 other labels are in use.
    pub fn intern_workload(&mut self, label: &str) -> Option<u16> {
        self.workloads.intern(label)
    }

    /// The index of a model label, new or known; none when 65,535 other labels are in use.
    pub fn intern_model(&mut self, label: &str) -> Option<u16> {
        self.models.intern(label)
    }

    /// On how many rows a column was logged.
    #[must_use]
    pub fn present(&self, column: TraceColumn) -> u64 {
        match column {
            TraceColumn::Duration => self.duration.present(),
            TraceColumn::TimeToFirstToken => self.time_to_first_token.present(),
            TraceColumn::InputTokens => self.input_tokens.present(),
            TraceColumn::CachedTokens => self.cached_tokens.present(),
            TraceColumn::CacheWriteTokens => self.cache_write_tokens.present(),
            TraceColumn::OutputTokens => self.output_tokens.present(),
            TraceColumn::Cpu => self.cpu.present(),
            TraceColumn::ResponseBytes => self.response_bytes.present(),
            TraceColumn::RequestBytes => self.request_bytes.present(),
            TraceColumn::Status => self.status.present(),
            TraceColumn::DisconnectAfter => self.disconnect_after.present(),
            TraceColumn::Workload => self.workload.present(),
            TraceColumn::Model => self.model.present(),
        }
    }

    /// Whether any row has a duration.
    #[must_use]
    pub fn has_duration(&self) -> bool {
        self.present(TraceColumn::Duration) > 0
    }

    /// Whether any row has a time to first token.
    #[must_use]
    pub fn has_time_to_first_token(&self) -> bool {
        self.present(TraceColumn::TimeToFirstToken) > 0
    }

    /// Whether any row has input or output tokens.
    #[must_use]
    pub fn has_tokens(&self) -> bool {
        self.present(TraceColumn::InputTokens) + self.present(TraceColumn::OutputTokens) > 0
    }

    /// Whether any row has CPU time.
    #[must_use]
    pub fn has_cpu(&self) -> bool {
        self.present(TraceColumn::Cpu) > 0
    }

    /// Whether any row has response bytes.
    #[must_use]
    pub fn has_response_bytes(&self) -> bool {
        self.present(TraceColumn::ResponseBytes) > 0
    }

    /// From the earliest to the latest arrival; zero without rows.
    #[must_use]
    pub fn span(&self) -> SimDuration {
        let first = self.arrival.iter().min().copied().unwrap_or_default();
        let last = self.arrival.iter().max().copied().unwrap_or_default();
        SimTime(last).since(SimTime(first))
    }

    /// Sorts all rows by arrival; equal arrivals keep their order.
    ///
    /// Sets [`Trace::out_of_order`] to the rows that stood below a later arrival, and gives the
    /// furthest that one of them lay behind. Takes as much room as the widest column, and 4 bytes a
    /// row.
    pub fn sort_by_arrival(&mut self) -> SimDuration {
        let mut latest = self.handed.latest.unwrap_or(i64::MIN);
        let mut furthest = self.handed.furthest;
        self.out_of_order = self.handed.out_of_order;
        for &arrival in &self.arrival {
            if arrival < latest {
                self.out_of_order += 1;
                furthest = furthest.max(latest.saturating_sub(arrival));
            }
            latest = latest.max(arrival);
        }
        if !self.arrival.is_sorted() {
            match u32::try_from(self.len()) {
                Ok(rows) => self.permute(&mut (0..rows).collect::<Vec<_>>()),
                Err(_) => self.permute(&mut (0..self.len()).collect::<Vec<_>>()),
            }
        }
        SimDuration(furthest)
    }

    /// Sorts all rows, of which `order` has the numbers.
    fn permute<I: Index>(&mut self, order: &mut [I]) {
        let arrival = |i: I| self.arrival.get(i.get()).copied();
        order.par_sort_unstable_by_key(|&i| (arrival(i), i));
        self.arrival = order.par_iter().map(|&i| arrival(i).unwrap_or(i64::MISSING)).collect();
        each_column!([&mut] self, column => column.permute(order));
        self.prefixes.permute(order);
    }

    /// The rows of one workload as a trace of their own; none if no row has that label.
    #[must_use]
    pub fn select_workload(&self, label: &str) -> Option<Self> {
        let wanted = self.workloads.find(label)?;
        let mut part = Self {
            skipped: self.skipped,
            first_skipped: self.first_skipped.clone(),
            notes: self.notes.clone(),
            time_base: self.time_base,
            out_of_order: self.out_of_order,
            ..Self::new(self.format)
        };
        for (i, mut row) in self.iter().enumerate().filter(|(_, r)| r.workload == Some(wanted)) {
            row.workload = part.intern_workload(label);
            let model = row.model.and_then(|m| self.model_labels().get(usize::from(m)));
            row.model = model.and_then(|name| part.intern_model(name));
            part.push(row);
            part.push_prefix(self.prefixes.of(i));
        }
        part.shrink();
        (!part.is_empty()).then_some(part)
    }

    /// Gives unused room back once all rows are in.
    pub fn shrink(&mut self) {
        self.arrival.shrink_to_fit();
        each_column!([&mut] self, column => column.shrink());
    }

    /// Bytes the rows take in memory, labels not counted.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let mut bytes = self.arrival.capacity() * size_of::<i64>() + self.prefixes.bytes();
        each_column!([&] self, column => bytes += column.bytes());
        bytes
    }
}

/// A status as a cell; completed is the default and takes no memory.
fn status_code(status: Status) -> Option<u8> {
    match status {
        Status::Completed => None,
        Status::Failed => Some(1),
        Status::Aborted => Some(2),
    }
}

fn status_of(code: Option<u8>) -> Status {
    match code {
        Some(1) => Status::Failed,
        Some(2) => Status::Aborted,
        _ => Status::Completed,
    }
}

#[cfg(test)]
#[path = "trace_tests.rs"]
mod tests;
