//! Files for CI: they parse, say what their readers require, and their scripts do what they promise.

use crate::cli::{root, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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

/// A runner that is not one: folders, and commands of its own before all others.
#[cfg(unix)]
struct Runner {
    folder: tempfile::TempDir,
}

#[cfg(unix)]
impl Runner {
    fn new(commands: &[(&str, &str)]) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let runner = Self { folder };
        for name in ["bin", "temp", "work"] {
            fs::create_dir(runner.at(name)).unwrap();
        }
        for (name, script) in commands {
            let path = runner.at("bin").join(name);
            fs::write(&path, format!("#!/usr/bin/env bash\n{script}\n")).unwrap();
            fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
        }
        runner
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap_or_default()
    }

    fn run(&self, script: &str, variables: &[(&str, &str)]) -> Output {
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new(root().join(script));
        command.current_dir(self.at("work")).env_clear();
        command.env("PATH", format!("{}:{path}", self.at("bin").display()));
        command.env("HERE", self.folder.path()).env("RUNNER_TEMP", self.at("temp"));
        for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"] {
            command.env(name, self.at(name));
        }
        command.env("GITHUB_ACTION_PATH", root()).env("GITHUB_REPOSITORY", "me/mine");
        command.envs(variables.iter().copied()).output().unwrap()
    }
}

/// Writes reports and ends with a code, as `ssc check` does; says what it was asked for.
const CHECK: &str = r#"printf '%s\n' "$@" > "$HERE/asked"
for word in "$@"; do
  case $word in json=* | sarif=* | junit=*) echo made > "${word#*=}" ;;
    markdown=*) printf '<!-- ssc-check -->\n**over**\n' > "${word#*=}" ;; esac
done
exit "${CODE:-0}""#;

#[test]
#[cfg(unix)]
fn the_check_keeps_its_exit_code_and_shows_the_result_whatever_it_is() {
    for code in ["0", "1", "2", "3"] {
        let runner = Runner::new(&[("ssc", CHECK)]);
        let variables = [
            ("CODE", code),
            ("SSC_SCENARIO", "my costs.yaml"),
            ("SSC_BASELINE", "git:origin/main"),
            ("SSC_ARGS", "--max-increase 5%\n  --strict $(touch broken) *"),
        ];
        let output = runner.run(".github/action/check.sh", &variables);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let outputs = runner.read("GITHUB_OUTPUT");
        assert!(outputs.contains(&format!("exit-code={code}\n")), "{outputs}");
        assert!(outputs.contains("sarif=true\n"), "{outputs}");
        assert!(runner.read("GITHUB_STEP_SUMMARY").contains("**over**"));
        let said = text(&output.stdout);
        assert_eq!(said.contains("::error::"), code != "0", "{said}");
        let asked = runner.read("asked");
        let words: Vec<_> = asked.lines().collect();
        assert_eq!(words[..4], ["check", "my costs.yaml", "--format", "github"]);
        let more = [
            "--baseline",
            "git:origin/main",
            "--max-increase",
            "5%",
            "--strict",
            "$(touch",
            "broken)",
            "*",
        ];
        assert!(words.ends_with(&more), "{asked}");
        assert!(!runner.at("work/broken").exists(), "arguments are words, not commands");
    }
    let runner = Runner::new(&[("ssc", CHECK)]);
    runner.run(".github/action/check.sh", &[("SSC_SCENARIO", "s.yaml")]);
    assert!(!runner.read("asked").contains("--baseline"));
}

/// Lists comments from a file, and notes what is written.
const GH: &str = r#"echo "$*" >> "$HERE/calls"
case "$*" in
  *PATCH* | *POST*) last=${*: -1:1}; cp "${last#body=@}" "$HERE/body"; exit "${WRITE:-0}" ;;
  *) cat "$HERE/comments" 2> /dev/null; exit "${READ:-0}" ;;
esac"#;

