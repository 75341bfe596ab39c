//! Negotiated rates: what is written, checked against the price book.

use crate::billing::{
    Commitment, Days, Discount, Kind, PrivateModelPrice, PrivatePrice, Rates, Scope,
    capacity_per_nanosecond,
};
use crate::diagnostic::{Diagnostic, Field, Result, Source, suggest};
use crate::pricing::{Book, Service, Sku};
use crate::units::UnitPrice;
use crate::units::parse::{self, ParseError};
use crate::workload::{CommitmentFile, DiscountFile, PrivatePriceFile, RatesFile};
use rust_decimal::Decimal;

/// Checks negotiated rates.
///
/// # Errors
/// Unknown names, percentages outside 0 to 100, negative prices, and agreements that contradict each
/// other, each at its place.
pub(super) fn resolve(book: &Book, source: &Source, file: &RatesFile) -> Result<Rates> {
    let reader = Reader { book, source };
    let mut rates = Rates::default();
    for d in &file.discounts {
        let discount = reader.discount(d)?;
        let clash = |o: &Discount| {
            let common = o.regions.iter().any(|r| discount.regions.contains(r));
            o.scope == discount.scope && (common || o.regions == discount.regions)
        };
        if rates.discounts.iter().any(clash) {
            return Err(reader.twice(&d.percent, "two discounts for the same usage"));
        }
        rates.discounts.push(discount);
    }
    for p in &file.prices {
        reader.price(p, &mut rates)?;
    }
    for c in &file.commitments {
        let commitment = reader.commitment(c)?;
        if rates.commitments.iter().any(|o| o.name == commitment.name) {
            let message = format!("two commitments are called `{}`", commitment.name);
            return Err(reader.twice(&c.name, &message));
        }
        rates.commitments.push(commitment);
    }
    Ok(rates)
}

struct Reader<'a> {
    book: &'a Book,
    source: &'a Source,
}

impl<'a> Reader<'a> {
    fn twice(&self, at: &Field, message: &str) -> Box<Diagnostic> {
        Box::new(self.source.error(at, message, "already said above").hint("keep one of the two"))
    }

    fn wrong(&self, at: &Field, message: impl Into<String>, label: &str) -> Box<Diagnostic> {
        Box::new(self.source.error(at, message, label))
    }

