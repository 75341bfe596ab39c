//! The folder a reader is in: the shipped scenarios and price files, and files of their own.

use crate::cli::{root, text};
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A day of a reader's own log, in May 2024.
const LOG: &str = "timestamp,workload,duration_ms,input_tokens,output_tokens\n\
    2024-05-10T08:00:00Z,chat,4000,900,300\n2024-05-10T08:00:07Z,chat,6500,1200,420\n\
    2024-05-10T19:30:00Z,search,900,300,40\n2024-05-11T09:00:00Z,chat,5000,700,350\n";

/// A reader's own scenario.
const CHAT: &str = "\
name: chat
budgets:
  monthly: 60 USD
workloads:
  - name: chat
    platform: aws-lambda
    arrivals: { pattern: poisson, rate: 20k/month }
    requests: { input_tokens: 900, output_tokens: { p50: 320, p95: 1100 } }
    llm: openai/gpt-6-luna
";

pub(super) struct Folder {
    inner: tempfile::TempDir,
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in fs::read_dir(from).unwrap().map(|e| e.unwrap().path()) {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

impl Folder {
    /// One with all files that pages take for granted.
    pub(super) fn of_a_reader() -> Self {
        let folder = Self { inner: tempfile::tempdir().unwrap() };
        folder.scenarios(false);
        std::os::unix::fs::symlink(root().join("pricing"), folder.at("pricing")).unwrap();
        folder.traces();
        for name in ["chat.yaml", "before.yaml", "old.yaml"] {
            fs::write(folder.at(name), CHAT).unwrap();
        }
        fs::write(folder.at("after.yaml"), CHAT.replace("20k", "22k")).unwrap();
        for side in ["before", "after"] {
            folder.made(&format!("ssc estimate {side}.yaml --format json -o {side}.json"));
        }
        let names = "services:\n  Functions on Demand: aws-lambda\n";
        fs::write(folder.at("names.yaml"), names).unwrap();
        copy(&root().join("pricing/llm"), &folder.at("new-prices/llm"));
        let identity = "-c user.name=reader -c user.email=reader@example.com";
        folder.made(&format!(
            "git init --quiet --initial-branch main && git add chat.yaml scenarios && \
             git {identity} commit --quiet -m first && git update-ref refs/remotes/origin/main HEAD"
        ));
        folder
    }

    /// Another with the same files.
    pub(super) fn again(&self) -> Self {
        let folder = Self { inner: tempfile::tempdir().unwrap() };
        fs::remove_dir(folder.inner.path()).unwrap();
        let target = folder.inner.path().to_str().unwrap();
        self.made(&format!("cp -RP . '{target}'"));
        folder
    }

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.inner.path().join(name)
    }

    fn traces(&self) {
        let requests = fs::read(root().join("scenarios/tour/requests.csv")).unwrap();
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(&requests).unwrap();
        fs::write(self.at("requests.csv.gz"), gz.finish().unwrap()).unwrap();
        fs::write(self.at("requests.csv.zst"), zstd::encode_all(&*requests, 1).unwrap()).unwrap();
        for name in ["day1.csv", "day2.csv", "month.csv"] {
            fs::write(self.at(name), LOG).unwrap();
        }
        fs::write(self.at("day3.csv.zst"), zstd::encode_all(LOG.as_bytes(), 1).unwrap()).unwrap();
        let prompts = root().join("scenarios/recommend/prompt-cache.jsonl");
        fs::copy(prompts, self.at("conversation.jsonl")).unwrap();
        self.made("ssc trace pack month.csv -o month.ssct");
    }

    /// Puts the shipped scenarios there: as they are, or with a thousandth of what is counted in millions, for
    /// commands whose output no page shows.
    pub(super) fn scenarios(&self, whole: bool) {
        let target = self.at("scenarios");
        copy(&root().join("scenarios"), &target);
        for inner in [target.clone(), target.join("recommend")].iter().filter(|_| !whole) {
            let files = fs::read_dir(inner).unwrap().map(|e| e.unwrap().path());
            for path in files.filter(|p| p.extension().is_some_and(|e| e == "yaml")) {
                let less = fs::read_to_string(&path).unwrap().replace("M/month", "k/month");
                fs::write(path, less).unwrap();
            }
        }
    }

    /// Runs a line in a shell, with this program on the path and a terminal of 80 columns.
    pub(super) fn run(&self, line: &str) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_ssc")).parent().unwrap().display().to_string();
        let path = std::env::var("PATH").unwrap();
        let mut shell = Command::new("bash");
        shell.args(["-c", &format!("set -o pipefail\n{line}")]);
        shell.current_dir(self.inner.path()).env("PATH", format!("{program}:{path}"));
        shell.env("COLUMNS", "80").stdin(std::process::Stdio::null());
        for name in ["CLICOLOR_FORCE", "SSC_PAGER", "PAGER", "SOURCE_DATE_EPOCH"] {
            shell.env_remove(name);
        }
        shell.output().unwrap()
    }

    fn made(&self, line: &str) {
        let output = self.run(line);
        assert!(output.status.success(), "{line}\n{}", text(&output.stderr));
    }
}
