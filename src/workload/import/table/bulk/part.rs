//! One block of lines, read into columns of its own.

use super::super::assembly::draft;
use super::super::record::{Split, Splitter};
use super::blocks::Block;
use super::plan::Plan;
use super::rows::Rows;
use crate::workload::Trace;
use crate::workload::import::row::{Doubts, Drafter};

/// How the lines of a table are read.
pub(crate) struct Job {
    drafter: Drafter,
    plan: Plan,
    columns: usize,
    delimiter: u8,
    may_skip: bool,
}

impl Job {
    /// `drafter` has settled what it can; the table has so many `columns`. With `may_skip`, bad rows
    /// are counted and left out.
    pub(crate) fn new(drafter: &Drafter, columns: usize, delimiter: u8, may_skip: bool) -> Self {
        let plan = Plan::new(drafter, columns).unwrap_or_default();
        Self { drafter: drafter.clone(), plan, columns, delimiter, may_skip }
    }
}

/// What the lines of a block came to.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// The good rows.
    pub trace: Trace,
    /// Rows and lines that were read, bad rows and blank lines among them.
    pub rows: u64,
    pub lines: usize,
    /// Bad rows that were left out.
    pub skipped: u64,
    /// What is doubtful about the good rows.
    pub doubts: Doubts,
    /// Where the first line begins that was not read, if the block was not read to its end.
    pub stop: Option<usize>,
}

impl Part {
    /// Reads the lines of a block.
    ///
    /// Stops at what cannot be judged here: a row that is bad, unless such rows are left out; one
    /// that changes what is taken for granted about timestamps; and a line that is not a row, for
    /// one with a quoted line end.
    ///
    /// `room` is an old trace whose memory may be used.
    pub(super) fn read(block: &Block, job: &Job, mut room: Trace) -> Self {
        room.clear();
        let mut part = Self { trace: room, ..Self::default() };
        let mut reader = LineReader { job, drafter: job.drafter.clone(), splitter: None };
        let mut rows = Rows::new(&job.plan, job.delimiter);
        let text = block.padded();
        let mut at = 0;
        while at < block.len() {
            if let Some(next) = rows.read(text, at, &mut part.trace) {
                at = next;
                part.rows += 1;
            } else {
                let line = text.get(at..).unwrap_or_default();
                let end = line.iter().position(|b| *b == b'\n').map_or(line.len(), |i| i + 1);
                let line = line.get(..end).unwrap_or_default();
                if !reader.read(line, &mut rows, &mut part) {
                    part.stop = Some(at);
                    break;
                }
                at += end;
            }
            part.lines += 1;
        }
        rows.flush(&mut part.trace);
        part.doubts.add(rows.doubts);
        part
    }
}

/// Reads lines the careful way.
struct LineReader<'j> {
    job: &'j Job,
    drafter: Drafter,
    splitter: Option<Splitter>,
}

impl LineReader<'_> {
    /// Reads one line; says whether that could be done here.
    fn read(&mut self, line: &[u8], rows: &mut Rows<'_>, part: &mut Part) -> bool {
        if matches!(line, b"\n" | b"\r\n") {
            return true;
        }
        let splitter = self.splitter.get_or_insert_with(|| {
            let mut splitter = Splitter::new(self.job.delimiter);
            // A byte-order mark is one at the beginning of a file only.
            splitter.feed(b"\n");
            splitter
        });
        let (Split::Row, done) = splitter.feed(line) else { return false };
        if !matches!(line.get(done..), Some([] | [b'\n'])) {
            return false;
        }
        let record = splitter.record();
        if record.is_blank(self.job.columns) {
            return true;
        }
        let mut read = None;
        if record.fits(self.job.columns) {
            read = draft(&mut self.drafter, record, &mut part.trace).ok();
            if self.drafter.clocks() != self.job.drafter.clocks() {
                return false;
            }
        }
        match read {
            Some(draft) => {
                part.doubts.count(draft.cut, draft.assumed_utc);
                rows.push(draft.row, &mut part.trace);
            }
            None if self.job.may_skip => part.skipped += 1,
            None => return false,
        }
        part.rows += 1;
        true
    }
}
