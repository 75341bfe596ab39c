//! Looking things up in the book by words, filters and names.

use super::{
    Book, Clock, Component, LlmPrice, LlmProvider, Model, NoPrice, PlatformRef, PriceRow, Service,
    Sku, Tier, nearest,
};
use crate::diagnostic::{Diagnostic, Result, suggest};
use chrono::NaiveDate;

/// What is looked for; everything that is given must fit.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Each must be in an id or name of the SKU, its service or platform, or of the model.
    pub words: Vec<String>,
    /// A platform's id or alias.
    pub platform: Option<String>,
    /// A service's or LLM provider's id.
    pub service: Option<String>,
    /// A region's id.
    pub region: Option<String>,
    /// A clock's word.
    pub clock: Option<String>,
    /// A component's word.
    pub component: Option<String>,
    /// An LLM provider's id.
    pub provider: Option<String>,
}

/// A SKU that fits, with its price in one region.
#[derive(Clone, Debug)]
pub struct SkuFound<'a> {
    /// Its service.
    pub service: &'a Service,
    /// The SKU.
    pub sku: &'a Sku,
    /// The region asked for, or the service's default.
    pub region: String,
    /// The row in force and its tiers there.
    pub price: std::result::Result<(&'a PriceRow, Vec<Tier>), NoPrice>,
}

/// A model that fits.
#[derive(Clone, Copy, Debug)]
pub struct ModelFound<'a> {
    /// Its provider.
    pub provider: &'a LlmProvider,
    /// The model.
    pub model: &'a Model,
    /// The row in force.
    pub price: Option<&'a LlmPrice>,
}

/// What fits a query, in the order of the files.
#[derive(Clone, Debug, Default)]
pub struct Found<'a> {
    /// SKUs.
    pub skus: Vec<SkuFound<'a>>,
    /// Models.
    pub models: Vec<ModelFound<'a>>,
}

/// Something the book has a name for.
#[derive(Clone, Copy, Debug)]
pub enum Entry<'a> {
    /// A service.
    Service(&'a Service),
    /// A platform, and its service.
    Platform(PlatformRef<'a>),
    /// A SKU, and its service.
    Sku(&'a Service, &'a Sku),
    /// A provider of LLM tokens.
    Provider(&'a LlmProvider),
    /// A model, and its provider.
    Model(&'a LlmProvider, &'a Model),
}

impl Query {
    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { words, platform, service, region, clock, component, provider } = self;
        let filters = [platform, service, region, clock, component, provider];
        words.is_empty() && filters.iter().all(|f| f.is_none())
    }
}

impl Book {
    /// SKUs and models that fit, with their prices on `date`.
    ///
    /// # Errors
    /// Filters that name nothing, and queries that nothing fits.
    pub fn search(&self, query: &Query, date: NaiveDate) -> Result<Found<'_>> {
        self.known_names(query)?;
        let component =
            word(query.component.as_deref(), "component", &Component::ALL, |c| c.name())?;
        let clock = word(query.clock.as_deref(), "clock", &Clock::ALL, |c| c.name())?;
        let platform = query.platform.as_deref().and_then(|name| self.platform(name));
        let mut found = Found::default();
        for service in &self.services {
            let region = query.region.as_ref().unwrap_or(&service.default_region);
            let skip = query.service.as_ref().is_some_and(|id| *id != service.id)
                || query.provider.is_some()
                || !service.regions.contains_key(region)
                || platform.is_some_and(|p| p.service.id != service.id);
            for sku in service.skus.iter().filter(|_| !skip) {
                let on =
                    |id: &str| sku.platforms.is_empty() || sku.platforms.iter().any(|p| p == id);
                if platform.is_none_or(|p| on(&p.platform.id))
                    && component.is_none_or(|c| c == sku.component)
                    && clock.is_none_or(|c| c == sku.meter.clock)
                    && fits(&query.words, &sku_names(service, sku))
                {
                    let price = service.price(sku, region, date);
                    found.skus.push(SkuFound { service, sku, region: region.clone(), price });
                }
            }
        }
        let models = query.platform.is_none()
            && query.region.is_none()
            && clock.is_none()
            && component.is_none_or(|c| c == Component::Tokens);
        for provider in self.llm_providers.iter().filter(|_| models) {
            let of = |id: &Option<String>| id.as_ref().is_none_or(|id| *id == provider.id);
            for model in &provider.models {
                if of(&query.provider)
                    && of(&query.service)
                    && fits(&query.words, &model_names(provider, model))
                {
                    found.models.push(ModelFound { provider, model, price: model.price_on(date) });
                }
            }
        }
        if found.skus.is_empty() && found.models.is_empty() {
            return Err(Box::new(self.nothing(query)));
        }
        Ok(found)
    }

    /// Everything called `id`.
    ///
    /// # Errors
    /// When nothing is.
    pub fn entries(&self, id: &str) -> Result<Vec<Entry<'_>>> {
        let mut entries = Vec::new();
        for service in &self.services {
            if service.id == id {
                entries.push(Entry::Service(service));
            }
            entries.extend(service.sku(id).map(|sku| Entry::Sku(service, sku)));
        }
        entries.extend(self.platform(id).map(Entry::Platform));
        entries.extend(self.llm_providers.iter().filter(|p| p.id == id).map(Entry::Provider));
        entries.extend(self.model(id).map(|(provider, model)| Entry::Model(provider, model)));
        if entries.is_empty() {
            let names = self.names();
            return Err(Box::new(
                Diagnostic::input(format!("nothing in the price book is called `{id}`"))
                    .note("known are SKUs, platforms, services, and models as `provider/model`")
                    .hint("`ssc pricing list WORD…` searches")
                    .maybe_hint(suggest::did_you_mean(id, names.iter().map(String::as_str))),
            ));
        }
        Ok(entries)
    }

    /// Every name of the book.
    fn names(&self) -> Vec<String> {
        let skus = self.services.iter().flat_map(|s| s.skus.iter().map(|sku| sku.id.clone()));
        let services = self.services.iter().map(|s| s.id.clone());
        let platforms = self.platforms().map(|p| p.platform.id.clone());
        let providers = self.llm_providers.iter().map(|p| p.id.clone());
        services.chain(platforms).chain(skus).chain(providers).chain(self.model_names()).collect()
    }

    fn known_names(&self, query: &Query) -> Result<()> {
        let platforms: Vec<&str> = self.platforms().map(|p| p.platform.id.as_str()).collect();
        let providers: Vec<&str> = self.llm_providers.iter().map(|p| p.id.as_str()).collect();
        let mut services: Vec<&str> = self.services.iter().map(|s| s.id.as_str()).collect();
        services.extend(&providers);
        if let Some(name) = &query.platform
            && self.platform(name).is_none()
        {
            return Err(unknown("platform", name, &platforms));
        }
        for (what, given, known) in
            [("service", &query.service, &services), ("provider", &query.provider, &providers)]
        {
            if let Some(name) = given.as_deref().filter(|name| !known.contains(name)) {
                return Err(unknown(what, name, known));
            }
        }
        let Some(region) = &query.region else { return Ok(()) };
        let asked = |s: &&Service| {
            let platform = query.platform.as_deref().and_then(|name| self.platform(name));
            query.service.as_ref().is_none_or(|id| *id == s.id)
                && platform.is_none_or(|p| p.service.id == s.id)
        };
        let mut regions: Vec<&str> = self
            .services
            .iter()
            .filter(asked)
            .flat_map(|s| s.regions.keys().map(String::as_str))
            .collect();
        regions.sort_unstable();
        regions.dedup();
        if regions.contains(&region.as_str()) { Ok(()) } else { Err(no_region(region, &regions)) }
    }

    fn nothing(&self, query: &Query) -> Diagnostic {
        let words = query.words.join(" ");
        let message = match words.as_str() {
            "" => "nothing fits all of these filters".to_owned(),
            words => format!("nothing fits `{words}`"),
        };
        let names = self.names();
        let hint = suggest::did_you_mean(&words, names.iter().map(String::as_str));
        Diagnostic::input(message)
            .hint("every word and filter must fit; leave one out, or see `ssc pricing list`")
            .maybe_hint(hint.filter(|_| !words.is_empty()))
    }
}

