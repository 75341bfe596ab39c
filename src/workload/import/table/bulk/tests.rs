//! Reading in bulk gives the traces and the errors that reading row by row gives, to the letter.

use super::super::assembly::Assembly;
use super::super::row_reader::RowReader;
use super::{PACE, Pace};
use crate::diagnostic::Result;
use crate::workload::import::input::{Input, TRACE};
use crate::workload::import::row::Layout;
use crate::workload::{Row, Status, Trace};
use proptest::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::LazyLock;

/// How a trace is read, besides its pace.
#[derive(Clone, Copy, Debug)]
struct How {
    skip_bad_rows: bool,
    adjusted: bool,
    /// A failure after the text.
    broken: bool,
}

const PLAIN: How = How { skip_bad_rows: false, adjusted: false, broken: false };

fn read(text: &[u8], how: How, pace: Option<Pace>) -> Result<Trace> {
    struct Broken(bool);
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            if self.0 { Err(io::Error::other("the cable")) } else { Ok(0) }
        }
    }
    let input = Box::new(text.chain(Broken(how.broken)));
    let reader = RowReader::open(Input::open("t.csv", input, &TRACE)?)?;
    let layout = Layout::native(&reader, &BTreeMap::new())?;
    let mut seen = 0;
    let mut adjust = |row: &mut Row| {
        seen += 1;
        row.response_bytes = Some(seen);
        if row.output_tokens == Some(0) {
            row.status = Status::Failed;
        }
    };
    let adjust = how.adjusted.then_some(&mut adjust as &mut dyn FnMut(&mut Row));
    Assembly::new("native", reader, layout, how.skip_bad_rows, adjust).run(pace)
}

fn with_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    static POOLS: LazyLock<[ThreadPool; 2]> =
        LazyLock::new(|| [1, 2].map(|n| ThreadPoolBuilder::new().num_threads(n).build().unwrap()));
    POOLS[threads - 1].install(run)
}

/// Whether any pace gives what reading row by row gives.
fn agrees(text: &[u8], how: How) -> std::result::Result<(), TestCaseError> {
    let careful = read(text, how, None);
    for block in [1, 7, 40, 300] {
        for (batch, rows_between) in [(1, 1), (3, 2), (2, 1_000)] {
            let pace = Pace { block, batch, rows_between };
            let bulk = with_threads(2, || read(text, how, Some(pace)));
            prop_assert_eq!(&bulk, &careful, "{:?}", pace);
        }
    }
    let one = with_threads(1, || read(text, how, Some(Pace { block: 50, ..PACE })));
    prop_assert_eq!(&one, &careful);
    prop_assert_eq!(&read(text, how, Some(PACE)), &careful);
    Ok(())
}

/// Cells of a column, most of them plain.
fn cell(header: &str) -> BoxedStrategy<String> {
    let number = prop_oneof![
        12 => "[0-9]{1,6}",
        6 => "[0-9]{1,5}\\.[0-9]{1,9}",
        1 => "[0-9]{15,22}",
        1 => "[0-9]{1,3}\\.[0-9]{9,22}",
        1 => "-?[0-9]{0,2}\\.?[0-9]{0,2}e?-?[0-9]?",
        1 => " ?[0-9]{1,3} ?",
        1 => "\"[0-9]{1,3}\"",
    ];
    match header {
        "timestamp" | "timestamp_s" => prop_oneof![
            40 => (1_700_000_000_u32..1_700_100_000, 0..1_000_000).prop_map(|(s, us)| format!("{s}.{us:06}")),
            1 => number,
        ]
        .boxed(),
        "arrival" => prop_oneof![
            40 => (0..3_u32, 0..24_u32, 0..60_u32, "(\\.[0-9]{1,10})?", "(Z|\\+00:00|)")
                .prop_map(|(d, h, m, f, zone)| format!("2024-02-2{} {h:02}:{m:02}:07{f}{zone}", 7 + d)),
            1 => "1700000[0-9]{3}",
            1 => "2024-0[0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]( UTC|\\+01:00)?",
            1 => number,
        ]
        .boxed(),
        "duration_ms" | "ttft_s" => prop_oneof![6 => number, 2 => Just(String::new())].boxed(),
        "end" => "1700[0-9]{6}".boxed(),
        "duration" => "[0-9]{1,3}m?s".boxed(),
        "status" => "(ok|200|error|499|)".boxed(),
        "workload" | "model" => prop_oneof![
            10 => "[ab]",
            2 => " ?[a-cé]{0,9} ?",
            1 => "\"a(, |\"\"|\n)?b?\"",
            1 => "a\"",
        ]
        .boxed(),
        "other" => "[a-z é]{0,20}".boxed(),
        _ => prop_oneof![
            12 => "[0-9]{0,5}",
            2 => "429496729[4-6]",
            1 => "[0-9]{17,21}",
            1 => "[0-9]{1,3}\\.[05]",
            1 => number,
        ]
        .boxed(),
    }
}

