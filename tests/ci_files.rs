//! Files for CI: they parse, say what their readers require, and their scripts do what they promise.

use crate::cli::{root, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&read(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn workflows() -> Vec<String> {
    let entries = fs::read_dir(root().join(".github/workflows")).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.map(|n| format!(".github/workflows/{n}")).collect();
    names.sort();
    names
}

const SCRIPTS: [&str; 4] = [
    ".github/action/install.sh",
    ".github/action/check.sh",
    ".github/action/comment.sh",
    ".github/release/package.sh",
];

/// What stands between `before` and the next character that is no part of a name.
fn names_after<'a>(text: &'a str, before: &str) -> BTreeSet<&'a str> {
    let name = |rest: &'a str| {
        rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next().unwrap()
    };
    text.match_indices(before).map(|(at, _)| name(&text[at + before.len()..])).collect()
}

/// A step has one of `run` and `uses`; what is used is pinned, and scripts have no expression in them
/// that somebody outside could write.
fn step(step: &Value, composite: bool, place: &str) {
    let (run, uses) = (step["run"].as_str(), step["uses"].as_str());
    assert!(run.is_some() != uses.is_some(), "{place}: {step}");
    if let Some(run) = run {
        assert!(!run.contains("${{"), "{place}: values go through `env`: {run}");
        assert!(!composite || step["shell"] == "bash", "{place}: {run}");
    }
    if let Some(uses) = uses.filter(|u| *u != "./") {
        let (_, version) = uses.split_once('@').unwrap_or_else(|| panic!("{place}: {uses}"));
        assert!(version.starts_with('v') || version.len() == 40, "{place}: {uses}");
    }
}

#[test]
fn the_action_has_what_the_metadata_syntax_requires() {
    let (source, action) = (read("action.yml"), yaml("action.yml"));
    for key in ["name", "description"] {
        assert!(!action[key].as_str().unwrap().is_empty(), "{key}");
    }
    assert_eq!(action["runs"]["using"], "composite");
    for each in action["runs"]["steps"].as_array().unwrap() {
        step(each, true, "action.yml");
    }
    let inputs = action["inputs"].as_object().unwrap();
    for (name, input) in inputs {
        assert!(input["description"].is_string(), "{name}");
        assert!(input["default"].is_string() != (input["required"] == true), "{name}");
    }
    let declared: BTreeSet<_> = inputs.keys().map(String::as_str).collect();
    assert_eq!(declared, names_after(&source, "inputs."), "inputs that are declared and used");
    // Outputs come from a step that exists and from names that its script writes.
    let written = read(".github/action/check.sh");
    for name in names_after(&source, "steps.check.outputs.") {
        assert!(written.contains(&format!("echo \"{name}=")), "{name}");
    }
    // Every variable a step sets is read by a script or by the runner's tools, and exists.
    for name in names_after(&source, "  SSC_").iter().map(|n| format!("SSC_{n}")) {
        let read_by = SCRIPTS.iter().any(|s| read(s).contains(&name))
            || source.contains(&format!("\"${name}\""));
        assert!(read_by, "{name}");
    }
}

#[test]
fn workflows_are_limited_pinned_and_free_of_injections() {
    let all = workflows();
    assert!(all.len() >= 3, "{all:?}");
    for path in all {
        let workflow = yaml(&path);
        assert!(workflow["on"].is_object() && workflow["name"].is_string(), "{path}");
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            assert!(
                job["runs-on"].is_string() && job["timeout-minutes"].is_u64(),
                "{path}: {name}"
            );
            for each in job["steps"].as_array().unwrap() {
                step(each, false, &path);
            }
        }
    }
    let release = yaml(".github/workflows/release.yml");
    assert_eq!(release["permissions"]["contents"], "read");
    assert_eq!(release["jobs"]["publish"]["permissions"]["contents"], "write");
}

