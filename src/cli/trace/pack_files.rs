//! The files that packing makes: the result under a name of its own until it is complete, and parts
//! that the system takes away whatever happens to the program.

use super::super::file_error::failure;
use super::super::made_file::Made;
use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::workload::pack::{Files, PackFile, Purpose};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Makes files beside the output, and parts there or in a folder for them.
pub(super) struct PackFiles {
    output: PathBuf,
    temp: PathBuf,
    /// What may become the output; the last one does. Left over by an earlier run that was stopped,
    /// they are written again.
    results: Vec<PathBuf>,
}

impl PackFiles {
    pub(super) fn new(output: &Path, temp: Option<&Path>) -> Result<Self> {
        // The result takes the place of what is there, which must not be a device or a pipe.
        if output.exists() && !output.is_file() {
            let what = if output.is_dir() { "is a directory" } else { "is no regular file" };
            let message = format!("cannot write `{}`: it {what}", output.display());
            return Err(Box::new(
                Diagnostic::input(message)
                    .kind(Kind::File)
                    .hint("name a file, such as `trace.ssct`"),
            ));
        }
        let beside = output.parent().filter(|p| !p.as_os_str().is_empty());
        let temp = temp.or(beside).unwrap_or(Path::new(".")).to_path_buf();
        if !temp.is_dir() {
            let message = format!("cannot write to `{}`: it is no folder", temp.display());
            return Err(Box::new(Diagnostic::input(message).kind(Kind::File)));
        }
        // A second file is needed when sorted parts are merged.
        for ending in ENDINGS {
            let _ = fs::remove_file(with(output, ending));
        }
        Ok(Self { output: output.to_path_buf(), temp, results: Vec::new() })
    }

    /// Gives the result its name.
    pub(super) fn keep(mut self) -> Result<()> {
        let Some(result) = self.results.pop() else { return Ok(()) };
        let synced = File::open(&result).and_then(|f| f.sync_all());
        let kept = synced.and_then(|()| fs::rename(&result, &self.output));
        kept.map_err(|e| {
            self.results.push(result);
            failure("write", &self.output, &e)
        })
    }
}

const ENDINGS: [&str; 2] = [".part", ".merged.part"];

fn with(output: &Path, ending: &str) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

impl Drop for PackFiles {
    fn drop(&mut self) {
        for result in &self.results {
            let _ = fs::remove_file(result);
        }
    }
}

impl Files for PackFiles {
    fn make(&mut self, purpose: Purpose) -> Result<Box<dyn PackFile>> {
        let file = match purpose {
            Purpose::Part => {
                tempfile::tempfile_in(&self.temp).map_err(|e| self.failure(purpose, &e))?
            }
            Purpose::Result => {
                let ending = ENDINGS.get(self.results.len()).unwrap_or(&".part");
                let path = with(&self.output, ending);
                let mut options = File::options();
                options.read(true).write(true).create(true).truncate(true);
                let file = options.open(&path).map_err(|e| self.failure(purpose, &e))?;
                self.results.push(path);
                file
            }
        };
        Ok(Box::new(Made(file)))
    }

    fn failure(&self, purpose: Purpose, error: &io::Error) -> Box<Diagnostic> {
        let mut diagnostic = match purpose {
            Purpose::Result => failure("write", &self.output, error),
            Purpose::Part => failure("write temporary files in", &self.temp, error),
        };
        diagnostic.hint = match error.kind() {
            io::ErrorKind::StorageFull => Some(match purpose {
                Purpose::Result => "make room on the disk, or write to another with `-o`".into(),
                Purpose::Part => {
                    "make room, or name a folder on another disk with `--temp DIR`".into()
                }
            }),
            _ => None,
        };
        diagnostic
    }
}
