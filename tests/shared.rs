//! Reference data that is kept beside the repository, not in it.

use std::path::{Path, PathBuf};

/// The file or folder `path` of the shared data, such as `traces/burstgpt`.
///
/// Without it the test says so loudly and should return; where `CI` is set it fails instead.
#[expect(clippy::print_stderr, reason = "a skipped test must not look like a passed one")]
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(std::env::var_os("CI").is_none(), "../shared/{path} is not here, and CI needs it");
    eprintln!("SKIPPED: ../shared is not here (wanted {path})");
    None
}
