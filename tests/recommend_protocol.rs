//! SSC305 on its scenario.

use crate::placing::{advised, kept, shipped, told};
use ssc::pricing::Book;

#[test]
fn the_shipped_scenario_finds_something() {
    let book = Book::embedded().unwrap();
    let found = advised(&book, &shipped("protocol"), &["protocol"]);
    insta::assert_snapshot!(told(&found));
    kept(&book, &found, &["protocol"]);
}
