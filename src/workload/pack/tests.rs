//! Packed traces come back as they were, and nothing damaged is taken for one.

use super::*;
use crate::diagnostic::{Diagnostic, Kind, Place};
use crate::units::{SimDuration, SimTime};
use crate::workload::{PrefixBlock, ReadAt, Row, Status, TimeBase, Trace, TraceColumn};
use proptest::prelude::*;
use std::sync::Arc;

pub(super) fn bytes_of(trace: &Trace) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new()).unwrap();
    writer.append(trace).unwrap();
    writer.finish(trace).unwrap()
}

fn open(bytes: Vec<u8>) -> crate::diagnostic::Result<Packed> {
    Packed::open("t.ssct", Arc::new(bytes))
}

fn read(bytes: Vec<u8>) -> crate::diagnostic::Result<Trace> {
    open(bytes).and_then(|packed| packed.read())
}

/// A trace with something in every place.
fn full(rows: i64) -> Trace {
    let mut trace = Trace::new("native");
    trace.notes = vec!["a note, ünïcode".into()];
    trace.time_base = TimeBase::TraceStart;
    trace.skipped = 3;
    let place = Place { file: "t.csv".into(), line: 4, column: 2, length: 1, text: "x".into() };
    let first =
        Diagnostic::input("bad").at(place, "here").note("allowed").hint("fix").kind(Kind::File);
    trace.first_skipped = Some(Box::new(first));
    let (chat, search) = (trace.intern_workload("chat"), trace.intern_workload("search"));
    let model = trace.intern_model("small");
    for i in 0..rows {
        let n = u32::try_from(i).unwrap();
        let odd = i % 2 == 1;
        trace.push(Row {
            arrival: SimTime(i * i * 1_000),
            duration: Some(SimDuration(i * 1_000_000)).filter(|_| i % 7 != 3),
            time_to_first_token: odd.then_some(SimDuration(i)),
            input_tokens: Some(n * 3),
            cached_tokens: odd.then_some(n),
            cache_write_tokens: (i == 5).then_some(0),
            output_tokens: Some(u32::MAX - 1 - n),
            cpu: Some(SimDuration(-i)),
            response_bytes: Some(u64::MAX - 1).filter(|_| odd),
            request_bytes: Some(0),
            status: if odd { Status::Aborted } else { Status::Completed },
            disconnect_after: odd.then_some(SimDuration(9)),
            workload: if odd { chat } else { search },
            model: model.filter(|_| odd),
        });
        if i % 3 == 0 {
            trace.push_prefix(&[
                PrefixBlock { id: u64::MAX, tokens: 16 },
                PrefixBlock { id: 7, tokens: n },
            ]);
        }
    }
    trace
}

#[test]
fn a_trace_comes_back_with_everything_it_had() {
    for rows in [1, 2, 11, 2_000] {
        let trace = full(rows);
        assert_eq!(read(bytes_of(&trace)).unwrap(), trace);
    }
    let empty = Trace::new("burstgpt");
    assert_eq!(read(bytes_of(&empty)).unwrap(), empty);
}

#[test]
fn blocks_are_read_in_any_order() {
    let mut trace = Trace::new("native");
    let workload = trace.intern_workload("chat");
    for i in 0..150_000_i64 {
        trace.push(Row { arrival: SimTime(i), workload, ..Row::default() });
    }
    let packed = open(bytes_of(&trace)).unwrap();
    assert_eq!((packed.blocks(), packed.header().rows), (3, 150_000));
    assert_eq!(packed.header().last, SimTime(149_999));
    assert_eq!(packed.header().present(TraceColumn::Workload), 150_000);
    assert_eq!(packed.header().about.workload_labels(), ["chat"]);
    assert_eq!(packed.rows_of(2), 131_072..150_000);
    assert_eq!(packed.arrivals_of(1), Some((SimTime(65_536), SimTime(131_071))));
    let last = packed.block(2).unwrap();
    assert_eq!(last.len(), 18_928);
    assert_eq!(last.row(5), trace.row(131_077));
    assert!(packed.block(3).unwrap().is_empty() && packed.rows_of(3).is_empty());
    assert_eq!(packed.read().unwrap(), trace);
}

#[test]
fn many_prompt_blocks_close_a_block_early() {
    let mut trace = Trace::new("native");
    let prompt: Vec<_> = (0..100_000).map(|id| PrefixBlock { id, tokens: 512 }).collect();
    for i in 0..10 {
        trace.push(Row { arrival: SimTime(i), ..Row::default() });
        trace.push_prefix(&prompt);
    }
    let packed = open(bytes_of(&trace)).unwrap();
    assert_eq!(packed.blocks(), 5);
    assert_eq!(packed.read().unwrap(), trace);
}

