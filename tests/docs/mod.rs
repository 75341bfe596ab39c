//! The documents: every command on a page is run, what is shown is what is printed, and links lead somewhere.
//!
//! `SSC_DOCS=write` makes shown outputs fresh: as many lines as now stand before and after the `…`.
//! `SSC_DOCS_PAGE=docs/tour.md` looks at one page only.

mod folder;
mod page;
mod tour_trace;

use crate::book::has_all;
use crate::cli::{root, text};
use folder::Folder;
use page::{Page, SHELL, Step, explanations, pages};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

/// Commands on pages that are not run here, and why. A last blank stands for any arguments.
const NOT_RUN: [(&str, &str); 4] = [
    ("cargo ", "builds the program or runs the tests, of which this is one"),
    ("docker ", "needs a daemon and an image of minutes"),
    ("benches/peers.py ", "installs other tools and replays 20 million requests"),
    ("ssc init", "asks on a terminal"),
];

fn is_run(command: &str) -> bool {
    let matches = |known: &str| {
        command == known || known.ends_with(' ') && format!("{command} ").starts_with(known)
    };
    !NOT_RUN.iter().any(|(known, _)| matches(known))
}

/// Where a page's lines stand for others.
const ELISION: &str = "…";

/// Whether output is what is shown; `…` stands for any lines.
fn agrees(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&ELISION, rest)) => (0..=printed.len()).any(|n| agrees(rest, &printed[n..])),
        Some((first, rest)) => {
            printed.split_first().is_some_and(|(p, more)| p == first && agrees(rest, more))
        }
    }
}

fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|l| l.is_empty()) {
        lines.pop();
    }
    lines
}

/// What should be shown, with as much left out as now.
fn fresh(shown: &[&str], printed: &[&str]) -> Vec<String> {
    let all = || printed.iter().map(|&l| l.to_owned()).collect();
    let Some(at) = shown.iter().position(|&l| l == ELISION) else { return all() };
    let after = shown.len() - at - 1;
    if at + after >= printed.len() {
        return all();
    }
    let tail = &printed[printed.len() - after..];
    let parts = [&printed[..at], &[ELISION][..], tail];
    parts.concat().into_iter().map(str::to_owned).collect()
}

/// Pages show the prices of one day: commands that name none get it.
fn dated(command: &str, files: &str) -> String {
    let day = "--pricing-date 2026-11-23";
    let says = command.contains("--pricing-date") || files.contains("pricing_date:");
    let mut words = command.splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (
            Some("ssc"),
            Some(word @ ("estimate" | "compare" | "recommend" | "check")),
            Some(rest),
        ) if !says => {
            format!("ssc {word} {day} {rest}")
        }
        _ => command.to_owned(),
    }
}

/// What is wrong with a step, and what should be shown where that would put it right.
type Wrong = (String, Option<Vec<String>>);

/// Runs one command of a page in a folder.
fn attempt(page: &Page, step: &Step, here: &Folder) -> Option<Wrong> {
    let shown = page.lines[step.shown.clone()].join("\n");
    here.scenarios(!shown.is_empty());
    let named = step.command.split([' ', '\n']).filter(|w| w.ends_with(".yaml"));
    let files: String = named.filter_map(|w| fs::read_to_string(here.at(w)).ok()).collect();
    let tools = !step.command.contains("| jq") || crate::shells::tool("jq");
    if !tools || !has_all(&format!("{}\n{files}\n{shown}", step.command)) {
        return None;
    }
    let line = if shown.is_empty() { step.command.clone() } else { dated(&step.command, &files) };
    let output = here.run(&line);
    let (stdout, place) = (text(&output.stdout), format!("{}: {}", page.name, step.command));
    if !output.status.success() {
        return Some((format!("{place}\nfailed: {}", text(&output.stderr)), None));
    }
    if shown.is_empty() || agrees(&lines(&shown), &lines(&stdout)) {
        return None;
    }
    let now = fresh(&lines(&shown), &lines(&stdout));
    let said = format!("{place}\nshows\n{shown}\nbut prints\n{}", now.join("\n"));
    Some((said, Some(now)))
}

