use super::requests::Fate;
use super::*;
use crate::workload::Request;
use crate::workload::random::{purpose, stream, uniform};
use std::collections::BTreeMap;

const INSIDE: [bool; 3] = [false, true, false];

fn draws(seed: u64, first: u64) -> impl Iterator<Item = StageDraws> {
    StageDraws::from(stream(seed, 0, purpose::STAGES), first)
}

fn secs(s: f64) -> SimDuration {
    SimDuration::from_secs_f64(s)
}

/// Stages with random facts, gate and post inside the function.
fn some_stages(rng: &mut Pcg64) -> Stages {
    let mut number = |most: f64| uniform(rng) * most;
    let spread = |mean: f64| Distribution::Uniform { min: mean / 2.0, max: mean * 1.5 };
    let rejects = number(0.5);
    let answers = number(0.5);
    let gate = Gate {
        duration: spread(number(0.2)),
        cpu: (number(1.0) < 0.5).then(|| spread(0.01)),
        rejects,
        answers,
        answer_duration: (number(1.0) < 0.5).then(|| spread(1.0)),
        model: (number(1.0) < 0.5).then_some(2),
        tries_all: number(1.0) < 0.3,
        apart: None,
        function_elsewhere: false,
    };
    let cascade = Cascade {
        first: NonZeroU16::new(1).unwrap(),
        escalates: number(1.0),
        duration: (number(1.0) < 0.5).then(|| spread(0.5)),
        output_tokens: (number(1.0) < 0.5).then_some(Distribution::Constant(9.0)),
    };
    let post = Post { duration: spread(2.0), cpu: None, apart: false, elsewhere: false };
    let alone = gate.model.is_some() && gate.tries_all;
    Stages {
        gate: Some(gate),
        cascade: (!alone && number(1.0) < 0.5).then_some(cascade),
        post: (number(1.0) < 0.7).then_some(post),
    }
}

/// The same with gate and post on platforms of their own; the gate's model is the first of its list.
fn apart(stages: &Stages, forwarding: Forwarding) -> (Stages, Stages) {
    let mut function = stages.clone();
    if let Some(gate) = &mut function.gate {
        gate.apart = Some(forwarding);
    }
    if let Some(post) = &mut function.post {
        post.apart = true;
    }
    let mut gate = function.clone();
    if let Some(gate) = &mut gate.gate {
        gate.model = gate.model.map(|_| 0);
    }
    (function, gate)
}

fn some_request(rng: &mut Pcg64) -> Request {
    let mut number = |most: f64| uniform(rng) * most;
    let duration = secs(1.0 + number(5.0));
    Request {
        duration,
        time_to_first_token: secs(number(1.0)),
        input_tokens: 1_000,
        cached_tokens: 300,
        output_tokens: 200,
        cpu: secs(number(0.1)),
        response_bytes: 20_000,
        request_bytes: 4_000,
        upstream_bytes: 4_000,
        messages_in: 1,
        messages_out: 200,
        disconnect_after: (number(1.0) < 0.2).then(|| secs(number(1.0))),
        ..Request::default()
    }
}

/// Tokens of a request by model, as they are billed: prompt and answer.
fn tokens(r: &Request, names: &dyn Fn(u16) -> u16, into: &mut BTreeMap<u16, (u64, u64)>) {
    if r.model != NO_MODEL {
        let entry = into.entry(names(r.model)).or_default();
        *entry = (entry.0 + u64::from(r.input_tokens), entry.1 + u64::from(r.output_tokens));
    }
    if let Some(tried) = r.tried {
        let entry = into.entry(names(tried.get())).or_default();
        *entry = (entry.0 + u64::from(r.input_tokens), entry.1 + u64::from(r.tried_output_tokens));
    }
}

/// What is taken out of a function is neither lost nor done twice: on 2,000 random workloads every request
/// has the same fate, CPU time, serving time and tokens inside and apart.
#[test]
fn stages_apart_do_what_they_did_inside() {
    let mut rng = stream(3, 0, 0);
    let mut fates = BTreeMap::<(bool, bool), u32>::new();
    for seed in 0..2_000 {
        let whole = some_stages(&mut rng);
        let (function, gate) = apart(&whole, Forwarding::Redirect);
        let (mut together, mut parted) = (BTreeMap::new(), BTreeMap::new());
        for d in draws(seed, 0).take(5) {
            let r = some_request(&mut rng);
            let mono = whole.at(Stage::Whole, &r, &d, &INSIDE).unwrap();
            let first = gate.at(Stage::Gate, &r, &d, &INSIDE).unwrap();
            let behind = function.at(Stage::Behind, &r, &d, &INSIDE);
            let post = function.at(Stage::Post, &r, &d, &INSIDE);
            assert_eq!(post.is_some(), behind.is_some() && whole.post.is_some());
            *fates.entry((behind.is_some(), first.model == NO_MODEL)).or_default() += 1;
            let mut cpu = first.cpu;
            let mut time = first.duration;
            for part in behind.iter().chain(&post) {
                (cpu, time) = (cpu + part.cpu, time + part.duration);
            }
            assert_eq!((mono.cpu, mono.duration), (cpu, time));
            if let Some(behind) = behind {
                assert_eq!(behind.before, first.duration);
                assert_eq!(mono.answered(), behind.before + behind.duration);
                let first = behind.before + behind.time_to_first_token;
                assert_eq!(mono.time_to_first_token, first);
                tokens(&behind, &|m| m, &mut parted);
            } else {
                assert_eq!(mono.response_bytes, first.response_bytes);
            }
            tokens(&mono, &|m| m, &mut together);
            tokens(&first, &|m| if m == 0 { 2 } else { m }, &mut parted);
        }
        assert_eq!(together, parted, "{whole:?}");
    }
    assert!(fates.values().all(|n| *n > 500) && fates.len() == 4, "{fates:?}");
}

