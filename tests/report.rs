//! `ssc report` as a command: where the page goes, and what is refused.

use std::path::Path;
use std::process::{Command, Output};

const SMALL: &str = "\
workloads:
  - name: chat
    platform: aws-lambda
    arrivals: { pattern: steady, rate: 100/month }
    llm: openai/gpt-6-luna
";

fn ssc(folder: &Path, arguments: &[&str]) -> Output {
    let quick = ["--no-recommend", "--platforms", "aws-lambda,cloud-run"];
    Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(["report", "--pricing-date", "2026-11-23"])
        .args(arguments)
        .args(if arguments.contains(&"--only") { &quick[1..] } else { &quick })
        .current_dir(folder)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_page_is_a_file_with_the_inputs_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("in")).unwrap();
    std::fs::write(at("in/chat.yaml"), SMALL).unwrap();
    let done = ssc(folder.path(), &["in/chat.yaml"]);
    assert!(done.status.success(), "{}", said(&done));
    assert!(done.stdout.is_empty());
    let page = std::fs::read_to_string(at("chat.html")).unwrap();
    let size = page.len().div_ceil(1_000);
    assert_eq!(said(&done), format!("wrote chat.html ({size} kB): open it in a browser\n"));
    // A page of ours is made anew, byte for byte the same; on stdout too.
    let again = ssc(folder.path(), &["in/chat.yaml", "--quiet"]);
    assert_eq!((again.status.success(), said(&again)), (true, String::new()));
    assert_eq!(std::fs::read_to_string(at("chat.html")).unwrap(), page);
    let piped = ssc(folder.path(), &["in/chat.yaml", "-o", "-", "--threads", "1"]);
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), page);
    // Traffic is swept without being asked for.
    assert!(page.contains("Cost by traffic") && page.contains("<th scope=\"row\">10x</th>"));
    assert!(!page.contains("id=\"plan\""));
}

#[test]
fn what_others_made_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("chat.yaml"), SMALL).unwrap();
    std::fs::write(folder.path().join("chat.html"), "<p>mine</p>").unwrap();
    let refused = ssc(folder.path(), &["chat.yaml"]);
    assert_eq!(refused.status.code(), Some(2));
    insta::assert_snapshot!(said(&refused));
    let text = std::fs::read_to_string(folder.path().join("chat.html")).unwrap();
    assert_eq!(text, "<p>mine</p>");
    for arguments in [["chat.yaml", "-o", "chat.yaml"], ["chat.yaml", "-o", "no/where.html"]] {
        assert_eq!(ssc(folder.path(), &arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn what_was_asked_for_is_there_or_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("chat.yaml"), SMALL).unwrap();
    std::fs::write(folder.path().join("t.csv"), "timestamp,duration_ms\n0,900\n1,800\n").unwrap();
    let fails = |arguments: &[&str], why: &str| {
        let output = ssc(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(why), "{}", said(&output));
        assert!(!folder.path().join("x.html").exists());
    };
    fails(&["t.csv", "-o", "x.html"], "--platform");
    fails(&["chat.yaml", "-o", "x.html", "--sweep", "traffic=1x"], "--sweep");
    fails(&["chat.yaml", "-o", "x.html", "--only", "nonsense"], "nonsense");
    fails(&["chat.yaml", "-o", "x.html", "--only", "settings", "--time-limit", "soon"], "soon");
    fails(&["chat.yaml", "-o", "x.html", "--region", "nowhere"], "nowhere");
    // Too few days for a range, and that is said.
    let page =
        ssc(folder.path(), &["t.csv", "-o", "-", "--platform", "aws-lambda", "--window", "6h"]);
    let text = String::from_utf8(page.stdout).unwrap();
    assert!(
        text.contains("at least 7 days are needed"),
        "{}",
        String::from_utf8_lossy(&page.stderr)
    );
}
