//! The shipped price book: every file stands alone and can go without another.

use crate::cli::{LAB, root};
use ssc::diagnostic::Source;
use ssc::pricing::{Book, Reading, Service, Severity, embedded_sources};
use std::collections::BTreeSet;
use std::fs;

/// The day of the prices that are compared.
const TODAY: &str = "2026-11-23";

/// Names in scenarios and on pages, and the price files they come from. Without its file, what uses a name is
/// not run; a name that is not here is always run.
const HOMES: &[(&str, &str)] = &[
    ("amazon-bedrock", "llm/amazon-bedrock"),
    ("anthropic", "llm/anthropic"),
    ("aws-alb", "aws-alb"),
    ("aws-api-gateway-websocket", "aws-api-gateway"),
    ("aws-fargate", "aws-fargate"),
    ("aws-kinesis", "aws-kinesis"),
    ("aws-lambda", "aws-lambda"),
    ("aws-lambda-duration-x86", "aws-lambda"),
    ("aws-nat-gateway", "aws-nat-gateway"),
    ("azure-container-apps-fixed", "azure-container-apps"),
    ("cloud-run", "cloud-run"),
    ("cloud-run-jobs", "cloud-run-jobs"),
    ("cloud-run-worker-pools", "cloud-run-worker-pools"),
    ("cloudflare-durable-objects", "cloudflare-durable-objects"),
    ("cloudflare-workers", "cloudflare-workers"),
    ("fly-machines", "fly-machines"),
    ("lambda", "aws-lambda"),
    ("openai", "llm/openai"),
];

pub(crate) fn book() -> Book {
    Book::embedded().unwrap_or_else(|d| panic!("{d}\n{d:#?}"))
}

/// The tests' own price book, without the shipped one.
pub(crate) fn lab() -> Book {
    let read = |name: &str| Source::new(name, fs::read_to_string(format!("{LAB}/{name}")).unwrap());
    Book::load(&["lab.yaml", "lab-boxes.yaml", "llm/lab-ai.yaml"].map(read)).unwrap()
}

/// Whether the price files behind all names in a scenario or command are there; if not, it says so.
#[expect(clippy::print_stderr, reason = "a skipped test must not look like a passed one")]
pub(crate) fn has_all(text: &str) -> bool {
    let word = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
    let words: BTreeSet<&str> = text.split(word).collect();
    let files: BTreeSet<String> = names_of_files();
    let gone = |(name, file): &&(&str, &str)| words.contains(name) && !files.contains(*file);
    let Some((name, file)) = HOMES.iter().find(gone) else { return true };
    let first = text.lines().find(|l| !l.starts_with('#')).unwrap_or_default();
    eprintln!("SKIPPED: `{first}` needs `{name}`, and pricing/{file}.yaml is not in the book");
    false
}

/// Paths of the shipped scenarios that the book has everything for.
pub(crate) fn scenarios() -> Vec<String> {
    let entries = fs::read_dir(root().join("scenarios")).unwrap().map(|e| e.unwrap().path());
    let mut paths: Vec<_> =
        entries.filter(|p| p.extension().is_some_and(|e| e == "yaml")).collect();
    paths.sort();
    paths.retain(|p| has_all(&fs::read_to_string(p).unwrap()));
    assert!(!paths.is_empty());
    paths.into_iter().map(|p| p.to_str().unwrap().to_owned()).collect()
}

/// Names such as `fly-machines` and `llm/openai`.
fn names_of_files() -> BTreeSet<String> {
    let name =
        |s: &Source| s.name().strip_prefix("pricing/")?.strip_suffix(".yaml").map(Into::into);
    embedded_sources().iter().filter_map(name).collect()
}

#[test]
fn every_embedded_price_file_loads() {
    let book = book();
    assert!(book.services.len() >= 6, "{}", book.services.len());
    assert!(book.llm_providers.len() >= 3);
    assert_eq!(book.services.len() + book.llm_providers.len(), embedded_sources().len());
}

/// What a service's SKUs cost in its first region.
fn prices(service: &Service) -> Vec<String> {
    let today = TODAY.parse().unwrap();
    let price = |sku| service.price(sku, &service.default_region, today).map(|(_, tiers)| tiers);
    service.skus.iter().map(|sku| format!("{} {:?}", sku.id, price(sku))).collect()
}

#[test]
fn without_any_one_file_the_rest_stays_as_it_is() {
    let all = embedded_sources();
    let full = book();
    for gone in &all {
        let name = gone.name();
        let rest: Vec<_> = all.iter().filter(|s| s.name() != name).cloned().collect();
        let book = Book::load(&rest).unwrap_or_else(|d| panic!("without {name}: {d}"));
        let (id, llm) = (gone.stem(), name.contains("/llm/"));
        for service in &full.services {
            let here = llm || service.id != id;
            assert_eq!(book.service(&service.id).is_some(), here, "{} without {name}", service.id);
            for platform in &service.platforms {
                assert_eq!(book.platform(&platform.id).is_some(), here, "{}", platform.id);
            }
            for sku in &service.skus {
                let found = book.services.iter().any(|s| s.sku(&sku.id).is_some());
                assert_eq!(found, here, "{} without {name}", sku.id);
            }
            if let Some(kept) = book.service(&service.id) {
                assert_eq!(prices(kept), prices(service), "{} without {name}", service.id);
            }
        }
        for model in full.model_names() {
            let here = !llm || model.split('/').next() != Some(id);
            assert_eq!(book.model(&model).is_some(), here, "{model} without {name}");
        }
    }
}

/// A file read alone is sound and says the same as among the others: no name in it is another file's.
#[test]
fn no_file_refers_to_another() {
    let full = book();
    for source in embedded_sources() {
        let reading = Reading::of(std::slice::from_ref(&source), TODAY.parse().unwrap());
        assert_eq!(reading.count(Severity::Error), 0, "{}: {:?}", source.name(), reading.problems);
        for alone in &reading.book.services {
            let among = full.service(&alone.id).unwrap();
            assert_eq!(format!("{alone:?}"), format!("{among:?}"));
        }
        for alone in &reading.book.llm_providers {
            let among = full.llm_providers.iter().find(|p| p.id == alone.id).unwrap();
            assert_eq!(format!("{alone:?}"), format!("{among:?}"));
        }
    }
}
