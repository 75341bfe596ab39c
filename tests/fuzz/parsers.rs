//! Everything that reads what comes from outside, each as a function of bytes.
//!
//! A parser reads or refuses. A refusal says something, and nothing else may happen: no panic, no
//! endless loop, no memory out of proportion. Used by tests and by the targets in `fuzz/`.

use ssc::cli::render;
use ssc::diagnostic::{Diagnostic, Result, Source};
use ssc::estimate::{Estimate, Options, TraceLoader, estimate};
use ssc::pricing::import::{FORMATS, ImportOptions, import};
use ssc::pricing::{Book, Reading};
use ssc::reconcile::{BILL_FORMATS, Bill, Comparison, Map};
use ssc::units::parse;
use ssc::workload::import::{Beside, IMPORTERS, ReadOptions, read_beside};
use ssc::workload::{Recording, Trace};
use std::io::Read;
use std::sync::LazyLock;

/// The price book of the tests' own.
const LAB: [(&str, &str); 3] = [
    ("lab.yaml", include_str!("../fixtures/lab/lab.yaml")),
    ("lab-boxes.yaml", include_str!("../fixtures/lab/lab-boxes.yaml")),
    ("llm/lab-ai.yaml", include_str!("../fixtures/lab/llm/lab-ai.yaml")),
];

fn lab() -> Vec<Source> {
    LAB.iter().map(|(name, text)| Source::new(*name, *text)).collect()
}

static BOOK: LazyLock<Book> = LazyLock::new(|| Book::load(&lab()).unwrap());

/// A refusal that can be shown.
fn shown(diagnostic: &Diagnostic) {
    assert!(!diagnostic.message.trim().is_empty(), "a refusal without words: {diagnostic:?}");
    if let Some(place) = &diagnostic.place {
        assert!(place.line > 0 && place.column > 0, "places count from 1: {diagnostic:?}");
    }
    let text = render::diagnostic(diagnostic, false);
    let bad = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!text.contains(bad), "control characters reach the terminal: {text:?}");
}

fn judged<T>(result: Result<T>) -> Option<T> {
    result.inspect_err(|d| shown(d)).ok()
}

fn source(name: &str, bytes: &[u8]) -> Option<Source> {
    Some(Source::new(name, std::str::from_utf8(bytes).ok()?))
}

/// Files in the folder of a trace.
pub(crate) struct Folder(pub(crate) Vec<(String, Vec<u8>)>);

impl Beside for Folder {
    fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>> {
        let found = self.0.iter().find(|(own, _)| own == name);
        let (_, bytes) = found.ok_or_else(|| Diagnostic::input("no such file"))?;
        Ok(Box::new(bytes.as_slice()))
    }
}

/// Reads a trace of some format, or of the one it is recognised as.
pub(crate) fn trace_as(format: Option<&str>, name: &str, bytes: &[u8], folder: &Folder) {
    for skip_bad_rows in [false, true] {
        let format = format.map(str::to_owned);
        let options = ReadOptions { format, skip_bad_rows, ..ReadOptions::default() };
        if let Some(trace) = judged(read_beside(name, bytes, &options, folder)) {
            sorted(&trace);
        }
    }
}

/// What holds for every trace.
fn sorted(trace: &Trace) {
    assert!(trace.arrivals().is_sorted(), "rows are sorted by arrival");
    assert!(!trace.is_empty(), "a trace has rows");
    let (workloads, models) = (trace.workload_labels().len(), trace.model_labels().len());
    for row in trace.iter() {
        assert!(row.workload.is_none_or(|label| usize::from(label) < workloads));
        assert!(row.model.is_none_or(|label| usize::from(label) < models));
    }
    trace.first_skipped.iter().for_each(|d| shown(d));
}

/// A trace of any format, as it is recognised.
pub(crate) fn trace(bytes: &[u8]) {
    trace_as(None, "trace", bytes, &Folder(Vec::new()));
}

/// A trace that some importer is told to read: the first byte says which.
pub(crate) fn trace_of_a_format(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let importer = &IMPORTERS[usize::from(*first) % IMPORTERS.len()];
    trace_as(Some(importer.name), "trace", rest, &Folder(Vec::new()));
}

/// A packed trace with checksums that fit whatever is in it: what they would have caught must be
/// refused as well.
pub(crate) fn packed(bytes: &[u8]) {
    trace(bytes);
    trace(&sealed(bytes).unwrap_or_default());
}

/// Sets checksums and the length of the last block of a packed trace; see `docs/trace-pack.md`.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    const START: usize = 12;
    const TRAILER: usize = 16;
    const ENTRY: usize = 28;
    let crc = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    let number =
        |bytes: &[u8], at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let mut bytes = bytes.to_vec();
    let end = bytes.len().checked_sub(TRAILER)?;
    let length = u64::from_le_bytes(*bytes.get(end..)?.first_chunk()?);
    let index = end.checked_sub(usize::try_from(length).ok()?)?;
    let count = usize::try_from(u64::from_le_bytes(*bytes.get(index..)?.first_chunk()?)).ok()?;
    let mut at = START;
    for i in 0..count {
        let entry = (index + 8).checked_add(i.checked_mul(ENTRY)?)?;
        let mut block = usize::try_from(number(&bytes, entry)?).ok()?;
        if i + 1 == count {
            block = index.checked_sub(at)?;
            let block = u32::try_from(block).ok()?.to_le_bytes();
            bytes.get_mut(entry..entry + 4)?.copy_from_slice(&block);
        }
        let checksum = crc(bytes.get(at..at.checked_add(block)?)?);
        bytes.get_mut(entry + 8..entry + 12)?.copy_from_slice(&checksum);
        at += block;
    }
    let checksum = crc(bytes.get(index..end + 8)?);
    bytes.get_mut(end + 8..end + 12)?.copy_from_slice(&checksum);
    Some(bytes)
}

