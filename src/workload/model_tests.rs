//! Tests of the streaming request model.

use super::*;
use crate::diagnostic::Source;
use crate::units::SimTime;
use crate::workload::random::{purpose, stream};
use crate::workload::{Known, Measured, RequestSpec};

fn model(text: &str, known: &Known) -> crate::diagnostic::Result<RequestModel> {
    let source = Source::new("s.yaml", text);
    let spec: RequestSpec = source.yaml()?;
    RequestModel::resolve(&source, Some(&spec), known)
}

fn given(text: &str) -> RequestModel {
    model(text, &Known::default()).unwrap()
}

fn default_model() -> RequestModel {
    let source = Source::new("s.yaml", "");
    RequestModel::resolve(&source, None, &Known::default()).unwrap()
}

fn one(model: &RequestModel, row: &Row) -> Request {
    model.complete(row, &mut RequestDraws::new(stream(1, 0, purpose::REQUESTS), 0))
}

fn listed(model: &RequestModel) -> String {
    let lines = model.assumptions().into_iter().map(|a| {
        let key = a.subject.trim_start_matches("requests.").to_owned();
        format!("{key} = {} ({}) {}", a.value, a.origin, a.note).trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn without_anything_a_request_is_a_mid_size_chat_answer() {
    let request = one(&default_model(), &Row { arrival: SimTime(5), ..Row::default() });
    assert_eq!(
        request,
        Request {
            arrival: SimTime(5),
            duration: SimDuration(1_000_000_000 + 5_714_285_714),
            time_to_first_token: SimDuration::from_secs(1),
            input_tokens: 1_000,
            output_tokens: 400,
            cpu: SimDuration::from_millis(50),
            response_bytes: 40_000,
            request_bytes: 4_000,
            upstream_bytes: 4_000,
            messages_in: 1,
            messages_out: 400,
            ..Request::default()
        }
    );
    insta::assert_snapshot!(listed(&default_model()), @"
    input_tokens = 1000 (assumption)
    output_tokens = 400 (assumption)
    time_to_first_token = 1s (assumption) a mid-size hosted model
    tokens_per_second = 70 tok/s (assumption) a mid-size hosted model
    cpu = 50ms (assumption) waiting for tokens needs none
    cpu_per_output_token = 0s (assumption)
    request_bytes = 4B per input token (modelled)
    response_bytes_per_output_token = 100B (assumption) measured streams have 35 to 335
    cached_share = 0% (assumption)
    cache_write_share = 0% (assumption)
    disconnects = 0% (assumption)
    ");
}

#[test]
fn a_length_without_an_llm_has_no_tokens() {
    let model = given("duration: 30s\nresponse_bytes: 1MB");
    let request = one(&model, &Row::default());
    assert_eq!((request.input_tokens, request.output_tokens, request.upstream_bytes), (0, 0, 0));
    assert_eq!(request.duration, SimDuration::from_secs(30));
    assert_eq!(request.response_bytes, 1_000_000);
    insta::assert_snapshot!(listed(&model), @"
    input_tokens = 0 (assumption) the length is known and no LLM is involved
    output_tokens = 0 (assumption) the length is known and no LLM is involved
    duration = 30s (given)
    time_to_first_token = 1s (assumption) a mid-size hosted model
    cpu = 50ms (assumption) waiting for tokens needs none
    cpu_per_output_token = 0s (assumption)
    request_bytes = 4B per input token (modelled)
    response_bytes = 1MB (given)
    cached_share = 0% (assumption)
    cache_write_share = 0% (assumption)
    disconnects = 0% (assumption)
    ");
}

#[test]
fn a_given_length_wins_over_tokens() {
    let request =
        one(&given("duration: 3s\noutput_tokens: 700\ntokens_per_second: 10"), &Row::default());
    assert_eq!(request.duration, SimDuration::from_secs(3));
    assert_eq!(request.output_tokens, 700);
    let text = "duration: 3s\noutput_tokens: 700\ntokens_per_second: 10";
    let speed = listed(&given(text)).lines().find(|l| l.contains("per_second")).map(str::to_owned);
    let expected = "tokens_per_second = 10 tok/s (given) unused: `duration` sets the length";
    assert_eq!(speed.as_deref(), Some(expected));
}

#[test]
fn what_a_row_has_is_used_as_it_is() {
    let row = Row {
        duration: Some(SimDuration::from_millis(700)),
        input_tokens: Some(11),
        cached_tokens: Some(3),
        output_tokens: Some(7),
        cpu: Some(SimDuration::from_millis(9)),
        response_bytes: Some(123),
        request_bytes: Some(45),
        model: Some(2),
        ..Row::default()
    };
    let request = one(&given("cached_share: 50%\ncache_write_share: 50%"), &row);
    assert_eq!(
        request,
        Request {
            duration: SimDuration::from_millis(700),
            // The drawn second does not fit into the logged length.
            time_to_first_token: SimDuration::from_millis(700),
            input_tokens: 11,
            cached_tokens: 3,
            cache_write_tokens: 6,
            messages_in: 1,
            messages_out: 7,
            output_tokens: 7,
            cpu: SimDuration::from_millis(9),
            response_bytes: 123,
            request_bytes: 45,
            upstream_bytes: 44,
            model: 2,
            ..Request::default()
        }
    );
}

#[test]
fn cpu_and_cache_shares_follow_the_tokens() {
    let text = "output_tokens: 300\ninput_tokens: 3\ncpu: 10ms\ncpu_per_output_token: 200us\n\
                cached_share: 50%\ncache_write_share: 50%\nresponse_bytes_per_output_token: 62.5";
    let request = one(&given(text), &Row::default());
    assert_eq!(request.cpu, SimDuration::from_millis(70));
    assert_eq!((request.cached_tokens, request.cache_write_tokens), (2, 1));
    assert_eq!(request.response_bytes, 18_750);
}

#[test]
fn logged_aborts_and_modelled_disconnects() {
    let model = given("disconnects: 25%\nduration: 10s");
    let aborted = Row {
        status: Status::Aborted,
        disconnect_after: Some(SimDuration::from_secs(2)),
        ..Row::default()
    };
    assert_eq!(one(&model, &aborted).disconnect_after, Some(SimDuration::from_secs(2)));

    let mut rng = RequestDraws::new(stream(3, 0, purpose::REQUESTS), 0);
    let n = 40_000;
    let left: Vec<f64> = (0..n)
        .filter_map(|_| model.complete(&Row::default(), &mut rng).disconnect_after)
        .map(SimDuration::as_secs_f64)
        .collect();
    let count = f64::from(u32::try_from(left.len()).unwrap());
    let share = count / f64::from(n);
    assert!((share - 0.25).abs() < 4.0 * libm::sqrt(0.25 * 0.75 / f64::from(n)), "{share}");
    let mean = left.iter().sum::<f64>() / count;
    assert!((mean - 5.0).abs() < 4.0 * 10.0 / libm::sqrt(12.0 * count), "{mean}");
    assert!(left.iter().all(|t| (0.0..10.0).contains(t)));
}

#[test]
fn changing_one_parameter_leaves_the_others_as_they_were() {
    let base = "input_tokens: { mean: 900, cv: 1 }\ntime_to_first_token: { p50: 1s, p95: 2s }\n";
    let draw = |text: &str| {
        let (model, mut rng) = (given(text), RequestDraws::new(stream(5, 0, purpose::REQUESTS), 0));
        (0..50)
            .map(|_| model.complete(&Row::default(), &mut rng))
            .map(|r| (r.input_tokens, r.time_to_first_token))
            .collect::<Vec<_>>()
    };
    let varied = format!("{base}output_tokens: {{ mean: 300, cv: 2 }}\ndisconnects: 10%\ncpu: 3ms");
    assert_eq!(draw(base), draw(&varied));
}

#[test]
fn a_trace_is_measured_and_its_gaps_are_listed() {
    let measured =
        Measured { duration: true, output_tokens: true, cpu: true, ..Measured::default() };
    let known = Known {
        measured,
        llm: true,
        response_bytes_per_output_token: Some(35.0),
        ..Known::default()
    };
    let model = model("output_tokens: 250", &known).unwrap();
    insta::assert_snapshot!(listed(&model), @"
    input_tokens = 1000 (assumption)
    output_tokens = each row's own (measured from trace) 250 where a row has no value
    duration = each row's own (measured from trace) modelled from the tokens where a row has no value
    time_to_first_token = 1s (assumption) a mid-size hosted model
    tokens_per_second = 70 tok/s (assumption) a mid-size hosted model
    cpu = each row's own (measured from trace) 50ms where a row has no value
    cpu_per_output_token = 0s (assumption)
    request_bytes = 4B per input token (modelled)
    response_bytes_per_output_token = 35B (modelled) as the LLM provider frames its stream
    cached_share = 0% (assumption)
    cache_write_share = 0% (assumption)
    disconnects = 0% (assumption)
    ");
}

#[test]
fn bad_sections_are_explained() {
    let fails = |text| {
        let e = model(text, &Known::default()).unwrap_err();
        format!("{e} [{}]", e.label)
    };
    let messages = [
        fails("cached_share: 140%"),
        fails("cached_share: 60%\ncache_write_share: 50%"),
        fails("tokens_per_secnd: 70"),
        fails("disconnects: 5 in 100"),
        fails("output_tokens: 1.5"),
        fails("response_bytes_per_output_token: -1"),
        fails("cpu: 50"),
    ];
    insta::assert_snapshot!(messages.join("\n"), @"
    `140%` is not a share such as `40%` or `0.4`, between 0 and 100 % (s.yaml:1:15) [expected a share such as `40%` or `0.4`, between 0 and 100 %]
    the cached and the newly cached share exceed the prompt together (s.yaml:2:20) [more than the rest of the prompt]
    unknown key `tokens_per_secnd` (s.yaml:1:1); did you mean `tokens_per_second`? [not a key that can stand here]
    `5 in 100` is not a share such as `40%` or `0.4`, between 0 and 100 % (s.yaml:1:14) [expected a share such as `40%` or `0.4`, between 0 and 100 %]
    `1.5` is not a whole number such as `80` or `1M` (s.yaml:1:16) [expected a whole number such as `80` or `1M`]
    `-1` is not a number of bytes such as `4096` or `4KiB` (s.yaml:1:34) [expected a number of bytes such as `4096` or `4KiB`]
    `50` is not a duration such as `250ms`, `1.5s`, `15min`, `6h` or `2d` (s.yaml:1:6) [expected a duration such as `250ms`, `1.5s`, `15min`, `6h` or `2d`]
    ");
}

#[test]
fn answers_are_cut_into_messages() {
    let text = "output_tokens: 45\ntokens_per_message: 20\nmessages_in: 3";
    let request = one(&given(text), &Row::default());
    assert_eq!((request.messages_in, request.messages_out), (3, 3));
    let request = one(&given("output_tokens: 45\nmessages_out: 9"), &Row::default());
    assert_eq!(request.messages_out, 9);
    let silent = one(&given("duration: 1s\nresponse_bytes: 1kB"), &Row::default());
    assert_eq!(silent.messages_out, 1);
}
