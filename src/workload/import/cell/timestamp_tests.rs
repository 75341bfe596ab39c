//! Dates and numbers as timestamps.

use super::*;
use proptest::prelude::*;

fn one(text: &str) -> Result<i64, String> {
    let read = TimestampReader::default().read(text.as_bytes());
    read.map(|i| i.nanos).map_err(|r| r.message)
}

#[test]
fn dates_are_read_in_every_common_form() {
    let expected = Ok(1_700_158_623_979_960_000);
    for text in [
        "2023-11-16 18:17:03.9799600",
        "2023-11-16T18:17:03.97996Z",
        "2023-11-16t18:17:03.979960000z",
        "2023-11-16 18:17:03.97996 UTC",
        "2023-11-16 18:17:03,97996+00:00",
        "2023-11-16T19:17:03.97996+01:00",
        "2023-11-16T12:47:03.97996-0530",
        "2023-11-16T20:17:03.97996+02",
        "2023-11-16T18:17:03.979960000000",
    ] {
        assert_eq!(one(text), expected, "{text}");
    }
    assert_eq!(one("2024-05-10 00:00:00+00:00"), Ok(1_715_299_200_000_000_000));
    assert_eq!(one("2024-02-29T00:00Z"), Ok(1_709_164_800_000_000_000));
    assert_eq!(one("1969-12-31T23:59:59Z"), Ok(-1_000_000_000));
    assert_eq!(one("2016-12-31T23:59:60Z"), one("2017-01-01T00:00:00Z"));
}

#[test]
fn dates_that_do_not_exist_are_refused() {
    for text in [
        "2023-02-29 00:00:00",
        "2023-13-01 00:00:00",
        "2023-00-01 00:00:00",
        "2023-04-31 00:00:00",
        "2023-04-00 00:00:00",
        "2023-11-16 24:00:00",
        "2023-11-16 18:60:00",
        "2023-11-16 18:17:61",
        "2023-11-16 18:17:03.",
        "2023-11-16 18:17:03 CET",
        "2023-11-16 18:17:03+1:00",
        "2023-11-16 18:17:03+99:00",
        "3023-11-16 18:17:03",
        "1600-11-16 18:17:03",
        "16/11/2023 18:17:03",
        ":",
    ] {
        assert_eq!(one(text), Err(format!("`{text}` is not a timestamp")));
    }
}

#[test]
fn the_unit_of_a_number_is_judged_by_its_size() {
    for (text, nanos) in [
        ("0", 0),
        ("5", 5_000_000_000),
        ("19440110.0", 19_440_110_000_000_000),
        ("1700158623.97996", 1_700_158_623_979_960_000),
        ("1700158623979.96", 1_700_158_623_979_960_000),
        ("1700158623979960", 1_700_158_623_979_960_000),
        ("1700158623979960000", 1_700_158_623_979_960_000),
        ("1.70015862397996e+09", 1_700_158_623_979_960_000),
    ] {
        assert_eq!(one(text), Ok(nanos), "{text}");
    }
    assert_eq!(one("-5"), Err("`-5` is negative, not a timestamp".into()));
    assert_eq!(one("NaN"), Err("`NaN` is not a timestamp".into()));
    assert_eq!(one("9e30"), Err("`9e30` is outside the years 1678 to 2262".into()));
}

#[test]
fn a_named_unit_is_not_second_guessed() {
    let mut reader = TimestampReader::new(Some(Unit::Milliseconds));
    assert_eq!(reader.read(b"3000").unwrap().nanos, 3_000_000_000);
    assert_eq!(reader.read(b"3000.000001").unwrap().nanos, 3_000_000_001);
    assert_eq!(reader.inferred(), None);
    let last = reader.read(b"200000000000").unwrap();
    assert_eq!((last.nanos, last.base), (200_000_000_000_000_000, TimeBase::TraceStart));
}

#[test]
fn a_file_keeps_the_unit_of_its_first_row() {
    let mut reader = TimestampReader::default();
    assert!(reader.read(b"1700158623979").is_ok());
    let mixed = reader.read(b"1700158623").unwrap_err();
    assert_eq!(
        mixed.message,
        "`1700158623` is out of line with the rows above: milliseconds since 1970"
    );
    let mut reader = TimestampReader::default();
    assert!(reader.read(b"2023-11-16 18:17:03").is_ok());
    assert!(reader.read(b"5").unwrap_err().message.ends_with("the rows above: dates"));
    let mut reader = TimestampReader::default();
    assert!(reader.read(b"5").is_ok());
    assert!(reader.read(b"2023-11-16 18:17:03").is_err());
    assert_eq!(reader.inferred(), Some((Unit::Seconds, TimeBase::TraceStart)));
}

#[test]
fn digits_below_a_nanosecond_are_reported() {
    let cut = |text: &str| TimestampReader::default().read(text.as_bytes()).unwrap().cut;
    assert!(cut("2023-11-16 18:17:03.9799600001"));
    assert!(!cut("2023-11-16 18:17:03.9799600000"));
    assert!(cut("1700158623.0000000001"));
}

proptest! {
    #[test]
    fn dates_agree_with_a_calendar_library(nanos in -9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000) {
        let date = chrono::DateTime::from_timestamp_nanos(nanos);
        prop_assert_eq!(one(&date.format("%Y-%m-%dT%H:%M:%S%.9fZ").to_string()), Ok(nanos));
        let zone = chrono::FixedOffset::west_opt(12_600).unwrap();
        let local = date.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S%.9f%:z").to_string();
        prop_assert_eq!(one(&local), Ok(nanos));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = one(&text);
        let _ = one(&format!("2023-11-16 18:17:03{text}"));
    }
}
