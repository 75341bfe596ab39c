//! `ssc pricing` as people run it.

mod corruptions;
mod views;

use std::path::Path;
use std::process::{Command, Output};

pub(crate) fn ssc(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env("COLUMNS", "80")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap()
}

/// Exit code, stdout and stderr as one text.
pub(crate) fn shown(arguments: &[&str]) -> String {
    let output = ssc(arguments);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    format!("exit {}\n{out}{err}", output.status.code().unwrap())
}
