//! What shells and terminals see: completions, manual pages, help, suggestions, colours, pagers, paths.

use crate::book::book;
use crate::cli::text;
use std::fs;
use std::process::{Command, Output, Stdio};

fn ssc(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ssc"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "PAGER", "SSC_PAGER"] {
        command.env_remove(name);
    }
    command.args(arguments).env("COLUMNS", "80").output().unwrap()
}

/// All commands with their subcommands, from the help itself.
fn commands() -> Vec<Vec<String>> {
    let below = |of: &[String]| -> Vec<Vec<String>> {
        let all: Vec<&str> = of.iter().map(String::as_str).chain(["--help"]).collect();
        let help = text(&ssc(&all).stdout);
        let Some((_, list)) = help.split_once("\nCommands:\n") else { return Vec::new() };
        let lines = list.lines().take_while(|l| !l.is_empty());
        // Continuations of a description are indented further.
        let names = lines.filter(|l| l.starts_with("  ") && !l.starts_with("   "));
        let names = names.filter_map(|l| l.split_whitespace().next()).filter(|n| *n != "help");
        names.map(|n| of.iter().cloned().chain([n.to_owned()]).collect()).collect()
    };
    let mut all = below(&[]);
    let inner: Vec<_> = all.iter().flat_map(|c| below(c)).collect();
    all.extend(inner);
    all
}

pub(crate) fn tool(name: &str) -> bool {
    let mut asked = Command::new(name);
    let found = asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        let said = format!("SKIPPED: {name} is not here\n");
        std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes()).unwrap();
    }
    found
}

#[test]
fn every_command_has_examples_first_and_they_name_flags_that_exist() {
    let all = commands();
    assert!(all.len() > 15, "{all:?}");
    for command in all {
        let line: Vec<&str> = command.iter().map(String::as_str).collect();
        let long = text(&ssc(&[&line[..], &["--help"]].concat()).stdout);
        if long.contains("\nCommands:\n") {
            continue;
        }
        let line = line.join(" ");
        let (usage, options) = (long.find("\nUsage:").unwrap(), long.find("Options:").unwrap());
        let examples = long.find("\nExamples:\n").unwrap_or_else(|| panic!("{line}: {long}"));
        assert!(examples < usage && usage < options, "{line}: {long}");
        let shown = &long[examples..usage];
        // Up to the next command of a line.
        let own = shown.lines().filter_map(|l| l.strip_prefix(&format!("  ssc {line} ")));
        let own = own.map(|l| l.split(['|', '&', '>']).next().unwrap());
        for flag in own.flat_map(str::split_whitespace).filter(|w| w.starts_with("--")) {
            assert!(long[usage..].contains(flag.split('=').next().unwrap()), "{line}: {flag}");
        }
        assert!(shown.contains("  ssc "), "{line}: {shown}");
    }
}

#[test]
fn examples_of_the_short_help_come_last() {
    let short = text(&ssc(&["estimate", "-h"]).stdout);
    assert!(short.find("Usage:").unwrap() < short.find("Examples:").unwrap(), "{short}");
}

#[test]
fn slips_of_the_keyboard_are_answered_with_what_was_meant() {
    for (typed, meant) in [
        (&["estimat", "x.yaml"][..], "estimate"),
        (&["recomend"], "recommend"),
        (&["pricing", "shwo"], "show"),
        (&["estimate", "x.yaml", "--platfrom", "lab"], "--platform"),
        (&["completions", "bsh"], "bash"),
        (&["init", "--kind", "chatt"], "chat"),
    ] {
        let output = ssc(typed);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains(&format!("'{meant}'")) && said.contains("tip:"), "{typed:?}: {said}");
    }
}