const COLUMNS: [&str; 12] = [
    "duration_ms",
    "ttft_s",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "response_bytes",
    "workload",
    "model",
    "other",
    "status",
    "end",
    "duration",
];

/// A table: mostly plain rows, and some of everything that is not.
fn table() -> impl Strategy<Value = Vec<u8>> {
    let headers = (
        prop_oneof![3 => Just("timestamp"), 1 => Just("timestamp_s"), 2 => Just("arrival")],
        proptest::sample::subsequence(COLUMNS[..9].to_vec(), 0..6),
        proptest::option::weighted(0.2, proptest::sample::select(COLUMNS[9..].to_vec())),
    );
    let headers = headers.prop_flat_map(|(clock, others, odd)| {
        let all = [vec![clock], others, Vec::from_iter(odd)].concat();
        Just(all).prop_shuffle()
    });
    let table = headers.prop_flat_map(|headers| {
        let delimiter = prop_oneof![8 => Just(","), 1 => Just(";"), 1 => Just("\t")];
        let cells: Vec<_> = headers.iter().map(|header| cell(header)).collect();
        let line = prop_oneof![
            60 => cells.prop_map(Some),
            1 => Just(None),
        ];
        let end =
            prop_oneof![60 => Just("\n"), 20 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n \n")];
        let extra = prop_oneof![60 => Just(""), 1 => Just(","), 1 => Just(",x")];
        let lines = proptest::collection::vec((line, extra, end), 0..60);
        (Just(headers), delimiter, lines, any::<bool>(), 0..20_usize)
    });
    table.prop_map(|(headers, delimiter, lines, last_end, junk)| {
        let mut text = headers.join(delimiter) + "\n";
        for (cells, extra, end) in &lines {
            match cells {
                Some(cells) => text += &(cells.join(delimiter) + extra),
                None => text += "\u{feff}5,",
            }
            text += end;
        }
        let mut bytes = text.into_bytes();
        if !last_end {
            bytes.pop();
        }
        match junk {
            0 => bytes.extend(b"\"1,2\n3,4\n"),
            1 => bytes.extend(b"\xff\xfe,\x00\n"),
            2 => bytes.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
            _ => {}
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn bulk_and_careful_agree_on_any_table(
        text in table(), skip_bad_rows in any::<bool>(), adjusted in any::<bool>(),
        broken in proptest::bool::weighted(0.1),
    ) {
        agrees(&text, How { skip_bad_rows, adjusted, broken })?;
    }

    #[test]
    fn bulk_and_careful_agree_on_any_text(text in "[0-9,.\"\r\n a-]{0,120}", skip_bad_rows in any::<bool>()) {
        for header in ["timestamp,duration_ms,model\n1,2,a\n", "ts\n3\n", "end_s,duration_s\n9,2\n"] {
            agrees((header.to_owned() + &text).as_bytes(), How { skip_bad_rows, ..PLAIN })?;
        }
    }
}

#[test]
fn labels_beyond_the_limit_are_refused_at_their_row() {
    let rows: String = (0..65_536).map(|i| format!("{i},w{i}\n")).collect();
    let text = format!("timestamp_s,workload\n{rows}");
    let pace = Pace { block: 10_000, batch: 4, rows_between: 10 };
    let bulk = read(text.as_bytes(), PLAIN, Some(pace)).unwrap_err();
    assert_eq!(bulk.message, "row 65,536: more than 65,535 different labels");
    assert_eq!(bulk, read(text.as_bytes(), PLAIN, None).unwrap_err());
}
