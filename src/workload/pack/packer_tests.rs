//! Rows of any order, in any runs, come out as a stable sort in memory gives them.

use super::*;
use crate::units::SimDuration;
use crate::workload::pack::Moment;
use crate::workload::{PrefixBlock, Row};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// Files in memory that fail once so many bytes are written.
struct Memory {
    results: Vec<Rc<RefCell<Vec<u8>>>>,
    parts: usize,
    room: Rc<RefCell<usize>>,
}

impl Memory {
    fn with_room(room: usize) -> Self {
        Self { results: Vec::new(), parts: 0, room: Rc::new(RefCell::new(room)) }
    }

    fn result(&self) -> Trace {
        let bytes = self.results.last().unwrap().borrow().clone();
        Packed::open("t.ssct", Arc::new(bytes)).unwrap().read().unwrap()
    }
}

struct File {
    bytes: Rc<RefCell<Vec<u8>>>,
    room: Rc<RefCell<usize>>,
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut room = self.room.borrow_mut();
        *room = room.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        self.bytes.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PackFile for File {
    fn written(self: Box<Self>) -> io::Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(self.bytes.borrow().clone()))
    }
}

impl Files for Memory {
    fn make(&mut self, purpose: Purpose) -> Result<Box<dyn PackFile>> {
        let bytes = Rc::default();
        match purpose {
            Purpose::Result => self.results.push(Rc::clone(&bytes)),
            Purpose::Part => self.parts += 1,
        }
        Ok(Box::new(File { bytes, room: Rc::clone(&self.room) }))
    }

    fn failure(&self, purpose: Purpose, error: &io::Error) -> Box<Diagnostic> {
        Diagnostic::input(format!("{purpose:?}: {error}")).into()
    }
}

const MEMORY: u64 = 1 << 20;

/// A row whose tokens tell where it stood in the file.
fn push(trace: &mut Trace, arrival: i64, place: usize, label: &str) {
    let workload = trace.intern_workload(label);
    let place = u32::try_from(place).unwrap();
    let row =
        Row { arrival: SimTime(arrival), output_tokens: Some(place), workload, ..Row::default() };
    trace.push(row);
    if place.is_multiple_of(3) {
        trace.push_prefix(&[PrefixBlock { id: place.into(), tokens: 16 }]);
    }
}

/// Packs `arrivals` in runs of `size`, all of one file.
fn pack(arrivals: &[i64], size: usize, files: &mut Memory) -> Result<Summary> {
    let mut packer = Packer::new(files, Slice::default(), MEMORY);
    let mut trace = Trace::new("native");
    for (place, &arrival) in arrivals.iter().enumerate() {
        push(&mut trace, arrival, place, if arrival % 2 == 0 { "even" } else { "odd" });
        if trace.len() == size {
            trace.sort_by_arrival();
            packer.take(&trace)?;
            trace.clear_rows(SimDuration::ZERO);
        }
    }
    trace.sort_by_arrival();
    packer.end_of("t.csv", &trace, 1)?;
    packer.finish()
}

/// What a stable sort in memory gives.
fn sorted(arrivals: &[i64]) -> Trace {
    let mut trace = Trace::new("native");
    for (place, &arrival) in arrivals.iter().enumerate() {
        push(&mut trace, arrival, place, if arrival % 2 == 0 { "even" } else { "odd" });
    }
    trace.sort_by_arrival();
    trace
}

#[test]
fn sorted_runs_go_through_in_one_piece() {
    let mut files = Memory::with_room(usize::MAX);
    let arrivals: Vec<_> = (0..1_000).map(|i| i / 3).collect();
    let summary = pack(&arrivals, 7, &mut files).unwrap();
    assert_eq!((summary.parts, files.results.len(), files.parts), (1, 1, 0));
    assert_eq!((summary.rows, summary.rows_read), (1_000, 1_000));
    assert_eq!(files.result(), sorted(&arrivals));
}

