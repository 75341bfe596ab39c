//! SSC205: every allowed region, and none that nobody allowed.

use crate::placing::{advised, kept, shipped, told, total};
use ssc::diagnostic::Source;
use ssc::pricing::Book;
use ssc::recommend::Change;

const RULE: &[&str] = &["region"];

#[test]
fn the_shipped_scenario_moves_within_its_objectives() {
    let book = Book::embedded().unwrap();
    let source = shipped("region");
    let found = advised(&book, &source, RULE);
    insta::assert_snapshot!(told(&found));
    let plan = kept(&book, &found, RULE);
    let allowed = ["europe-west1", "europe-west3", "europe-west6"];
    let totals =
        allowed.map(|r| total(&book, &Change::none().set(0, "region", r).apply(&source).unwrap()));
    assert_eq!(totals.iter().min(), Some(&plan.effect.after.total));
}

#[test]
fn without_objectives_it_is_a_condition() {
    let book = Book::embedded().unwrap();
    let text = shipped("region").text().split("objectives:").next().unwrap().to_owned();
    let found = advised(&book, &Source::new("free.yaml", text), RULE);
    assert!(found.ranked.is_empty());
    insta::assert_snapshot!(told(&found));
}