#[test]
fn archives_have_one_name_everywhere() {
    let release = yaml(".github/workflows/release.yml");
    let matrix = release["jobs"]["build"]["strategy"]["matrix"]["include"].as_array().unwrap();
    let install = read(".github/action/install.sh");
    for each in matrix {
        let target = each["target"].as_str().unwrap();
        assert!(install.contains(&format!("echo {target} ;;")), "the action installs {target}");
    }
    assert_eq!(install.matches(" ;;").count(), matrix.len(), "and no other");
    assert!(install.contains("archive=ssc-v$version-$target.$ending"));
    assert!(read(".github/release/package.sh").contains("name=ssc-v$version-$target\n"));
    let manifest = read("Cargo.toml");
    assert!(
        manifest.contains("/v{ version }/{ name }-v{ version }-{ target }{ archive-suffix }\"")
    );
    assert!(
        manifest.contains("bin-dir = \"{ name }-v{ version }-{ target }/{ bin }{ binary-ext }\"")
    );
}

#[test]
fn hooks_snippets_and_the_image_have_what_they_need() {
    for hook in yaml(".pre-commit-hooks.yaml").as_array().unwrap() {
        for key in ["id", "name", "entry", "language"] {
            assert!(hook[key].is_string(), "{key}: {hook}");
        }
        assert_eq!((&hook["entry"], &hook["pass_filenames"]), (&"ssc check".into(), &false.into()));
    }
    let gitlab = read("docs/ci-snippets/gitlab.yml");
    let (head, body) = gitlab.split_once("\n---\n").unwrap();
    let head: Value = serde_yaml::from_str(head).unwrap();
    let inputs = head["spec"]["inputs"].as_object().unwrap();
    assert!(inputs.values().all(|i| i["description"].is_string()));
    let declared: BTreeSet<_> = inputs.keys().map(String::as_str).collect();
    assert_eq!(declared, names_after(body, "$[[ inputs."));
    let job: Value = serde_yaml::from_str(body).unwrap();
    assert_eq!(job["ssc-check"]["artifacts"]["reports"]["junit"], "check.xml");
    for script in job["ssc-check"]["script"].as_array().unwrap() {
        assert!(bash_reads(script.as_str().unwrap()), "{script}");
    }
    let image = read("Dockerfile");
    assert!(image.matches("\nFROM ").count() == 2, "two stages: {image}");
    let last = image.rsplit("\nFROM ").next().unwrap();
    let user = last.lines().find_map(|l| l.strip_prefix("USER ")).unwrap();
    assert!(!user.starts_with('0') && user != "root", "{user}");
    // What the image copies is not left out of what is sent to its build.
    let kept = read(".dockerignore");
    for needed in ["Cargo.toml", "Cargo.lock", "build.rs", "src", "pricing", "LICENSE*"] {
        assert!(kept.lines().any(|l| l.strip_prefix('!') == Some(needed)), "{needed}");
    }
}

fn bash_reads(script: &str) -> bool {
    !cfg!(unix) || Command::new("bash").args(["-n", "-c", script]).status().unwrap().success()
}

#[test]
fn scripts_are_sound() {
    let shellcheck = Command::new("shellcheck").arg("--version").output().is_ok();
    for path in SCRIPTS {
        let script = read(path);
        assert!(
            script.starts_with("#!/usr/bin/env bash\n") && script.contains("\nset -"),
            "{path}"
        );
        assert!(bash_reads(&script), "{path}");
        assert!(!script.contains("eval "), "{path}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(root().join(path)).unwrap().permissions().mode();
            assert!(mode & 0o111 != 0, "{path} can be run");
        }
        if shellcheck {
            let checked = Command::new("shellcheck").arg(root().join(path)).output().unwrap();
            assert!(checked.status.success(), "{path}: {}", text(&checked.stdout));
        }
    }
}

#[test]
fn paths_in_the_documents_exist() {
    let folder = root().join("docs/ci-snippets");
    let page = read("docs/ci-snippets/README.md");
    let links: Vec<_> = page.split("](").skip(1).map(|l| l.split(')').next().unwrap()).collect();
    assert!(links.len() >= 5, "{links:?}");
    for link in links {
        assert!(Path::new(&folder).join(link).exists(), "{link}");
    }
}
