//! A trace gives back what was put in, and sorts it.

use super::*;
use proptest::prelude::*;

fn at(seconds: i64) -> Row {
    Row { arrival: SimTime(seconds * 1_000_000_000), ..Row::default() }
}

#[test]
fn a_row_comes_back_as_it_was_pushed() {
    let mut trace = Trace::new("test");
    let workload = trace.intern_workload("chat");
    let model = trace.intern_model("small");
    let row = Row {
        duration: Some(SimDuration::from_millis(1_500)),
        time_to_first_token: Some(SimDuration::ZERO),
        input_tokens: Some(10),
        cached_tokens: Some(4),
        cache_write_tokens: Some(0),
        output_tokens: Some(3),
        cpu: Some(SimDuration(1)),
        response_bytes: Some(u64::MAX - 1),
        request_bytes: Some(0),
        status: Status::Aborted,
        disconnect_after: Some(SimDuration(5)),
        workload,
        model,
        ..at(7)
    };
    trace.push(at(6));
    trace.push(row);
    trace.push(at(8));
    assert_eq!(trace.iter().collect::<Vec<_>>(), [at(6), row, at(8)]);
    assert_eq!(trace.row(99), Row::default());
    assert_eq!(trace.present(TraceColumn::Duration), 1);
    assert_eq!(trace.span(), SimDuration::from_secs(2));
    assert!(trace.has_duration() && trace.has_tokens() && trace.has_cpu());
    assert!(trace.has_time_to_first_token() && trace.has_response_bytes());
}

#[test]
fn sorting_is_stable_and_counts_rows_below_a_later_one() {
    let mut trace = Trace::new("test");
    for (second, tokens) in [(1, 0), (5, 1), (2, 2), (5, 3), (2, 4)] {
        trace.push(Row { output_tokens: Some(tokens), ..at(second) });
    }
    assert_eq!(trace.sort_by_arrival(), SimDuration::from_secs(3));
    assert_eq!(trace.out_of_order, 2);
    let tokens: Vec<_> = trace.iter().filter_map(|r| r.output_tokens).collect();
    assert_eq!(tokens, [0, 2, 4, 1, 3]);
    assert_eq!(trace.sort_by_arrival(), SimDuration::ZERO);
    assert_eq!(trace.out_of_order, 0);
}

#[test]
fn a_workload_is_selected_with_its_own_labels() {
    let mut trace = Trace::new("test");
    for (second, label, name) in [(1, "chat", "a"), (2, "search", "b"), (3, "search", "a")] {
        let workload = trace.intern_workload(label);
        let model = trace.intern_model(name);
        trace.push(Row { workload, model, ..at(second) });
    }
    let search = trace.select_workload("search").unwrap();
    assert_eq!(search.len(), 2);
    assert_eq!(search.workload_labels(), ["search"]);
    assert_eq!(search.model_labels(), ["b", "a"]);
    assert_eq!(search.row(1).model, Some(1));
    assert_eq!(trace.select_workload("nobody"), None);
}

#[test]
fn a_request_with_three_token_counts_takes_36_bytes() {
    let mut trace = Trace::new("test");
    for second in 0..1_000 {
        trace.push(Row {
            duration: Some(SimDuration(1)),
            time_to_first_token: Some(SimDuration(1)),
            input_tokens: Some(1),
            cached_tokens: Some(1),
            output_tokens: Some(1),
            ..at(second)
        });
    }
    trace.shrink();
    assert_eq!(trace.memory_bytes(), 36_000);
}

#[test]
fn a_trace_is_put_together_from_parts_with_labels_of_their_own() {
    let part = |labels: [&str; 2], first: i64| {
        let mut part = Trace::new("test");
        for (second, label) in (first..).zip(labels) {
            let workload = part.intern_workload(label);
            part.push(Row { workload, ..at(second) });
        }
        part
    };
    let mut whole = part(["a", "b"], 0);
    let mut other = part(["c", "a"], 2);
    assert!(whole.adopt_labels(&mut other));
    whole.append(&other);
    assert_eq!(whole.workload_labels(), ["a", "b", "c"]);
    let labels: Vec<_> = whole.iter().filter_map(|r| r.workload).collect();
    assert_eq!(labels, [0, 1, 2, 0]);
    assert_eq!(whole.present(TraceColumn::Workload), 4);
    whole.clear();
    assert_eq!(whole, Trace::new("test"));
}

#[test]
fn models_are_counted() {
    let mut trace = Trace::new("test");
    for (second, label) in [(1, "a"), (2, "b"), (3, "a")] {
        let model = trace.intern_model(label);
        trace.push(Row { model, ..at(second) });
    }
    trace.push(at(4));
    assert_eq!(trace.model_counts(), [2, 1]);
}

proptest! {
    #[test]
    fn sorting_is_the_stable_sort_of_whole_rows(
        rows in proptest::collection::vec((0_i64..50, proptest::option::of(0_u32..9)), 0..300),
    ) {
        let mut trace = Trace::new("test");
        for &(second, output_tokens) in &rows {
            trace.push(Row { output_tokens, ..at(second) });
            trace.push_prefix(&[PrefixBlock { id: u64::from(output_tokens.unwrap_or(9)), tokens: 1 }]);
        }
        let mut sorted = rows.clone();
        sorted.sort_by_key(|(second, _)| *second);
        let furthest = trace.sort_by_arrival();
        for (i, (second, output_tokens)) in sorted.into_iter().enumerate() {
            prop_assert_eq!(trace.row(i), Row { output_tokens, ..at(second) });
            prop_assert_eq!(trace.prefixes().of(i)[0].id, u64::from(output_tokens.unwrap_or(9)));
        }
        let above = |i: usize| rows[..i].iter().map(|r| r.0).max().unwrap_or(0);
        let behind = (0..rows.len()).map(|i| above(i) - rows[i].0).max().unwrap_or(0).max(0);
        prop_assert_eq!(furthest, SimDuration::from_secs(behind));
    }
}
