//! The whole book in one table.

use super::Form;
use crate::pricing::{Book, Summary};
use crate::report::number::count;
use crate::report::page::{Look, Page, Text, columns, left, right};
use schemars::JsonSchema;
use serde::Serialize;

/// Services and LLM providers with how much is known of each.
#[must_use]
pub fn overview(book: &Book, form: Form) -> String {
    let services: Vec<Summary<'_>> = book.services.iter().map(|s| s.summary()).collect();
    let providers: Vec<Summary<'_>> = book.llm_providers.iter().map(|p| p.summary()).collect();
    match form {
        Form::Json => json(book, &services, &providers),
        Form::Table { width, color } => {
            let mut page = Page::new(width, color);
            table(&mut page, book, &services, &providers);
            page.text
        }
    }
}

fn number(n: usize) -> String {
    count(i128::try_from(n).unwrap_or(i128::MAX))
}

fn table(page: &mut Page, book: &Book, services: &[Summary<'_>], providers: &[Summary<'_>]) {
    let total =
        |of: &[Summary<'_>], get: fn(&Summary<'_>) -> usize| number(of.iter().map(get).sum());
    let day = |s: &Summary<'_>| s.oldest.map(|d| d.to_string()).unwrap_or_default();
    let row = |s: &Summary<'_>, numbers: &[usize]| {
        let mut row = vec![left(format!("{} ({})", s.name, s.id))];
        row.extend(numbers.iter().map(|n| right(number(*n))));
        row.push(left(day(s)).look(Look::Dim));
        row
    };
    let dim = |titles: Vec<Text>| titles.into_iter().map(|t| t.look(Look::Dim)).collect::<Vec<_>>();
    let text = format!(
        "{} services · {} SKUs · {} platforms · {} LLM providers · {} models",
        number(services.len()),
        total(services, |s| s.priced),
        total(services, |s| s.platforms),
        number(providers.len()),
        total(providers, |s| s.priced),
    );
    page.line(left(text).look(Look::Bold), false);
    if let Some(oldest) = book.oldest() {
        page.line(left(format!("oldest price checked on {oldest}")).look(Look::Dim), false);
    }
    if !services.is_empty() {
        page.text.push('\n');
        let titles = vec![
            left("Service"),
            right("SKUs"),
            right("Platforms"),
            right("Regions"),
            left("Oldest check"),
        ];
        let mut rows = vec![dim(titles)];
        rows.extend(services.iter().map(|s| row(s, &[s.priced, s.platforms, s.regions])));
        let widths = columns(page.width, &rows);
        page.grid(&rows, &widths, false);
    }
    if !providers.is_empty() {
        page.text.push('\n');
        let mut rows = vec![dim(vec![left("LLM provider"), right("Models"), left("Oldest check")])];
        rows.extend(providers.iter().map(|s| row(s, &[s.priced])));
        let widths = columns(page.width, &rows);
        page.grid(&rows, &widths, false);
    }
}

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    crate::report::schema::of::<Document<'_>>("ssc/pricing-overview/1")
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    oldest_checked_on: Option<String>,
    services: Vec<Line<'a>>,
    llm_providers: Vec<LlmLine<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Line<'a> {
    service: &'a str,
    service_name: &'a str,
    skus: usize,
    platforms: usize,
    regions: usize,
    oldest_checked_on: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct LlmLine<'a> {
    service: &'a str,
    service_name: &'a str,
    models: usize,
    oldest_checked_on: Option<String>,
}

fn json(book: &Book, services: &[Summary<'_>], providers: &[Summary<'_>]) -> String {
    let day = |s: &Summary<'_>| s.oldest.map(|d| d.to_string());
    crate::report::pretty(&Document {
        schema: "ssc/pricing-overview/1",
        oldest_checked_on: book.oldest().map(|d| d.to_string()),
        services: services
            .iter()
            .map(|s| Line {
                service: s.id,
                service_name: s.name,
                skus: s.priced,
                platforms: s.platforms,
                regions: s.regions,
                oldest_checked_on: day(s),
            })
            .collect(),
        llm_providers: providers
            .iter()
            .map(|s| LlmLine {
                service: s.id,
                service_name: s.name,
                models: s.priced,
                oldest_checked_on: day(s),
            })
            .collect(),
    })
}
