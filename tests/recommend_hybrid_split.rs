//! SSC101 on its scenario.

use crate::placing::{advised, kept, shipped, told};
use ssc::pricing::Book;

#[test]
fn the_shipped_scenario_is_split() {
    let book = Book::embedded().unwrap();
    let found = advised(&book, &shipped("hybrid-split"), &["hybrid-split"]);
    insta::assert_snapshot!(told(&found));
    kept(&book, &found, &["hybrid-split"]);
}
