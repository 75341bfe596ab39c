//! The price files compiled into the binary.

use crate::diagnostic::Source;
use include_dir::{Dir, include_dir};

static PRICING: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/pricing");

/// The embedded files as `pricing/<name>.yaml`, in name order.
#[must_use]
pub fn embedded_sources() -> Vec<Source> {
    let mut files: Vec<_> = PRICING
        .files()
        .chain(PRICING.get_dir("llm").into_iter().flat_map(Dir::files))
        .filter(|f| f.path().extension().is_some_and(|e| e == "yaml"))
        .filter_map(|f| {
            let name = format!("pricing/{}", f.path().display()).replace('\\', "/");
            f.contents_utf8().map(|text| Source::new(name, text))
        })
        .collect();
    files.sort_by(|a, b| a.name().cmp(b.name()));
    files
}
