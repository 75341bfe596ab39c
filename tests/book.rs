//! The shipped price book.

use ssc::pricing::Book;

pub(crate) fn book() -> Book {
    Book::embedded().unwrap_or_else(|d| panic!("{d}\n{d:#?}"))
}

#[test]
fn every_embedded_price_file_loads() {
    let book = book();
    assert!(book.services.len() >= 6, "{}", book.services.len());
    assert!(book.llm_providers.len() >= 3);
}