/// The error of a region nobody knows, with the nearest that somebody does.
#[must_use]
pub fn no_region(region: &str, known: &[&str]) -> Box<Diagnostic> {
    let near = nearest(region, known.iter().copied());
    let mut d = *unknown("region", region, known);
    if let (None, Some(near)) = (&d.hint, near) {
        d = d.hint(format!("the nearest known region is `{near}`"));
    }
    Box::new(d)
}

fn unknown(what: &str, name: &str, known: &[&str]) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::input(format!("unknown {what} `{name}`"))
            .note(format!("known: {}", suggest::list(known.iter().copied())))
            .maybe_hint(suggest::did_you_mean(name, known.iter().copied())),
    )
}

/// The value of a closed set that a word names.
fn word<T: Copy>(
    given: Option<&str>,
    what: &str,
    all: &[T],
    name: impl Fn(&T) -> &'static str,
) -> Result<Option<T>> {
    let Some(given) = given else { return Ok(None) };
    let names: Vec<&str> = all.iter().map(&name).collect();
    match all.iter().find(|value| name(value) == given) {
        Some(value) => Ok(Some(*value)),
        None => Err(unknown(what, given, &names)),
    }
}

fn fits(words: &[String], names: &[&str]) -> bool {
    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    words.iter().all(|word| {
        let word = word.to_lowercase();
        names.iter().any(|name| name.contains(&word))
    })
}

fn sku_names<'a>(service: &'a Service, sku: &'a Sku) -> Vec<&'a str> {
    let mut names: Vec<&str> = vec![
        &sku.id,
        &sku.name,
        sku.component.name(),
        sku.unit.name,
        &service.id,
        &service.service_name,
        &service.provider_name,
    ];
    let on = |id: &String| sku.platforms.is_empty() || sku.platforms.contains(id);
    for platform in service.platforms.iter().filter(|p| on(&p.id)) {
        names.extend([platform.id.as_str(), &platform.name]);
        names.extend(platform.aliases.iter().map(String::as_str));
    }
    names
}

fn model_names<'a>(provider: &'a LlmProvider, model: &'a Model) -> Vec<&'a str> {
    let mut names: Vec<&str> = vec![
        &model.id,
        &provider.id,
        &provider.provider_name,
        &provider.service_name,
        Component::Tokens.name(),
    ];
    names.extend(model.aliases.iter().map(String::as_str));
    names
}
