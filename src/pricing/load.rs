//! From price files to a [`Book`], with every mistake shown at its place.

mod check;
mod check_llm;
mod convert;
mod convert_llm;

use super::file::ServiceFile;
use super::llm_file::LlmFile;
use super::{Book, embedded_sources};
use crate::diagnostic::{Diagnostic, Result, Source};

impl Book {
    /// The book compiled into this program.
    ///
    /// # Errors
    /// When an embedded file is broken, which the tests exclude.
    pub fn embedded() -> Result<Self> {
        Self::load(&embedded_sources())
    }

    /// Reads a book from price files. A file in a folder called `llm` is an LLM provider.
    /// Later files replace earlier ones of the same service.
    ///
    /// # Errors
    /// The first mistake in any file, with its place.
    pub fn load(sources: &[Source]) -> Result<Self> {
        let mut book = Self::default();
        for source in sources {
            if source.name().rsplit(['/', '\\']).nth(1) == Some("llm") {
                let file: LlmFile = source.yaml()?;
                let provider = convert_llm::provider(source, &file)?;
                check_llm::provider(source, &file, &provider)?;
                book.llm_providers.retain(|p| p.id != provider.id);
                book.llm_providers.push(provider);
            } else {
                let file: ServiceFile = source.yaml()?;
                let service = convert::service(source, &file)?;
                check::service(source, &file, &service)?;
                book.services.retain(|s| s.id != service.id);
                book.services.push(service);
            }
        }
        book.services.sort_by(|a, b| a.id.cmp(&b.id));
        book.llm_providers.sort_by(|a, b| a.id.cmp(&b.id));
        book.unique_platforms()?;
        Ok(book)
    }

    fn unique_platforms(&self) -> Result<()> {
        let mut seen = std::collections::BTreeMap::new();
        for p in self.platforms() {
            for name in std::iter::once(&p.platform.id).chain(&p.platform.aliases) {
                if let Some(other) = seen.insert(name.clone(), &p.service.id) {
                    return Err(Box::new(Diagnostic::input(format!(
                        "platform `{name}` is in two price files: {other} and {}",
                        p.service.id
                    ))));
                }
            }
        }
        Ok(())
    }
}
