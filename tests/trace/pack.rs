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
    insta::assert_snapshot!(pack(at, &["a.csv", "-o", "a.ssct"]), @"");
    insta::assert_snapshot!(pack(at, &["a.csv", "b.csv", "-o", "ab.ssct"]), @"");
    let slice = ["--from", "2024-05-10T00:00:02Z", "--until", "2024-05-11", "--workload", "chat"];
    insta::assert_snapshot!(pack(at, &[&["a.ssct", "-o", "c.ssct"], &slice[..]].concat()), @"");
    assert_eq!(pack(at, &["a.csv", "-o", "quiet.ssct", "--quiet"]), "");
    assert_eq!(names(at), ["a.csv", "a.ssct", "ab.ssct", "b.csv", "c.ssct", "quiet.ssct"]);
}

#[test]
fn an_estimate_is_the_same_from_the_packed_trace() {
    let folder = folder(&[("t.csv", &shuffled(3_000))]);
    pack(folder.path(), &["t.csv", "-o", "t.ssct"]);
    let estimate = |trace: &str| {
        let platform = ["--platform", "lab", "--pricing-date", "2026-11-23", "--window", "1h"];
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
    insta::assert_snapshot!(fails(&["bad.csv", "-o", "kept.ssct"]), @"");
    insta::assert_snapshot!(fails(&["a.csv", "relative.csv", "-o", "kept.ssct"]), @"");
    insta::assert_snapshot!(fails(&["a.csv", "-o", "kept.ssct", "--from", "10m"]), @"");
    insta::assert_snapshot!(fails(&["a.csv", "-o", "kept.ssct", "--workload", "caht"]), @"");
    insta::assert_snapshot!(fails(&["a.csv", "-o", "."]), @"");
    insta::assert_snapshot!(fails(&["a.csv", "-o", "nowhere/a.ssct"]), @"");
    insta::assert_snapshot!(fails(&["kept.ssct", "-o", "b.ssct"]), @"");
    insta::assert_snapshot!(fails(&["a.csv", "-o", "b.ssct", "--memory", "lots"]), @"");
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
    insta::assert_snapshot!(fails("cut.ssct"), @"");
    insta::assert_snapshot!(fails("newer.ssct"), @"");
    insta::assert_snapshot!(fails("flipped.ssct"), @"");
    let columns = ["--platform", "lab", "--column", "timestamp=When"];
    insta::assert_snapshot!(fails_with(&[&["estimate", "a.ssct"], &columns[..]].concat(), at), @"");
}

/// Stopped half way, nothing stands under the final name, and the next run takes away what is left.
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
    child.stdin.as_mut().unwrap().write_all(shuffled(60_000).as_bytes()).unwrap();
    let part = at.join("out.ssct.part");
    let waited = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        fs::metadata(&part).is_ok_and(|m| m.len() > 1_000)
    });
    assert!(waited, "nothing was written");
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert!(!child.wait().unwrap().success());
    assert!(!at.join("out.ssct").exists());
    pack(at, &["a.csv", "-o", "out.ssct"]);
    assert_eq!(names(at), ["a.csv", "out.ssct"]);
}
