//! The scripts of the action and of a release, run with stand-ins for what a runner has.

use crate::cli::{root, text};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A runner that is not one: folders, and commands of its own before all others.
struct Runner {
    folder: tempfile::TempDir,
}

impl Runner {
    fn new(commands: &[(&str, &str)]) -> Self {
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
