//! What the user says a bill's names mean.

use super::format::plain;
use crate::diagnostic::{Field, Result, Source, suggest};
use crate::estimate::Estimate;
use crate::pricing::Book;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Names of a bill and what they stand for; see `docs/focus.md`.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// A service's name on the bill → the service's name here.
    pub(super) services: BTreeMap<String, String>,
    /// An id or a meter on the bill → a SKU here.
    pub(super) skus: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapFile {
    #[serde(default)]
    services: BTreeMap<String, Field>,
    #[serde(default)]
    skus: BTreeMap<String, Field>,
}

impl Map {
    /// Reads a map and checks that what it points at exists.
    ///
    /// # Errors
    /// Not a map, or a service or SKU that is not known.
    pub fn read(source: &Source, book: &Book, estimate: &Estimate) -> Result<Self> {
        let file: MapFile = source.yaml()?;
        let charges = &estimate.statement.charges;
        let services: BTreeMap<&str, &str> = book
            .services
            .iter()
            .map(|s| (s.id.as_str(), s.service_name.as_str()))
            .chain(book.llm_providers.iter().map(|p| (p.id.as_str(), p.service_name.as_str())))
            .collect();
        let skus: BTreeSet<&str> = book
            .services
            .iter()
            .flat_map(|s| {
                s.skus.iter().map(|sku| sku.id.as_str()).chain(s.fees.iter().map(|f| f.id.as_str()))
            })
            .chain(charges.iter().map(|c| c.sku_id.as_str()))
            .chain(estimate.statement.unpriced.iter().map(|u| u.sku_id.as_str()))
            .collect();
        let mut map = Self::default();
        for (name, field) in &file.services {
            let wanted = plain(&field.value);
            let found = services.iter().find(|(id, n)| plain(id) == wanted || plain(n) == wanted);
            let known = || services.keys().copied();
            let (_, service) = found.ok_or_else(|| unknown(source, field, "service", known()))?;
            map.services.insert(plain(name), (*service).to_owned());
        }
        for (name, field) in &file.skus {
            if !skus.contains(field.value.as_str()) {
                return Err(unknown(source, field, "SKU", skus.iter().copied()));
            }
            map.skus.insert(plain(name), field.value.clone());
        }
        Ok(map)
    }
}

fn unknown<'a>(
    source: &Source,
    field: &Field,
    what: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Box<crate::diagnostic::Diagnostic> {
    let message = format!("unknown {what} `{}`", field.value);
    Box::new(
        source
            .error(field, message, "not in the price book or the estimate")
            .maybe_hint(suggest::did_you_mean(&field.value, known)),
    )
}
