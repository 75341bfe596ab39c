//! What is free: included, per unit of something else, shared by services; and months billed in whole steps.

use crate::example::{SEEN, bill, lines, load, service, sku, twenty_days};
use ssc::billing::{Period, Rates, Statement};
use ssc::pricing::Book;

const ALWAYS: &str = "2025-01-01";

fn flat(id: &str, price: &str) -> String {
    sku(id, "tiering: flat", &[(ALWAYS, "", &format!("unit_price: '{price}'"))])
}

fn at_list(
    book: &Book,
    used: &[(&str, &str, i128)],
    account: &[(&str, &str)],
    free: bool,
) -> Statement {
    let period = Period { allowances: free, ..twenty_days() };
    bill(book, used, account, period, &Rates::default())
}

#[test]
fn what_is_included_stays_without_free_tiers() {
    let free = |id: &str, more: &str| {
        format!("  - {{ id: {id}, name: {id}, skus: [calls], quantity: '10', {more} {SEEN} }}\n")
    };
    let rest = format!(
        "skus:\n{}allowances:\n{}{}",
        flat("calls", "1"),
        free("trial", ""),
        free("in-the-price", "included: true,")
    );
    let book = load(&[service("example", &rest)]);
    let used = [("calls", "a", 100)];
    assert_eq!(at_list(&book, &used, &[], true).total().to_string(), "80");
    let statement = at_list(&book, &used, &[], false);
    assert_eq!(lines(&statement), ["calls (in-the-price) 01..21 10 = 0", "calls 01..21 90 = 90"]);
}

#[test]
fn units_of_one_sku_bring_units_of_another() {
    // 3 units of 40 messages each: 120 of 150 are included, with and without free tiers.
    let per = format!(
        "allowances: [{{ id: m, name: Included messages, skus: [messages], \
         per: {{ sku: units, quantity: '40' }}, included: true, {SEEN} }}]"
    );
    let rest = format!("skus:\n{}{}{per}", flat("messages", "1"), flat("units", "50"));
    let book = load(&[service("example", &rest)]);
    let used =
        [("messages", "a", 100), ("messages", "b", 50), ("units", "a", 2), ("units", "b", 1)];
    let statement = at_list(&book, &used, &[], false);
    insta::assert_debug_snapshot!(lines(&statement), @r#"
    [
        "messages (Included messages) 01..21 80 = 0",
        "messages (Included messages) 01..21 40 = 0",
        "messages 01..21 20 = 20",
        "messages 01..21 10 = 10",
        "units 01..21 2 = 100",
        "units 01..21 1 = 50",
    ]
    "#);
    let none = at_list(&book, &[("messages", "a", 7)], &[], true);
    assert_eq!(none.total().to_string(), "7");
}

#[test]
fn services_share_one_allowance_in_book_order() {
    let file = |id: &str, size: &str, shared: &str| {
        let free = format!(
            "allowances: [{{ id: f, name: Free, skus: [{id}-calls], {size}, {shared} {SEEN} }}]"
        );
        service(id, &format!("skus:\n{}{free}", flat(&format!("{id}-calls"), "1")))
    };
    let used = [("b-calls", "w", 80), ("a-calls", "w", 80)];
    for size in ["quantity: '100'", "money: '100'"] {
        let one = "shared_as: everything,";
        let book = load(&[file("b", size, one), file("a", size, one)]);
        let statement = at_list(&book, &used, &[], true);
        let owed = |sku: &str| {
            let own = statement.charges.iter().filter(|c| c.service_name.ends_with(sku));
            own.map(|c| c.billed_cost).sum::<ssc::units::Money>().to_string()
        };
        assert_eq!((owed("a"), owed("b")), ("0".into(), "60".into()), "{size}");
        let book = load(&[file("b", size, ""), file("a", size, "")]);
        assert_eq!(at_list(&book, &used, &[], true).total().to_string(), "0", "{size}");
    }
}

/// Names under which a shipped service shares its allowances.
fn shared(id: &str) -> Vec<String> {
    let allowances = crate::book::book().service(id).unwrap().allowances.clone();
    allowances.into_iter().filter_map(|a| a.shared_as).collect()
}

#[test]
fn aws_lambda_shares_its_free_transfer() {
    assert_eq!(shared("aws-lambda"), ["aws-data-transfer-out"]);
}

#[test]
fn azure_functions_shares_its_free_transfer() {
    assert_eq!(shared("azure-functions"), ["azure-data-transfer-out"]);
}

#[test]
fn a_month_can_be_billed_in_whole_steps() {
    let rows = [(ALWAYS, "2026-01-11", "unit_price: '1'"), ("2026-01-11", "", "unit_price: '2'")];
    let rule = "tiering: flat, billable_round_up: { to: '100', when: { rounding: [whole] } }";
    let rest = format!(
        "account: {{ rounding: {{ values: [whole, exact], {SEEN} }} }}\nskus:\n{}\
         allowances: [{{ id: f, name: Free, skus: [calls], quantity: '100', {SEEN} }}]",
        sku("calls", rule, &rows)
    );
    let book = load(&[service("example", &rest)]);
    let run = |n, how| at_list(&book, &[("calls", "a", n)], &[("rounding", how)], true);
    // 320, of which 100 free: 60 at 1 and 160 at 2; 80 more make 300, at the last price.
    insta::assert_debug_snapshot!(lines(&run(320, "whole")), @r#"
    [
        "calls (Free) 01..11 100 = 0",
        "calls 01..11 60 = 60",
        "calls 11..21 160 = 320",
        "calls, rounded up to whole 100 11..21 80 = 160",
    ]
    "#);
    assert_eq!(run(320, "exact").total().to_string(), "380");
    assert_eq!(run(100, "whole").total().to_string(), "0");
    assert_eq!(run(300, "whole").total(), run(300, "exact").total());
}

#[test]
fn mistakes_in_allowances_are_refused() {
    let load = |rest: &str| {
        let rest = format!("skus:\n{}{rest}", flat("calls", "1"));
        ssc::pricing::Book::load(&[service("example", &rest)]).unwrap_err().to_string()
    };
    let allowance = |more: &str| {
        load(&format!("allowances: [{{ id: f, name: Free, skus: [calls], {more}, {SEEN} }}]"))
    };
    let rule = "tiering: flat, billable_round_up: { to: '1', when: { plan: [x] } }";
    let row = [(ALWAYS, "", "unit_price: '1'")];
    let all = [
        allowance("per: { sku: cals, quantity: '1' }"),
        allowance("quantity: '1', money: '1'"),
        allowance("per: { sku: calls, quantity: '1' }, shared_as: x"),
        load(&sku("more", rule, &row)),
    ];
    insta::assert_snapshot!(all.join("\n"));
}