#[test]
fn scripts_complete_commands_flags_and_ids() {
    let book = book();
    let platform = book.featured().next().unwrap().to_owned();
    let model = book.model_names().into_iter().find(|m| m.starts_with("openai/"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = text(&ssc(&["completions", shell]).stdout);
        for word in ["estimate", "no-free-tier"] {
            assert!(script.contains(word), "{shell} completes {word}");
        }
        // The generators of the others have no values.
        let values = ["bash", "zsh", "fish"].contains(&shell);
        for id in ["settings", &platform].into_iter().chain(model.as_deref()).filter(|_| values) {
            assert!(script.contains(id), "{shell} completes {id}");
        }
    }
    if cfg!(unix) && tool("bash") {
        let folder = tempfile::tempdir().unwrap();
        let script = ssc(&["completions", "bash"]).stdout;
        fs::write(folder.path().join("ssc.bash"), script).unwrap();
        let asked = "source ./ssc.bash; COMP_WORDS=(ssc estimate --platform ''); COMP_CWORD=3; \
                     _ssc ssc '' --platform; printf '%s\\n' \"${COMPREPLY[@]}\"";
        let mut shell = Command::new("bash");
        shell.args(["-c", asked]).current_dir(folder.path());
        let offered = text(&shell.output().unwrap().stdout);
        for id in book.featured() {
            assert!(offered.lines().any(|line| line == id), "{id} in {offered}");
        }
    }
}

#[test]
fn manual_pages_exist_for_every_command_and_are_the_same_every_day() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("my pages");
    assert!(ssc(&["man", pages.to_str().unwrap()]).status.success());
    for command in commands() {
        let name = format!("ssc-{}.1", command.join("-"));
        let page = fs::read_to_string(pages.join(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(page.contains(".SH SYNOPSIS") && page.contains("\\-\\-quiet"), "{name}");
    }
    let page = fs::read_to_string(pages.join("ssc.1")).unwrap();
    assert!(page.contains(".SH EXAMPLES") && page.contains("ssc estimate"), "{page}");
    assert_eq!(page, text(&ssc(&["man"]).stdout));
    assert_eq!(page, text(&ssc(&["man"]).stdout), "no date in it");
}

/// Whether the rules are shown in colour.
fn colored(variables: &[(&str, &str)], flags: &[&str]) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ssc"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    let arguments = [&["pricing", "list"], flags].concat();
    let output = command.args(arguments).envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success());
    output.stdout.contains(&0x1b)
}

#[test]
fn colours_follow_the_flag_then_the_environment_then_the_terminal() {
    assert!(!colored(&[], &[]), "a pipe has none");
    assert!(colored(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!colored(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(!colored(&[("CLICOLOR_FORCE", "")], &[]), "an empty one says nothing");
    assert!(colored(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(!colored(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
}

#[test]
#[cfg(target_os = "linux")]
fn a_tall_result_goes_through_the_pager_on_a_terminal_only() {
    if !tool("script") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("pager"), "#!/bin/sh\necho PAGED\nwc -l\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(here.join("pager"), mode).unwrap();
    let run = |arguments: &str, pager: &str| {
        // Stdin is the terminal that `script` makes.
        let line = format!("stty rows 20 cols 80; {} {arguments}", env!("CARGO_BIN_EXE_ssc"));
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).current_dir(here);
        script.env("SSC_PAGER", pager).env_remove("COLUMNS");
        text(&script.stdin(Stdio::null()).output().unwrap().stdout)
    };
    assert!(run("pricing list", "./pager").contains("PAGED"));
    assert!(!run("pricing list --pager never", "./pager").contains("PAGED"));
    assert!(!run("explain", "cat").contains("PAGED"), "cat is no pager");
    assert!(run("pricing list", "./missing").lines().count() > 30, "a missing one is passed over");
    assert!(!run("completions nu", "./pager").contains("PAGED"), "errors are never paged");
    let mut piped = Command::new(env!("CARGO_BIN_EXE_ssc"));
    piped.args(["pricing", "list"]).env("SSC_PAGER", here.join("pager"));
    let piped = piped.output().unwrap();
    assert!(!text(&piped.stdout).contains("PAGED"), "a pipe has no pager");
}

#[test]
fn odd_paths_are_read_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let names: &[&str] = if cfg!(windows) {
        &["größe of ünits.yaml", "日本.yaml"]
    } else {
        &["größe of ünits.yaml", "日本.yaml", "back\\slash.yaml", "-dash.yaml", "it's.yaml"]
    };
    for name in names {
        let inside = folder.path().join("a folder");
        fs::create_dir_all(&inside).unwrap();
        let path = inside.join(name);
        let file = path.to_str().unwrap();
        let made = ssc(&["init", file, "--kind", "chat", "--rate", "90/day"]);
        assert!(made.status.success(), "{name}: {}", text(&made.stderr));
        let out = inside.join(format!("{name}.json"));
        let done = ssc(&["estimate", file, "--format", "json", "-o", out.to_str().unwrap()]);
        assert!(done.status.success(), "{name}: {}", text(&done.stderr));
        let result: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(out).unwrap()).unwrap();
        assert_eq!(result["schema"], "ssc/estimate/1", "{name}");
    }
}