#[test]
fn a_proxy_stays_open_until_the_last_byte() {
    let mut rng = stream(4, 0, 0);
    for d in draws(9, 0).take(200) {
        let stages = some_stages(&mut rng);
        let (_, gate) = apart(&stages, Forwarding::Proxy);
        let r = Request { disconnect_after: None, ..some_request(&mut rng) };
        let mono = stages.at(Stage::Whole, &r, &d, &INSIDE).unwrap();
        let through = gate.at(Stage::Gate, &r, &d, &INSIDE).unwrap();
        assert_eq!(through.duration, mono.answered());
        assert_eq!(through.time_to_first_token, mono.time_to_first_token);
        assert_eq!(through.response_bytes, mono.response_bytes);
    }
}

/// A larger share takes more requests and lets none go, so that variants differ in nothing else.
#[test]
fn shares_are_met_and_nested() {
    let gate = |rejects, answers| Gate {
        duration: Distribution::Constant(0.04),
        cpu: None,
        rejects,
        answers,
        answer_duration: None,
        model: None,
        tries_all: false,
        apart: None,
        function_elsewhere: false,
    };
    let n = 100_000;
    let fates = |g: &Gate| draws(5, 0).take(n).map(|d| g.fate(&d)).collect::<Vec<_>>();
    let (small, large) = (fates(&gate(0.08, 0.12)), fates(&gate(0.09, 0.30)));
    for (share, fate) in [(0.08, Fate::Rejected), (0.12, Fate::Answered)] {
        let seen = small.iter().filter(|f| **f == fate).count() as f64;
        let error = 4.0 * (share * (1.0 - share) * n as f64).sqrt();
        assert!((seen - share * n as f64).abs() < error, "{seen}");
    }
    for (small, large) in small.iter().zip(&large) {
        assert!(*small == Fate::Passed || small == large);
    }
    let all = fates(&gate(0.4, 0.6));
    assert!(all.iter().all(|f| *f != Fate::Passed));
}

/// Portions are drawn on their own.
#[test]
fn a_request_keeps_its_numbers_wherever_a_portion_begins() {
    let all: Vec<_> = draws(1, 0).take(10).map(|d| d.0).collect();
    let late: Vec<_> = draws(1, 4).take(6).map(|d| d.0).collect();
    assert_eq!(all[4..], late);
}

#[test]
fn a_cascade_pays_both_models_where_it_escalates() {
    let cascade = |escalates| Stages {
        cascade: Some(Cascade {
            first: NonZeroU16::new(1).unwrap(),
            escalates,
            duration: Some(Distribution::Constant(0.5)),
            output_tokens: Some(Distribution::Constant(40.0)),
        }),
        ..Stages::default()
    };
    let r = some_request(&mut stream(6, 0, 0));
    let r = Request { disconnect_after: None, ..r };
    let d = draws(1, 0).next().unwrap();
    let light = cascade(0.0).at(Stage::Whole, &r, &d, &INSIDE).unwrap();
    // The light model is the platform's own vendor's: its prompt does not leave.
    assert_eq!(light, Request { model: 1, upstream_bytes: 0, ..r });
    let both = cascade(1.0).at(Stage::Whole, &r, &d, &INSIDE).unwrap();
    let waited = secs(0.5);
    assert_eq!(both.tried.map(NonZeroU16::get), Some(1));
    assert_eq!((both.tried_output_tokens, both.model), (40, 0));
    assert_eq!((both.duration, both.upstream_bytes), (r.duration + waited, 4_000));
    assert_eq!(both.time_to_first_token, r.time_to_first_token + waited);
    // A row of the trace that names another model is not asked twice.
    let labelled = Request { model: 2, ..r };
    assert_eq!(cascade(0.5).at(Stage::Whole, &labelled, &d, &INSIDE), Some(labelled));
}