/// Whether a command may leave a file that a later one reads.
fn writes(command: &str) -> bool {
    [" -o ", "--apply", ">", "ssc init", "cp "].iter().any(|w| command.contains(w))
}

/// What has to be different for a page to be right; writes it there if that was asked for.
fn run(page: &Page, reader: &Folder) -> Vec<String> {
    let steps: Vec<Step> = page.steps().into_iter().filter(|s| is_run(&s.command)).collect();
    let wrong: Vec<Option<Wrong>> = if steps.iter().any(|s| writes(&s.command)) {
        let here = reader.again();
        steps.iter().map(|step| attempt(page, step, &here)).collect()
    } else {
        steps.par_iter().map(|step| attempt(page, step, &reader.again())).collect()
    };
    if std::env::var_os("SSC_DOCS").is_some_and(|v| v == "write")
        && root().join(&page.name).exists()
    {
        let mut all = page.lines.clone();
        for (step, wrong) in steps.iter().zip(&wrong).rev() {
            if let Some((_, Some(now))) = wrong {
                all.splice(step.shown.clone(), now.iter().cloned());
            }
        }
        fs::write(root().join(&page.name), all.join("\n") + "\n").unwrap();
    }
    wrong.into_iter().flatten().map(|(said, _)| said).collect()
}