#[test]
fn labels_that_the_description_lacks_are_refused() {
    let trace = full(10);
    let mut writer = Writer::new(Vec::new()).unwrap();
    writer.append(&trace).unwrap();
    let mut few = Trace::new("native");
    few.intern_workload("chat").unwrap();
    few.intern_model("small").unwrap();
    let error = read(writer.finish(&few).unwrap()).unwrap_err();
    assert!(error.to_string().contains("rows 1 to 10: they have labels"), "{error}");
}

#[test]
fn any_flipped_bit_is_found() {
    let bytes = bytes_of(&full(11));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            let error = read(damaged).expect_err("a damaged file");
            assert_eq!(error.kind, Kind::File, "byte {at}");
        }
    }
}

#[test]
fn any_cut_and_any_addition_is_found() {
    let bytes = bytes_of(&full(11));
    for length in 0..bytes.len() {
        let error = read(bytes[..length].to_vec()).expect_err("a cut file");
        assert!(error.message.contains("cut off"), "{length}: {}", error.message);
    }
    assert!(read([&bytes[..], b"\n"].concat()).is_err());
    assert!(read([&bytes[..], &bytes[..]].concat()).is_err());
}

#[test]
fn another_version_is_named() {
    let mut bytes = bytes_of(&full(2));
    bytes[8] = 2;
    let error = open(bytes).err().unwrap();
    assert_eq!(error.message, "the packed trace was made by a newer ssc");
    assert_eq!(error.notes, ["its format has version 2, this ssc reads 1", "in t.ssct"]);
}

#[test]
fn the_bytes_of_version_1_do_not_change() {
    let bytes = bytes_of(&full(3));
    let sum = crc32fast::hash(&bytes);
    assert_eq!(
        (bytes.len(), sum),
        (707, 2_417_885_071),
        "a change of the format needs another version"
    );
}

#[test]
fn rows_must_come_in_order() {
    let at = |seconds| {
        let mut trace = Trace::new("native");
        trace.push(Row { arrival: SimTime(seconds), ..Row::default() });
        trace
    };
    let mut writer = Writer::new(Vec::new()).unwrap();
    writer.append(&at(5)).unwrap();
    writer.append(&at(5)).unwrap();
    assert!(writer.append(&at(4)).is_err());
}

#[test]
fn a_file_that_fails_is_named_and_what_it_claims_is_not_allocated() {
    struct Failing;
    impl ReadAt for Failing {
        fn size(&self) -> u64 {
            u64::MAX
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
            let start = [&MAGIC[..], &VERSION.to_le_bytes()].concat();
            if offset > 0 {
                return Err(std::io::Error::other("the disk is gone"));
            }
            buffer[..start.len()].copy_from_slice(&start);
            Ok(start.len())
        }
    }
    let error = Packed::open("t.ssct", Arc::new(Failing)).err().unwrap();
    assert_eq!(error.message, "cannot read the packed trace: the disk is gone");
    // An end that claims to be longer than the file.
    let mut bytes = bytes_of(&full(2));
    let at = bytes.len() - index::TRAILER;
    bytes[at..at + 8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
    assert!(open(bytes).err().unwrap().message.contains("damaged"));
}

proptest! {
    #[test]
    fn any_rows_come_back(
        mut rows in proptest::collection::vec(
            (any::<i64>(), proptest::option::of(any::<i64>()), proptest::option::of(any::<u32>()),
             proptest::option::of(any::<u64>()), proptest::collection::vec(any::<(u64, u32)>(), 0..3)),
            0..200,
        ),
    ) {
        rows.sort_by_key(|row| row.0);
        let mut trace = Trace::new("native");
        for (arrival, duration, tokens, bytes, blocks) in rows {
            trace.push(Row {
                arrival: SimTime(arrival),
                duration: duration.map(SimDuration),
                output_tokens: tokens,
                response_bytes: bytes,
                ..Row::default()
            });
            let blocks = blocks.into_iter().map(|(id, tokens)| PrefixBlock { id, tokens });
            trace.push_prefix(&blocks.collect::<Vec<_>>());
        }
        let packed = open(bytes_of(&trace)).unwrap();
        prop_assert_eq!(packed.read().unwrap(), trace);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), rows in 0..3_000_usize) {
        let mut trace = Trace::default();
        let _ = block::of_bytes(bytes.clone(), rows, &mut trace);
        // A block without a checksum in its way: a real one with bytes put over it.
        let mut real = block::to_bytes(&full(50), &(0..50), &mut [0; 13]);
        for (i, byte) in bytes.iter().enumerate() {
            let at = usize::from(*byte) * 7 % real.len();
            real[at] = bytes[(i + 1) % bytes.len()];
        }
        let _ = block::of_bytes(real, 50, &mut trace);
    }
}