/// No trace is ever there: what a scenario says is checked up to its rows.
struct NoTraces;

impl TraceLoader for NoTraces {
    fn load(&mut self, _: &str, _: &ReadOptions) -> Result<Recording> {
        Err(Diagnostic::input("no such trace").into())
    }
}

fn options() -> Options {
    let today = "2026-11-23".parse().unwrap();
    Options { today, ..Options::default() }
}

/// Words whose numbers decide how many requests are replayed: large ones are right, and slow.
const LARGE: [&str; 5] = ["rate", "arrivals", "period", "projection", "window"];

/// A scenario. One that arrivals could make long ends where its requests would begin.
pub(crate) fn scenario(bytes: &[u8]) {
    let Some(source) = source("scenario.yaml", bytes) else { return };
    let mut text = source.text().to_owned();
    let short = "arrivals: { pattern: steady, rate: 100/day }\n";
    let (before, after) = text.split_once(short).unwrap_or((&text, ""));
    let long = |part: &str| LARGE.iter().any(|word| part.contains(word));
    if long(before) || long(after) || !text.contains(short) {
        text = text.replace("rate", "trace");
    }
    let source = Source::new("scenario.yaml", text);
    judged(estimate(&source, &BOOK, &options(), &mut NoTraces));
}

/// A scenario that uses most of what there is to say.
pub(crate) const SCENARIO: &str = include_str!("scenario.yaml");

/// Requests of a small scenario.
const SMALL: &str = "\
name: small
workloads:
  - name: chat
    platform: lab-box
    arrivals: { pattern: steady, rate: 100/day }
    requests: { duration: 2s, response_bytes: 1kB, input_tokens: 500, output_tokens: 200 }
    llm: lab-ai/lab-1
";

/// A file of negotiated rates.
pub(crate) fn rates(bytes: &[u8]) {
    let Some(rates) = source("rates.yaml", bytes) else { return };
    let options = Options { rates: Some(rates), ..options() };
    judged(estimate(&Source::new("scenario.yaml", SMALL), &BOOK, &options, &mut NoTraces));
}

/// A price file, of a service or of models.
pub(crate) fn prices(bytes: &[u8]) {
    for name in ["example.yaml", "llm/example.yaml"] {
        let Some(source) = source(name, bytes) else { return };
        let reading = Reading::of(std::slice::from_ref(&source), "2026-11-23".parse().unwrap());
        drop(reading);
        let Some(book) = judged(Book::load(&[source])) else { continue };
        for platform in book.platforms() {
            let id = platform.platform.id.clone();
            let options = Options { platform: Some(id), ..options() };
            let small = Source::new("scenario.yaml", SMALL.replace("    llm: lab-ai/lab-1\n", ""));
            judged(estimate(&small, &book, &options, &mut NoTraces));
        }
    }
}

static ESTIMATE: LazyLock<Estimate> = LazyLock::new(|| {
    let source = Source::new("scenario.yaml", SMALL);
    estimate(&source, &BOOK, &options(), &mut NoTraces).unwrap()
});

/// A bill, in each format and as it is recognised.
pub(crate) fn bill(bytes: &[u8]) {
    for format in BILL_FORMATS.into_iter().map(Some).chain([None]) {
        let map = Map::default();
        let Some(mut bill) = judged(Bill::open("bill.csv", bytes, format)) else { continue };
        let mut comparison = Comparison::new(&ESTIMATE, &BOOK, &map);
        if judged(comparison.read(&mut bill)).is_some() {
            drop(comparison.finish(&bill, true));
        }
    }
}

/// What a user says the names on a bill mean.
pub(crate) fn bill_map(bytes: &[u8]) {
    let Some(source) = source("map.yaml", bytes) else { return };
    judged(Map::read(&source, &BOOK, &ESTIMATE));
}

/// A table of prices made by others.
pub(crate) fn price_table(bytes: &[u8]) {
    let Some(source) = source("table.json", bytes) else { return };
    let known = FORMATS.iter().map(|f| Some(f.id.to_owned()));
    for format in known.chain([None]) {
        let date = Some("2026-11-23".parse().unwrap());
        let options = ImportOptions { format, date, ..ImportOptions::default() };
        if let Some(import) = judged(import(&source, &options, &BOOK)) {
            assert!(!import.report.text(true).is_empty());
        }
    }
}

/// Numbers with units, as they are typed everywhere.
pub(crate) fn quantities(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let said = [
        parse::duration(text).err(),
        parse::bytes(text).err(),
        parse::memory_mib(text).err(),
        parse::date(text).err(),
        parse::plain(text).err(),
        parse::count(text).err(),
    ];
    assert!(said.iter().flatten().all(|error| !error.to_string().is_empty()));
}