#[test]
fn every_command_on_a_page_does_what_the_page_says() {
    let reader = Folder::of_a_reader();
    let mut pages = pages();
    if let Ok(one) = std::env::var("SSC_DOCS_PAGE") {
        pages.retain(|p| p.name == one);
        let wrong: Vec<_> = pages.iter().flat_map(|page| run(page, &reader)).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
        return;
    }
    let wrong: Vec<_> = pages.par_iter().flat_map(|page| run(page, &reader)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let all: Vec<String> = pages.iter().flat_map(|p| p.steps()).map(|s| s.command).collect();
    assert!(all.iter().filter(|c| is_run(c)).count() > 60, "{all:#?}");
    for (known, _) in NOT_RUN {
        let stem = known.trim_end();
        assert!(all.iter().any(|c| c.starts_with(stem)), "no page has `{stem}` any more");
    }
}

#[test]
fn commands_stand_where_they_are_run() {
    for page in pages() {
        for block in page.blocks().iter().filter(|b| !SHELL.contains(&b.language.as_str())) {
            let typed = block.lines.iter().find(|l| l.starts_with("$ ") || l.starts_with("ssc "));
            assert!(typed.is_none(), "{}: not in a block that is run: {typed:?}", page.name);
        }
        for line in page.prose() {
            let code = line.strip_prefix("    ").unwrap_or_default();
            let typed = ["ssc ", "cargo ", "$ "].iter().any(|start| code.starts_with(start));
            assert!(!typed, "{}: not in a block that is run: {line}", page.name);
        }
    }
}

/// The help of a command, by its words; `None` where there is no such command.
fn help(of: &[&str]) -> Option<String> {
    let mut ssc = Command::new(env!("CARGO_BIN_EXE_ssc"));
    let output = ssc.args(of).arg("--help").output().unwrap();
    output.status.success().then(|| text(&output.stdout))
}

/// Commands within sentences, and those of `ssc explain`, name commands and flags that exist.
#[test]
fn commands_in_sentences_exist() {
    let mut seen = BTreeMap::new();
    let mut count = 0;
    for page in pages().iter().chain(&explanations()) {
        let code = page.inline_code();
        let indented = page.lines.iter().filter_map(|l| l.strip_prefix("    "));
        for line in code.iter().map(String::as_str).chain(indented) {
            let Some(rest) = line.strip_prefix("ssc ") else { continue };
            let plain = |w: &&str| w.bytes().all(|b| b.is_ascii_lowercase());
            let words: Vec<_> = rest.split(' ').take_while(plain).take(2).collect();
            let mut of = |words: &[&str]| -> Option<String> {
                let key = words.join(" ");
                seen.entry(key).or_insert_with(|| help(words)).clone()
            };
            let first = words.get(..1).and_then(&mut of);
            let Some(first) = first.or_else(|| rest.starts_with('-').then(|| help(&[])).flatten())
            else {
                panic!("{}: no such command: {line}", page.name)
            };
            let inner = first.contains("\nCommands:\n").then(|| words.get(..2)).flatten();
            let help = inner.map_or(Some(first), of);
            let help = help.unwrap_or_else(|| panic!("{}: no such command: {line}", page.name));
            for flag in rest.split(' ').filter(|w| w.starts_with("--")) {
                let name: String =
                    flag.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
                assert!(help.contains(&name), "{}: no `{name}` in: {line}", page.name);
            }
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let mut count = 0;
    for page in &pages {
        let folder = root().join(&page.name).parent().unwrap().to_owned();
        for link in page.links() {
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            count += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { root().join(&page.name) } else { folder.join(path) };
            let found = fs::canonicalize(&target);
            let found = found.unwrap_or_else(|_| panic!("{}: {link} is not there", page.name));
            if !anchor.is_empty() {
                let of = |p: &&Page| fs::canonicalize(root().join(&p.name)).unwrap() == found;
                let page_of = pages.iter().find(of).unwrap();
                assert!(page_of.anchors().contains(anchor), "{}: no heading {link}", page.name);
            }
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn yaml_on_pages_is_yaml() {
    for page in pages() {
        for block in page.blocks().iter().filter(|b| b.language == "yaml") {
            let text = block.lines.join("\n");
            let read = serde_yaml::from_str::<serde_json::Value>(&text);
            assert!(read.is_ok(), "{}:{}: {}", page.name, block.start, read.unwrap_err());
        }
    }
}

#[test]
fn the_first_scenario_is_the_shipped_one() {
    let page = pages().into_iter().find(|p| p.name == "README.md").unwrap();
    let blocks = page.blocks();
    let shown = blocks.iter().find(|b| b.language == "yaml").unwrap();
    let shipped = include_str!("../../scenarios/chat.yaml");
    let body: Vec<_> = shipped.lines().filter(|l| !l.starts_with('#')).collect();
    assert_eq!(shown.lines, body);
}

#[test]
fn every_shipped_scenario_is_in_the_cookbook() {
    let page = pages().into_iter().find(|p| p.name == "docs/cookbook.md").unwrap();
    let commands: Vec<_> = page.steps().into_iter().map(|s| s.command).collect();
    for folder in ["scenarios", "scenarios/recommend"] {
        for path in fs::read_dir(root().join(folder)).unwrap().map(|e| e.unwrap().path()) {
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            let used = commands.iter().any(|c| c.split(' ').any(|w| w == name));
            assert!(used || !name.ends_with(".yaml"), "{name}");
        }
    }
}

/// The rules of this file, on a page of its own making.
#[test]
fn a_page_that_is_wrong_is_found() {
    assert!(agrees(&["a", ELISION, "d"], &["a", "b", "c", "d"]));
    assert!(agrees(&["a", ELISION], &["a"]));
    for (shown, printed) in [
        (&["a", "b"][..], &["a"][..]),
        (&["a"], &["a", "b"]),
        (&["a", ELISION, "d"], &["a", "b", "c"]),
        (&[ELISION, "b"], &["b", "a"]),
    ] {
        assert!(!agrees(shown, printed), "{shown:?} {printed:?}");
    }
    assert_eq!(fresh(&["x", ELISION, "y"], &["a", "b", "c"]), ["a", ELISION, "c"]);
    let source = "```console\n$ echo one\n> two\nout\n$ false\n```\n";
    let page = Page { name: "x.md".into(), lines: source.lines().map(str::to_owned).collect() };
    let steps = page.steps();
    assert_eq!(steps[0].command, "echo one\ntwo");
    assert_eq!(page.lines[steps[0].shown.clone()], ["out"]);
    assert!(steps[1].shown.is_empty() && is_run("ssc init x.yaml") && !is_run("ssc init"));
    let wrong = run(&page, &Folder::of_a_reader());
    assert_eq!(wrong.len(), 2, "{wrong:?}");
}