#[test]
fn more_parts_than_are_merged_at_once() {
    let mut files = Memory::with_room(usize::MAX);
    // Backwards, so that each run is a part; many arrivals are equal.
    let arrivals: Vec<_> = (0..4_000).rev().map(|i| i / 5).collect();
    let summary = pack(&arrivals, 2, &mut files).unwrap();
    assert!(summary.parts > FAN_IN * FAN_IN, "{}", summary.parts);
    assert_eq!(files.result(), sorted(&arrivals));
}

#[test]
fn a_full_disk_is_an_error_wherever_it_happens() {
    let arrivals: Vec<_> = (0..200).map(|i| i * 7 % 50).collect();
    let mut whole = Memory::with_room(1 << 30);
    pack(&arrivals, 20, &mut whole).unwrap();
    let needed = (1 << 30) - *whole.room.borrow();
    for room in (0..needed).step_by(13) {
        let error = pack(&arrivals, 20, &mut Memory::with_room(room)).expect_err("no room");
        assert!(error.message.contains("no storage space"), "{}", error.message);
    }
    pack(&arrivals, 20, &mut Memory::with_room(needed)).unwrap();
}

#[test]
fn several_files_keep_their_labels_and_notes() {
    let mut files = Memory::with_room(usize::MAX);
    let mut packer = Packer::new(&mut files, Slice::default(), MEMORY);
    let trace = |labels: [&str; 2], format| {
        let mut trace = Trace::new(format);
        labels
            .iter()
            .enumerate()
            .for_each(|(i, l)| push(&mut trace, i64::try_from(i).unwrap(), i, l));
        trace.notes.push("a note".into());
        trace.skipped = 2;
        trace
    };
    packer.end_of("a", &trace(["chat", "search"], "native"), 2).unwrap();
    packer.end_of("b", &trace(["search", "mail"], "burstgpt"), 2).unwrap();
    let summary = packer.finish().unwrap();
    assert_eq!((summary.skipped, summary.parts), (4, 2));
    assert_eq!(summary.notes, ["a: a note", "b: a note"]);
    let result = files.result();
    let labels: Vec<_> = result
        .iter()
        .map(|row| result.workload_labels()[usize::from(row.workload.unwrap())].clone())
        .collect();
    assert_eq!(labels, ["chat", "search", "search", "mail"]);
    assert_eq!(result.format, FORMAT);
}

#[test]
fn a_slice_keeps_its_rows_only() {
    let mut files = Memory::with_room(usize::MAX);
    let slice = Slice {
        from: Some(Moment::parse("2s").unwrap()),
        until: Some(Moment::parse("4s").unwrap()),
        workload: Some("a".into()),
    };
    let mut trace = Trace::new("native");
    trace.time_base = TimeBase::TraceStart;
    for second in 0..6 {
        for label in ["a", "b"] {
            let workload = trace.intern_workload(label);
            let arrival = SimTime(0) + SimDuration::from_secs(second);
            trace.push(Row { arrival, workload, ..Row::default() });
        }
    }
    let mut packer = Packer::new(&mut files, slice.clone(), MEMORY);
    packer.end_of("t", &trace, 1).unwrap();
    let summary = packer.finish().unwrap();
    assert_eq!((summary.rows, summary.rows_read), (2, 12));
    assert_eq!(summary.notes, ["2 of 12 requests were kept"]);
    assert_eq!(
        files.result().iter().map(|r| r.arrival.0).collect::<Vec<_>>(),
        [2_000_000_000, 3_000_000_000]
    );
    // A trace with dates cannot be cut by times from the start.
    trace.time_base = TimeBase::UnixEpoch;
    let mut packer = Packer::new(&mut files, slice, MEMORY);
    assert!(packer.end_of("t", &trace, 1).is_err());
}

proptest! {
    #[test]
    fn any_order_and_any_runs_give_the_stable_sort(
        arrivals in proptest::collection::vec(0..40_i64, 1..300),
        size in 1..60_usize,
    ) {
        let mut files = Memory::with_room(usize::MAX);
        pack(&arrivals, size, &mut files).unwrap();
        prop_assert_eq!(files.result(), sorted(&arrivals));
    }
}