    /// `what` is a noun, or a noun and whose it is.
    fn unknown<'n>(
        &self,
        what: (&str, &str),
        at: &Field,
        known: impl Iterator<Item = &'n str>,
    ) -> Box<Diagnostic> {
        let known: Vec<&str> = known.collect();
        let message = format!("unknown {} `{}`{}", what.0, at.value, what.1);
        let d = self.source.error(at, message, "not in the price book");
        Box::new(match suggest::did_you_mean(&at.value, known.iter().copied()) {
            Some(hint) => d.hint(hint),
            None => d.note(format!("known: {}", suggest::list(known))),
        })
    }

    fn provider(&self, field: &Field) -> Result<String> {
        let services = self.book.services.iter().map(|s| s.provider_name.as_str());
        let models = self.book.llm_providers.iter().map(|p| p.provider_name.as_str());
        let mut names: Vec<&str> = services.chain(models).collect();
        names.sort_unstable();
        names.dedup();
        match names.iter().find(|n| n.eq_ignore_ascii_case(&field.value)) {
            Some(name) => Ok((*name).to_owned()),
            None => Err(self.unknown(("provider", ""), field, names.into_iter())),
        }
    }

    fn service(&self, field: &Field) -> Result<String> {
        let services = self.book.services.iter().map(|s| s.id.as_str());
        let names: Vec<&str> =
            services.chain(self.book.llm_providers.iter().map(|p| p.id.as_str())).collect();
        if names.contains(&field.value.as_str()) {
            return Ok(field.value.clone());
        }
        if let Some(p) = self.book.platform(&field.value) {
            let message = format!("`{}` is a platform, not a service", field.value);
            let d = self.source.error(field, message, "discounts are for services");
            return Err(Box::new(d.hint(format!("write its service: `{}`", p.service.id))));
        }
        Err(self.unknown(("service", ""), field, names.into_iter()))
    }

    fn sku(&self, field: &Field) -> Result<(&'a Service, &'a Sku)> {
        let all = || self.book.services.iter().flat_map(|s| s.skus.iter().map(move |sku| (s, sku)));
        match all().find(|(_, sku)| sku.id == field.value) {
            Some(found) => Ok(found),
            None => Err(self.unknown(("SKU", ""), field, all().map(|(_, sku)| sku.id.as_str()))),
        }
    }

    fn model(&self, field: &Field) -> Result<String> {
        match self.book.model(&field.value) {
            Some((provider, model)) => Ok(format!("{}/{}", provider.id, model.id)),
            None => {
                let names = self.book.model_names();
                Err(self.unknown(("model", ""), field, names.iter().map(String::as_str)))
            }
        }
    }

    fn region(&self, field: &Field, service: &Service) -> Result<String> {
        if service.regions.contains_key(&field.value) {
            return Ok(field.value.clone());
        }
        let whose = format!(" of {}", service.id);
        Err(self.unknown(("region", &whose), field, service.regions.keys().map(String::as_str)))
    }

    /// Regions of a service, or of any service when none is named.
    fn regions(&self, fields: &[Field], service: Option<&Service>) -> Result<Vec<String>> {
        let known = |field: &Field| match service {
            Some(service) => self.region(field, service),
            None => {
                let names = || self.book.services.iter().flat_map(|s| s.regions.keys());
                match names().any(|n| *n == field.value) {
                    true => Ok(field.value.clone()),
                    false => Err(self.unknown(("region", ""), field, names().map(String::as_str))),
                }
            }
        };
        fields.iter().map(known).collect()
    }

    fn percent(&self, field: &Field) -> Result<Decimal> {
        self.source.parse(field, |text| {
            let number = text.parse::<UnitPrice>().ok().map(|p| p.0);
            let inside = |p: &Decimal| !p.is_sign_negative() && *p <= Decimal::ONE_HUNDRED;
            number.filter(inside).ok_or_else(|| ParseError::new(text, "a percentage from 0 to 100"))
        })
    }

    fn unit_price(&self, field: &Field) -> Result<UnitPrice> {
        self.source.parse(field, |text| {
            let price = text.parse::<UnitPrice>().ok().filter(|p| !p.0.is_sign_negative());
            price
                .ok_or_else(|| ParseError::new(text, "a price of 0 or more with at most 28 digits"))
        })
    }

    fn discount(&self, file: &DiscountFile) -> Result<Discount> {
        let named = [&file.provider, &file.service, &file.sku, &file.model];
        if let Some(second) = named.iter().filter_map(|f| f.as_ref()).nth(1) {
            let label = "one of `provider`, `service`, `sku` and `model`";
            return Err(self.wrong(second, "a discount is for one thing", label));
        }
        let mut service = None;
        let scope = if let Some(field) = &file.provider {
            Scope::Provider(self.provider(field)?)
        } else if let Some(field) = &file.service {
            service = self.book.service(&field.value);
            Scope::Service(self.service(field)?)
        } else if let Some(field) = &file.sku {
            let (of, sku) = self.sku(field)?;
            service = Some(of);
            Scope::Item(sku.id.clone())
        } else if let Some(field) = &file.model {
            Scope::Item(self.model(field)?)
        } else {
            Scope::All
        };
        if let (Some(_), Some(region)) = (&file.model, file.regions.first()) {
            return Err(self.wrong(region, "models are not priced by region", "remove `regions`"));
        }
        let regions = self.regions(&file.regions, service)?;
        Ok(Discount { scope, regions, percent: self.percent(&file.percent)? })
    }

    fn price(&self, file: &PrivatePriceFile, rates: &mut Rates) -> Result<()> {
        let days = self.days(file)?;
        match (&file.sku, &file.model) {
            (Some(sku), None) => {
                let stray = [&file.input, &file.cache_read, &file.output].into_iter().flatten();
                if let Some(field) = stray.chain(file.cache_write.values()).next() {
                    return Err(self.wrong(field, "a SKU has a `unit_price`", "for models only"));
                }
                let Some(price) = &file.unit_price else {
                    return Err(self.wrong(
                        sku,
                        "a private price without `unit_price`",
                        "of this SKU",
                    ));
                };
                let (service, found) = self.sku(sku)?;
                let region = file.region.as_ref().map(|r| self.region(r, service)).transpose()?;
                let at = self.source.place(price);
                let price = PrivatePrice {
                    sku: found.id.clone(),
                    region,
                    unit_price: self.unit_price(price)?,
                    days,
                    source: format!("{}:{}", at.file, at.line),
                };
                let clash = |o: &PrivatePrice| {
                    o.sku == price.sku && o.region == price.region && o.days.meet(price.days)
                };
                if rates.prices.iter().any(clash) {
                    return Err(self.twice(sku, "two private prices on the same day"));
                }
                rates.prices.push(price);
            }
            (None, Some(model)) => {
                if let Some(field) = file.unit_price.as_ref().or(file.region.as_ref()) {
                    let message =
                        "a model has prices of `input`, `cache_read`, `cache_write` and `output`";
                    return Err(self.wrong(field, message, "for SKUs only"));
                }
                let price = |f: &Option<Field>| f.as_ref().map(|f| self.unit_price(f)).transpose();
                let writes = file.cache_write.iter();
                let private = PrivateModelPrice {
                    model: self.model(model)?,
                    input: price(&file.input)?,
                    cache_read: price(&file.cache_read)?,
                    cache_write: writes
                        .map(|(life, f)| Ok((life.clone(), self.unit_price(f)?)))
                        .collect::<Result<_>>()?,
                    output: price(&file.output)?,
                    days,
                };
                let clash =
                    |o: &PrivateModelPrice| o.model == private.model && o.days.meet(private.days);
                if rates.model_prices.iter().any(clash) {
                    return Err(self.twice(model, "two private prices on the same day"));
                }
                rates.model_prices.push(private);
            }
            (Some(second), Some(_)) => {
                return Err(self.wrong(
                    second,
                    "a private price is for a SKU or a model",
                    "not both",
                ));
            }
            (None, None) => return Err(Box::new(self.nameless())),
        }
        Ok(())
    }

    fn nameless(&self) -> Diagnostic {
        Diagnostic::input("a private price without `sku` or `model`")
            .note(format!("in {}", self.source.name()))
            .hint("say what it is for: `sku: ID` or `model: provider/model`")
    }

    fn days(&self, file: &PrivatePriceFile) -> Result<Days> {
        let day =
            |f: &Option<Field>| f.as_ref().map(|f| self.source.parse(f, parse::date)).transpose();
        let days = Days { from: day(&file.from)?, until: day(&file.until)? };
        if let (Some(from), Some(until), Some(field)) = (days.from, days.until, &file.until)
            && until <= from
        {
            return Err(self.wrong(
                field,
                "a private price ends before it begins",
                "the last day, exclusive",
            ));
        }
        Ok(days)
    }

    fn commitment(&self, file: &CommitmentFile) -> Result<Commitment> {
        let missing = |key: &str| {
            let message = format!("a `{}` commitment needs `{key}`", file.kind.value);
            self.wrong(&file.kind, message, "in this commitment")
        };
        let stray = |fields: [&Option<Field>; 2]| match fields.into_iter().flatten().next() {
            Some(field) => {
                let message = format!("not a key of a `{}` commitment", file.kind.value);
                Err(self.wrong(field, message, "belongs to the other kind"))
            }
            None => Ok(()),
        };
        let (kind, fields): (Kind, &[Field]) = match file.kind.value.as_str() {
            "spend" => {
                stray([&file.units, &file.unit_price])?;
                stray([&file.sku, &None])?;
                let per_hour = file.per_hour.as_ref().ok_or_else(|| missing("per_hour"))?;
                let percent = file.percent.as_ref().ok_or_else(|| missing("percent"))?;
                let kind = Kind::Spend {
                    per_hour: self.unit_price(per_hour)?,
                    percent: self.percent(percent)?,
                };
                (kind, &file.skus)
            }
            "capacity" => {
                stray([&file.per_hour, &file.percent])?;
                let sku = file.sku.as_ref().ok_or_else(|| missing("sku"))?;
                if let Some(field) = file.skus.first() {
                    return Err(self.wrong(field, "capacity is of one SKU", "write `sku: ID`"));
                }
                let units = file.units.as_ref().ok_or_else(|| missing("units"))?;
                let price = file.unit_price.as_ref().ok_or_else(|| missing("unit_price"))?;
                let count = self.source.parse(units, parse::count)?;
                let (_, found) = self.sku(sku)?;
                if capacity_per_nanosecond(found.unit.dimension).is_none() {
                    let label = format!("priced in {}", found.unit.name);
                    let message = "only what is paid by time has capacity to reserve";
                    return Err(self.wrong(sku, message, &label));
                }
                let kind = Kind::Capacity {
                    units: u32::try_from(count).unwrap_or(u32::MAX),
                    unit_price: self.unit_price(price)?,
                };
                (kind, std::slice::from_ref(sku))
            }
            other => {
                let known = ["spend", "capacity"];
                let message = format!("unknown kind of commitment `{other}`");
                let d = self.source.error(&file.kind, message, "not a kind");
                return Err(Box::new(
                    d.note(format!("allowed: {}", suggest::list(known)))
                        .maybe_hint(suggest::did_you_mean(other, known)),
                ));
            }
        };
        let found: Vec<_> = fields.iter().map(|f| self.sku(f)).collect::<Result<_>>()?;
        let Some(first) = found.first() else { return Err(missing("skus")) };
        if let Some(field) = &file.provider {
            let name = self.provider(field)?;
            if let Some((at, (service, _))) =
                fields.iter().zip(&found).find(|(_, (s, _))| s.provider_name != name)
            {
                let message = format!("`{}` is not sold by {name}", at.value);
                return Err(self.wrong(at, message, &format!("sold by {}", service.provider_name)));
            }
        }
        let at = self.source.place(&file.name);
        Ok(Commitment {
            name: file.name.value.clone(),
            kind,
            skus: found.iter().map(|(_, sku)| sku.id.clone()).collect(),
            regions: self.regions(&file.regions, Some(first.0))?,
            source: format!("{}:{}", at.file, at.line),
        })
    }
}
