//! `ssc trace pack`, as people run it.

use crate::cli::{fails_with, ssc, text};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Rows that are out of order, with labels.
fn shuffled(rows: u64) -> String {
    let mut csv = String::from("timestamp_ms,duration_ms,input_tokens,output_tokens,workload\n");
    for i in 0..rows {
        let n = i.wrapping_mul(2_654_435_761) % 1_000_003;
        let label = if n % 2 == 0 { "chat" } else { "search" };
        writeln!(csv, "{n},{},{},{i},{label}", n % 9_973, n % 777).unwrap();
    }
    csv
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// Runs `ssc trace pack`, which must succeed; gives what it says.
fn pack(folder: &Path, arguments: &[&str]) -> String {
    let output = ssc(&[&["trace", "pack"], arguments].concat(), folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
    text(&output.stderr)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const SMALL: &str = "timestamp,duration_ms,output_tokens,workload\n\
                     2024-05-10T00:00:03Z,1500,30,chat\n\
                     2024-05-10T00:00:01Z,1500,10,search\n\
                     2024-05-10T00:00:02Z,1500,20,chat\n";

#[test]
fn the_summary_says_what_was_packed() {
    let folder = folder(&[("a.csv", SMALL), ("b.csv", SMALL)]);
    let at = folder.path();
    insta::assert_snapshot!(pack(at, &["a.csv", "-o", "a.ssct"]), @r"
    3 requests in a.ssct
      arrivals  2024-05-10 00:00:01Z to 2024-05-10 00:00:03Z, 2s
      size      378 B, from 149 B: 126.0 bytes a request
      note      2 rows stood below a later arrival, the furthest by 2s: sorted by arrival
    ");
    insta::assert_snapshot!(pack(at, &["a.csv", "b.csv", "-o", "ab.ssct"]), @r"
    6 requests in ab.ssct
      arrivals  2024-05-10 00:00:01Z to 2024-05-10 00:00:03Z, 2s
      size      469 B, from 298 B: 78.2 bytes a request
      sorting   2 sorted parts merged
      note      a.csv: 2 rows stood below a later arrival, the furthest by 2s: sorted by arrival
      note      b.csv: 2 rows stood below a later arrival, the furthest by 2s: sorted by arrival
    ");
    let slice = ["--from", "2024-05-10T00:00:02Z", "--until", "2024-05-11", "--workload", "chat"];
    insta::assert_snapshot!(pack(at, &[&["a.ssct", "-o", "c.ssct"], &slice[..]].concat()), @r"
    2 requests in c.ssct
      arrivals  2024-05-10 00:00:02Z to 2024-05-10 00:00:03Z, 1s
      size      405 B, from 378 B: 202.5 bytes a request
      note      2 rows stood below a later arrival, the furthest by 2s: sorted by arrival
      note      2 of 3 requests were kept
    ");
    assert_eq!(pack(at, &["a.csv", "-o", "quiet.ssct", "--quiet"]), "");
    assert_eq!(names(at), ["a.csv", "a.ssct", "ab.ssct", "b.csv", "c.ssct", "quiet.ssct"]);
}

#[test]
fn an_estimate_is_the_same_from_the_packed_trace() {
    let folder = folder(&[("t.csv", &shuffled(3_000))]);
    pack(folder.path(), &["t.csv", "-o", "t.ssct"]);
    let estimate = |trace: &str| {
        let platform =
            ["--platform", "lab", "--pricing-date", "2026-11-23", "--projection", "none"];
        let format = ["--format", "json"];
        let output = ssc(&[&["estimate", trace], &platform[..], &format].concat(), folder.path());
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).replace("t.csv", "t.ssct")
    };
    assert_eq!(estimate("t.csv"), estimate("t.ssct"));
}

#[test]
fn what_is_larger_than_memory_is_sorted_through_files() {
    let folder = folder(&[("t.csv", &shuffled(200_000))]);
    let at = folder.path();
    let whole = pack(at, &["t.csv", "-o", "whole.ssct"]);
    assert!(!whole.contains("merged"), "{whole}");
    fs::create_dir(at.join("temp")).unwrap();
    let parts = pack(at, &["t.csv", "-o", "parts.ssct", "--memory", "1MiB", "--temp", "temp"]);
    assert!(parts.contains("sorted parts merged"), "{parts}");
    assert_eq!(names(&at.join("temp")), [""; 0]);
    assert_eq!(fs::read(at.join("whole.ssct")).unwrap(), fs::read(at.join("parts.ssct")).unwrap());
    // Sorted already, it goes through in one piece.
    let sorted = pack(at, &["parts.ssct", "-o", "again.ssct", "--memory", "1MiB"]);
    assert!(!sorted.contains("merged"), "{sorted}");
    assert_eq!(fs::read(at.join("whole.ssct")).unwrap(), fs::read(at.join("again.ssct")).unwrap());
}

#[test]
fn mistakes_leave_nothing_behind() {
    let folder = folder(&[
        ("a.csv", SMALL),
        ("bad.csv", "timestamp,output_tokens\n1,2\n2,many\n"),
        ("relative.csv", "timestamp_s\n1\n"),
    ]);
    let at = folder.path();
    fs::write(at.join("kept.ssct"), "what was here").unwrap();
    let fails = |arguments: &[&str]| fails_with(&[&["trace", "pack"], arguments].concat(), at);
    insta::assert_snapshot!(fails(&["bad.csv", "-o", "kept.ssct"]), @r"
    exit 2
    error: row 2: `many` is not a whole number of tokens
     --> bad.csv:3:3
      |
    3 | 2,many
      |   ^^^^ in column `output_tokens`
      |
      = note: allowed: a whole number such as `120`, or an empty cell if it is not known
      = hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(fails(&["a.csv", "relative.csv", "-o", "kept.ssct"]), @r"
    exit 2
    error: the traces do not count from the same start
     |
     = note: one has dates, another counts from its start
     = hint: pack them one by one
    ");
    insta::assert_snapshot!(fails(&["a.csv", "-o", "kept.ssct", "--from", "10m"]), @r"
    exit 2
    error: `--from` is a time from the start, but the trace has dates
     |
     = hint: give a date such as 2024-05-10T08:00Z
    ");
    insta::assert_snapshot!(fails(&["a.csv", "-o", "kept.ssct", "--workload", "caht"]), @r"
    exit 2
    error: no request is left
     |
     = note: 3 requests were read, none is between `--from` and `--until` and of the `--workload`
     = hint: look at the trace with `ssc trace inspect`
    ");
    insta::assert_snapshot!(fails(&["a.csv", "-o", "."]), @r"
    exit 2
    error: cannot write `.`: it is a directory
     |
     = hint: name a file, such as `trace.ssct`
    ");
    insta::assert_snapshot!(fails(&["a.csv", "-o", "nowhere/a.ssct"]), @r"
    exit 2
    error: cannot write to `nowhere`: it is no folder
    ");
    insta::assert_snapshot!(fails(&["kept.ssct", "-o", "b.ssct"]), @r"
    exit 2
    error: the trace has no `timestamp` column
     --> kept.ssct:1:1
      |
    1 | what was here
      | ^^^^^^^^^^^^^ none of these says when requests arrive
      |
      = note: columns found: `what was here`
      = hint: name it: `--column timestamp=HEADER`, or `timestamp: HEADER` under `columns:` in a scenario
    ");
    insta::assert_snapshot!(fails(&["a.csv", "-o", "b.ssct", "--memory", "lots"]), @r"
    exit 2
    error: invalid value 'lots' for '--memory <SIZE>': expected a size of 1MiB or more, such as 256MiB or 2GiB

    For more information, try '--help'.
    ");
    assert_eq!(names(at), ["a.csv", "bad.csv", "kept.ssct", "relative.csv"]);
    assert_eq!(fs::read(at.join("kept.ssct")).unwrap(), b"what was here");
}

#[test]
fn a_damaged_pack_is_refused_wherever_it_is_named() {
    let folder = folder(&[("a.csv", SMALL)]);
    let at = folder.path();
    pack(at, &["a.csv", "-o", "a.ssct"]);
    let whole = fs::read(at.join("a.ssct")).unwrap();
    let mut newer = whole.clone();
    newer[8] = 9;
    let mut flipped = whole.clone();
    flipped[30] ^= 4;
    for (name, bytes) in [
        ("cut.ssct", &whole[..whole.len() - 1]),
        ("newer.ssct", &newer),
        ("flipped.ssct", &flipped),
    ] {
        fs::write(at.join(name), bytes).unwrap();
    }
    let fails = |name: &str| fails_with(&["estimate", name, "--platform", "lab"], at);
    insta::assert_snapshot!(fails("cut.ssct"), @r"
    exit 2
    error: the packed trace is cut off
     |
     = note: in cut.ssct
     = hint: copy the file again, or make it again with `ssc trace pack`
    ");
    insta::assert_snapshot!(fails("newer.ssct"), @r"
    exit 2
    error: the packed trace was made by a newer ssc
     |
     = note: its format has version 9, this ssc reads 1
     = note: in newer.ssct
     = hint: install the newer ssc, or pack the trace again with this one
    ");
    insta::assert_snapshot!(fails("flipped.ssct"), @r"
    exit 2
    error: the packed trace is damaged: rows 1 to 3: their checksum is wrong
     |
     = note: in flipped.ssct
     = hint: copy the file again, or make it again with `ssc trace pack`
    ");
    let columns = ["--platform", "lab", "--column", "timestamp=When"];
    insta::assert_snapshot!(fails_with(&[&["estimate", "a.ssct"], &columns[..]].concat(), at), @r"
    exit 2
    error: a packed trace has its columns already
     |
     = note: in a.ssct
     = hint: leave `format` and `columns` out; they are for packing it
    ");
}

/// Stopped half way, nothing stands under the final name, and the next run takes away what is left.
/// Ctrl-C does the same, but some shells keep it from what they run in the background.
#[cfg(unix)]
#[test]
fn stopping_leaves_nothing_under_the_final_name() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    let folder = folder(&[("a.csv", SMALL)]);
    let at = folder.path();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(["trace", "pack", "/dev/stdin", "-o", "out.ssct", "--memory", "1MiB"])
        .current_dir(at)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // Enough rows for the first run to be written, and no end.
    child.stdin.as_mut().unwrap().write_all(shuffled(600_000).as_bytes()).unwrap();
    let part = at.join("out.ssct.part");
    let waited = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        fs::metadata(&part).is_ok_and(|m| m.len() > 1_000)
    });
    assert!(waited, "nothing was written");
    let kill = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert!(!child.wait().unwrap().success());
    assert!(!at.join("out.ssct").exists());
    pack(at, &["a.csv", "-o", "out.ssct"]);
    assert_eq!(names(at), ["a.csv", "out.ssct"]);
}