#[test]
#[cfg(unix)]
fn there_is_one_comment_and_the_next_run_updates_it() {
    let run = |comments: &str, markdown: &str, more: &[(&str, &str)]| {
        let runner = Runner::new(&[("gh", GH)]);
        fs::write(runner.at("comments"), comments).unwrap();
        let reports = runner.at("reports");
        fs::create_dir(&reports).unwrap();
        fs::write(reports.join("check.md"), markdown).unwrap();
        let reports = reports.to_str().unwrap().to_owned();
        let variables = [("SSC_REPORTS", reports.as_str()), ("SSC_PULL_REQUEST", "7")];
        let output = runner.run(".github/action/comment.sh", &[&variables[..], more].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        (text(&output.stdout), runner.read("calls"), runner.read("body"))
    };
    let result = "<!-- ssc-check -->\n# Over\n";
    let (said, calls, body) = run("", result, &[]);
    assert!(
        said.contains("added") && calls.contains("POST repos/me/mine/issues/7/comments"),
        "{calls}"
    );
    assert_eq!(body, result);
    let (said, calls, _) = run("41\n42\n", result, &[]);
    assert!(said.contains("updated comment 41"), "{said}");
    assert!(calls.contains("PATCH repos/me/mine/issues/comments/41"), "{calls}");
    let (_, _, body) = run("", "# No marker\n", &[]);
    assert_eq!(body, "<!-- ssc-check -->\n# No marker\n", "it is found again next time");
    let (_, _, body) = run("", &format!("{result}{}", "x".repeat(100_000)), &[]);
    assert!(body.len() == 65_000 && body.starts_with(result), "{}", body.len());
    for more in [("READ", "1"), ("WRITE", "1")] {
        let (said, ..) = run("", result, &[more]);
        assert!(said.contains("::warning::"), "a fork may only read: {said}");
    }
    let (said, calls, _) = run("", "", &[]);
    assert!(said.contains("no result") && calls.is_empty(), "{said}");
}

/// Downloads are copies from a folder; one that is not there is a 404.
const CURL: &str = r#"url= out=
while (($#)); do case $1 in --output) out=$2; shift ;; http*) url=$1 ;; --retry) shift ;; esac; shift; done
echo "$url" >> "$HERE/urls"
cp "$HERE/release/${url##*/}" "$out" 2> /dev/null || exit 22"#;
const UNAME: &str = "if [[ $1 == -s ]]; then echo Linux; else echo x86_64; fi";
/// Says what it was asked to build, and builds it.
const CARGO: &str = r#"echo "$*" > "$HERE/built"
mkdir -p "$RUNNER_TEMP/ssc-root/bin"
printf '#!/bin/sh\necho built\n' > "$RUNNER_TEMP/ssc-root/bin/ssc"
chmod +x "$RUNNER_TEMP/ssc-root/bin/ssc""#;

#[cfg(unix)]
fn release_of_this_build(runner: &Runner) -> PathBuf {
    let out = runner.at("release");
    let packed = Command::new(root().join(".github/release/package.sh"))
        .args([env!("CARGO_BIN_EXE_ssc"), "x86_64-unknown-linux-musl", env!("CARGO_PKG_VERSION")])
        .arg(&out)
        .output()
        .unwrap();
    assert!(packed.status.success(), "{}", text(&packed.stderr));
    out
}

#[test]
#[cfg(unix)]
fn what_is_packed_is_what_is_installed() {
    let runner = Runner::new(&[("curl", CURL), ("uname", UNAME), ("cargo", CARGO)]);
    let out = release_of_this_build(&runner);
    let files = fs::read_dir(&out).unwrap().count();
    assert_eq!(files, 2, "an archive and its checksum");
    let action = "/home/runner/work/_actions/some/ssc/main";
    let from_path = [("GITHUB_ACTION_PATH", action), ("SSC_VERSION", env!("CARGO_PKG_VERSION"))];
    for variables in [&[("SSC_REPOSITORY", "some/ssc")][..], &from_path] {
        let output = runner.run(".github/action/install.sh", variables);
        assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
        assert_eq!(text(&output.stdout), format!("ssc {}\n", env!("CARGO_PKG_VERSION")));
        let url = format!(
            "https://github.com/some/ssc/releases/download/v{}/",
            env!("CARGO_PKG_VERSION")
        );
        assert!(
            runner.read("urls").lines().all(|l| l.starts_with(&url)),
            "{}",
            runner.read("urls")
        );
        assert!(runner.read("GITHUB_PATH").contains("ssc-bin") && runner.read("built").is_empty());
    }
    let packed =
        runner.at(&format!("temp/ssc-v{}-x86_64-unknown-linux-musl", env!("CARGO_PKG_VERSION")));
    for file in
        ["LICENSE", "README.md", "completions/ssc.bash", "completions/_ssc", "man/ssc-estimate.1"]
    {
        assert!(packed.join(file).is_file(), "{file}");
    }
}

#[test]
#[cfg(unix)]
fn a_binary_is_never_run_without_its_checksum_and_source_is_never_another_version() {
    let commands = [("curl", CURL), ("uname", UNAME), ("cargo", CARGO)];
    let run = |runner: &Runner, more: &[(&str, &str)]| {
        let output = runner.run(".github/action/install.sh", more);
        (output.status.code().unwrap(), text(&output.stdout), runner.read("built"))
    };
    let named = ("SSC_REPOSITORY", "some/ssc");
    let version = env!("CARGO_PKG_VERSION");
    let archive = format!("ssc-v{version}-x86_64-unknown-linux-musl.tar.gz");
    let release = |runner: &Runner, checksum: Option<&str>| {
        fs::create_dir(runner.at("release")).unwrap();
        fs::write(runner.at("release").join(&archive), "not what was released").unwrap();
        if let Some(sum) = checksum {
            let path = runner.at("release").join(format!("{archive}.sha256"));
            fs::write(path, format!("{sum}  {archive}\n")).unwrap();
        }
    };
    let runner = Runner::new(&commands);
    release(&runner, Some(&"0".repeat(64)));
    let (code, said, built) = run(&runner, &[named]);
    assert!(code == 2 && said.contains("::error::the checksum of") && built.is_empty(), "{said}");
    let runner = Runner::new(&commands);
    release(&runner, None);
    let (code, said, built) = run(&runner, &[named]);
    assert!(code == 2 && said.contains("has no checksum") && built.is_empty(), "{said}");
    // Nothing released, or no repository: the source of the action, if it is of that version.
    for variables in [&[named][..], &[], &[named, ("SSC_VERSION", &format!("v{version}"))]] {
        let (code, said, built) = run(&Runner::new(&commands), variables);
        assert!(code == 0 && said.ends_with("built\n"), "{said}");
        assert!(built.starts_with("install --locked --quiet --path "), "{built}");
    }
    let (code, said, built) = run(&Runner::new(&commands), &[named, ("SSC_REF", "v9.9.9")]);
    assert!(
        code == 2 && said.contains("version 9.9.9 is not released") && built.is_empty(),
        "{said}"
    );
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
