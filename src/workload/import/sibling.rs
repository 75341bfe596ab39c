//! Files beside a trace that belong to it.

use super::input::{Input, TRACE};
use super::registry::Beside;
use crate::diagnostic::Result;

/// The file's name without its folder.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The first of these names that lies beside the trace at `path`, which may be compressed or not
/// whatever the trace is, and its path as an error should show it.
pub(super) fn find(beside: &dyn Beside, path: &str, wanted: &[String]) -> Option<(String, String)> {
    let names = beside.names();
    let plain = |name: &str| name.strip_suffix(".gz").unwrap_or(name).to_owned();
    let found = wanted.iter().find_map(|name| {
        let stem = plain(name);
        names.iter().find(|n| *n == name).or_else(|| names.iter().find(|n| plain(n) == stem))
    })?;
    let folder = path.len() - base_name(path).len();
    let shown = format!("{}{found}", path.get(..folder).unwrap_or_default());
    Some((found.clone(), shown))
}

/// Opens a file found beside a trace; errors call it `shown`.
///
/// # Errors
/// When it cannot be read or is not text.
pub(super) fn open<'a>(beside: &'a dyn Beside, name: &str, shown: &str) -> Result<Input<'a>> {
    Input::open(shown, beside.open(name)?, &TRACE)
}
