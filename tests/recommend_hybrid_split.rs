//! SSC101: the bill put together from single workloads, the search, and its scenario.

use crate::placing::{Beside, advised, kept, options, shipped, told, total};
use crate::recommended::{BOOK, Folder, asked, promised};
use ssc::diagnostic::{Result, Source};
use ssc::estimate::{Estimator, TraceLoader, Variant};
use ssc::pricing::{Book, Scaling};
use ssc::recommend::candidates::{Candidate, moved, platforms, regions, variants};
use ssc::recommend::{Certificate, Change, Load, Session};
use ssc::units::Money;
use ssc::workload::Recording;
use ssc::workload::import::{ReadOptions, read};

const RULE: &[&str] = &["hybrid-split"];

#[test]
fn the_shipped_scenario_is_split() {
    let book = Book::embedded().unwrap();
    let source = shipped("hybrid-split");
    let found = advised(&book, &source, RULE);
    insta::assert_snapshot!(told(&found));
    let plan = kept(&book, &found, RULE);
    assert!(matches!(plan.steps[0].proposal.certificate, Certificate::Optimal(_)));
    // Every assignment of routes to these two, each as a scenario of its own, costs no less.
    let best = plan.steps[0].effect.after.total;
    for places in 0..8 {
        let mut change = Change::none();
        for w in (0..3).filter(|w| places >> w & 1 == 1) {
            change = change.set(w, "platform", "cloud-run").set(w, "region", "us-central1").set(
                w,
                "deployment.concurrency",
                "1",
            );
        }
        let cost = total(&book, &change.apply(&source).unwrap());
        assert!(best <= cost, "{best} > {cost} with {places:b}");
    }
}

/// Workloads that are played one by one and billed together make the bill of the whole.
#[test]
fn single_workloads_add_up_to_the_bill() {
    let book = Book::embedded().unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let main = ["negotiated", "voice-mixed", "kinesis-pipeline", "durable-object-sockets"];
    let main = main.map(|n| (n, format!("{root}/scenarios/{n}.yaml")));
    let own = ["hybrid-split", "settings", "protocol", "feasibility"];
    let own = own.map(|n| (n, format!("{root}/scenarios/recommend/{n}.yaml")));
    let mut several = 0;
    for (name, path) in main.into_iter().chain(own) {
        let text = std::fs::read_to_string(path).unwrap();
        // An hour of arrivals is enough: what is billed is the same.
        let text = text.replace("pricing_date: 2026-11-23\n", "");
        let text = format!("{text}\nperiod: 96h\npricing_date: 2026-11-23\n");
        let source = Source::new(format!("{name}.yaml"), text);
        let (options, mut loader) = (options(), Beside);
        let mut estimator = Estimator::new(&book, &mut loader);
        let variant = Variant { source: &source, options: &options };
        let whole = estimator.run(&[variant]).unwrap().pop().unwrap().unwrap();
        let wanted: Vec<_> = (0..whole.workloads.len()).map(|w| (variant, w)).collect();
        let played = estimator.play(&wanted).unwrap();
        let played: Vec<_> = played.into_iter().map(|p| p.unwrap()).collect();
        let terms = estimator.terms(variant).unwrap();
        let used: Vec<_> = played.iter().map(|p| &p.used).collect();
        assert_eq!(terms.bill(&used), whole.statement, "{name}");
        for (played, w) in played.iter().zip(&whole.workloads) {
            assert_eq!(played.estimate.facts, w.facts, "{name}");
        }
        several += usize::from(played.len() > 1);
    }
    assert!(several >= 3);
}

/// Without objectives a workload stays in its part of the world.
#[test]
fn nothing_moves_to_another_part_of_the_world_unasked() {
    let book = Book::embedded().unwrap();
    let text = "
pricing_date: 2026-11-23
workloads:
  - name: chat
    platform: aws-lambda
    region: eu-west-1
    deployment: { memory: 1GiB }
    arrivals: { pattern: poisson, rate: 20k/month }
    requests: { duration: 60s, cpu: 50ms, response_bytes: 10kB }
";
    let found = advised(&book, &Source::new("eu.yaml", text), RULE);
    let plan = kept(&book, &found, RULE);
    let now = &plan.trial.estimate.workloads[0];
    let service = book.platform(&now.platform).unwrap().service;
    let area = service.regions[&now.region].area;
    assert!(area.is_none() || area == Some(ssc::pricing::Area::Europe), "{}", now.region);
    assert_ne!(now.platform, "aws-lambda");
}

/// What is tied to a vendor stays there: a gateway in the path, a SKU of the service.
#[test]
fn what_is_tied_to_its_vendor_stays() {
    let book = Book::embedded().unwrap();
    for tie in [
        "path: [aws-lambda-function-url]",
        "usage: [{ sku: aws-lambda-durable-operations, per_request: 1 }]",
    ] {
        let text = format!(
            "
pricing_date: 2026-11-23
workloads:
  - name: chat
    platform: aws-lambda
    {tie}
    arrivals: {{ pattern: poisson, rate: 20k/month }}
    requests: {{ duration: 60s, cpu: 50ms, response_bytes: 10kB }}
"
        );
        let found = advised(&book, &Source::new("tied.yaml", text), RULE);
        assert!(found.ranked.is_empty(), "{}", told(&found));
    }
}

/// Ways to run a workload, put together anew: every platform, each with what is worth trying.
fn ways(session: &Session<'_>, w: usize, load: &Load) -> Vec<Candidate> {
    let stated = session.states(w, "cpu");
    let now = session.now().estimate.workloads[w].clone();
    let mut all = Vec::new();
    for place in platforms(session, w) {
        let there = if place.platform.id == now.platform {
            vec![now.region.clone()]
        } else {
            regions(session, w, &place)
        };
        for region in there {
            if let Some(base) = moved(session, w, &place, &region) {
                all.extend(variants(&base, w, &place, load, stated));
            }
        }
    }
    all
}

/// The least total of these changes, each estimated as a whole, and how many there were.
fn least(session: &mut Session<'_>, changes: &[Change]) -> (Money, usize) {
    let trials = session.try_all(changes).unwrap();
    assert_eq!(trials.len(), changes.len());
    let sound: Vec<_> = trials.into_iter().flatten().filter(|t| session.keeps(t)).collect();
    (sound.iter().map(|t| t.outcome.total).min().unwrap(), sound.len())
}

/// What was found, or that nothing pays.
fn found(text: &str, loader: &mut dyn TraceLoader) -> (Option<Certificate>, Money, Change) {
    let found = asked("hybrid-split", text, loader);
    match found.ranked.iter().min_by_key(|r| r.effect.after.total) {
        Some(r) => {
            let certificate = r.proposal.certificate.clone();
            (Some(certificate), r.effect.after.total, r.proposal.change.clone())
        }
        None => (None, found.before.outcome.total, Change::none()),
    }
}

/// A chat with both stages, and a workload beside it.
fn staged(memory: &str, rate: &str, (gate, post): (&str, &str), platforms: &str) -> String {
    format!(
        "pricing_date: 2026-11-23\nworkloads:\n  - name: chat\n    platform: aws-lambda\n    region: us-east-1\n\
         \x20   deployment: {{ memory: {memory} }}\n\
         \x20   arrivals: {{ pattern: poisson, rate: {rate}, window: 10min }}\n\
         \x20   requests: {{ duration: {{ p50: 2s, p95: 6s }}, cpu: 600ms, response_bytes: 20kB }}\n\
         \x20   gate: {{ {gate} }}\n    post: {{ {post} }}\n\
         \x20 - name: beside\n    platform: aws-lambda\n    region: us-east-1\n\
         \x20   arrivals: {{ pattern: steady, rate: 3k/h, window: 10min }}\n\
         \x20   requests: {{ duration: 300ms, cpu: 250ms, response_bytes: 1kB }}\n\
         objectives: {{ platforms: [{platforms}] }}\n"
    )
}

/// Every place of a workload, its gate, the work after its answers and the workload beside it, written out
/// and estimated as a whole, stages on every platform that starts instances on demand, in the region and
/// with the memory they have beside the function as it is: none is cheaper.
#[test]
fn no_other_placement_of_stages_is_cheaper() {
    let gate = "duration: 150ms, cpu: 4ms, rejects: 30%, memory: 256MiB";
    let post = "duration: 3s, cpu: 40ms, memory: 256MiB";
    let cases = [
        staged("2048MiB", "9k/h", (gate, post), "aws-lambda, cloudflare-workers, cloud-run"),
        staged(
            "512MiB",
            "2k/h",
            ("duration: 20ms, rejects: 2%", post),
            "aws-lambda, azure-functions-flex",
        ),
        staged(
            "1024MiB",
            "40k/h",
            (
                &format!("{gate}, platform: cloudflare-workers"),
                &format!("{post}, platform: aws-lambda"),
            ),
            "aws-lambda, cloudflare-workers",
        ),
    ];
    let (mut apart, mut away) = (0, 0);
    for text in cases {
        let (certificate, best, change) = found(&text, &mut Beside);
        let (options, mut loader) = (options(), Beside);
        let source = Source::new("s.yaml", text.as_str());
        let estimator = Estimator::new(&BOOK, &mut loader);
        let mut session =
            Session::new(&source, &options, estimator, &|| false, &|_, _| ()).unwrap();
        let load = [session.load(0).unwrap(), session.load(1).unwrap()];
        let functions = [ways(&session, 0, &load[0]), ways(&session, 1, &load[1])];
        let on_demand: Vec<_> = BOOK
            .platforms()
            .filter(|p| p.platform.scaling == Scaling::PerRequest)
            .map(|p| p.platform.id.clone())
            .filter(|id| session.objectives().allows_platform(id))
            .collect();
        // A stage inside the function, or on a platform with everything said.
        let mut places = |stage: &str| -> Vec<Change> {
            let drop = |change: Change, keys: &[&str]| {
                keys.iter().fold(change, |c, key| c.remove(0, &format!("{stage}.{key}")))
            };
            let inside = drop(Change::none(), &["platform", "region", "deployment"]);
            let mut all = vec![inside.clone()];
            for id in &on_demand {
                let there = inside.clone().set(0, &format!("{stage}.platform"), id.as_str());
                let Ok(trial) = session.try_one(&there) else { continue };
                let own = |w: &&ssc::estimate::WorkloadEstimate| w.name == format!("chat/{stage}");
                let region = trial.estimate.workloads.iter().find(own).unwrap().region.clone();
                all.push(there.set(0, &format!("{stage}.region"), region.as_str()));
            }
            all
        };
        let (gates, posts) = (places("gate"), places("post"));
        let mut changes = Vec::new();
        for function in &functions[0] {
            for (gate, post) in gates.iter().flat_map(|g| posts.iter().map(move |p| (g, p))) {
                let chat = function.change.clone().then(gate).then(post);
                changes.extend(functions[1].iter().map(|w| chat.clone().then(&w.change)));
            }
        }
        let (least, sound) = least(&mut session, &changes);
        assert!(sound >= 54, "{sound} of {}", changes.len());
        assert_eq!(best, least, "{sound}\n{text}\n{:?}", change.lines());
        assert!(matches!(certificate, Some(Certificate::Optimal(_))), "{certificate:?}");
        let lines = change.lines().join("\n");
        apart += usize::from(lines.contains("gate.platform") || lines.contains("post.platform"));
        away += usize::from(lines.contains("].platform"));
    }
    assert!(apart > 1 && away > 0, "{apart} {away}");
}

/// A function and both of its stages move together, and that is all there is to say.
#[test]
fn a_moved_pipeline_is_kept() {
    let stages = (
        "duration: 150ms, cpu: 4ms, rejects: 30%, memory: 128MiB",
        "duration: 3s, cpu: 40ms, memory: 128MiB",
    );
    let platforms = "aws-lambda, cloudflare-workers, cloud-run";
    let text =
        staged("2048MiB", "9k/h", stages, platforms).replace("window: 10min", "window: 2min");
    let found = promised("hybrid-split", &text, &mut Beside);
    let plan = found.plan.as_ref().unwrap();
    let told = plan.change.lines().join("\n");
    let moved = ["].platform: ", "gate.platform: ", "post.platform: "];
    assert!(moved.iter().all(|key| told.contains(key)), "{told}");
    assert_eq!(plan.effect.before.requests, plan.effect.after.requests);
}

/// One trace, under every path.
struct Only(String);

impl TraceLoader for Only {
    fn load(&mut self, _: &str, options: &ReadOptions) -> Result<Recording> {
        read("t.csv", self.0.as_bytes(), options).map(Recording::Memory)
    }
}

/// An hour: chats that wait, short checks, and reports that compute; the last are without a label if so.
fn log(scale: u32, unlabelled: bool) -> String {
    let mut text = "timestamp,workload,duration,ttft,cpu,response_bytes\n".to_owned();
    for i in 0..60 * scale {
        let at = i * 60 / scale;
        let own = match i % 5 {
            0 => "chat,40s,900ms,200ms,20000",
            1 if unlabelled => ",30s,,25s,900000",
            1 => "report,30s,,25s,900000",
            _ => "check,150ms,,70ms,300",
        };
        let (minute, second) = (at / 60, at % 60);
        text += &format!("2026-11-02T00:{minute:02}:{second:02}Z,{own}\n");
    }
    text
}

/// One workload of the log; `routes` as in `arrivals:`.
fn api(name: &str, routes: &str) -> String {
    format!(
        "  - name: {name}\n    platform: aws-lambda\n    region: us-east-1\n    deployment: {{ memory: 8192MiB }}\n\
         \x20   arrivals: {{ trace: t.csv{routes} }}\n"
    )
}

fn logged(workloads: &str) -> String {
    format!(
        "pricing_date: 2026-11-23\nperiod: 96h\nworkloads:\n{workloads}objectives: {{ platforms: [aws-lambda, cloud-run] }}\n"
    )
}

/// Every way to part the routes of a trace, written out as workloads of their own and estimated as a
/// whole: none is cheaper. What stays together stays on its platform.
#[test]
fn no_other_parting_of_routes_is_cheaper() {
    let mut parted = 0;
    for (scale, unlabelled) in [(6, false), (4, true)] {
        let log = || Only(log(scale, unlabelled));
        let labels: &[&str] =
            if unlabelled { &["chat", "check"] } else { &["chat", "check", "report"] };
        let text = logged(&api("api", ""));
        let (certificate, best, change) = found(&text, &mut log());
        let (options, mut loader) = (options(), log());
        let source = Source::new("s.yaml", text.as_str());
        let estimator = Estimator::new(&BOOK, &mut loader);
        let mut session =
            Session::new(&source, &options, estimator, &|| false, &|_, _| ()).unwrap();
        let of = |session: &mut Session<'_>, only: &str| {
            let list = only.split(',').map(|label| label.trim().into()).collect();
            let key = if only.is_empty() { "except" } else { "only" };
            let list =
                if only.is_empty() { labels.iter().map(|l| (*l).into()).collect() } else { list };
            let change = Change::none().set(
                0,
                &format!("arrivals.{key}"),
                ssc::recommend::Value::List(list),
            );
            let load = session.load_of(&change, 0).unwrap();
            ways(session, 0, &load)
        };
        let whole = session.load(0).unwrap();
        // Unsplit, anywhere.
        let mut texts: Vec<String> = ways(&session, 0, &whole)
            .iter()
            .map(|c| c.change.apply(&source).unwrap().text().to_owned())
            .collect();
        for apart in 1_usize..1 << labels.len() {
            let leaves: Vec<_> =
                (0..labels.len()).filter(|l| apart >> l & 1 == 1).map(|l| labels[l]).collect();
            let stay: Vec<_> =
                (0..labels.len()).filter(|l| apart >> l & 1 == 0).map(|l| labels[l]).collect();
            // Each part: its rows, and its ways.
            let mut parts: Vec<(String, Vec<Candidate>)> = Vec::new();
            if unlabelled || !stay.is_empty() {
                let rows = format!(", except: [{}]", leaves.join(", "));
                let mut ways = if unlabelled && stay.is_empty() {
                    of(&mut session, "")
                } else if unlabelled {
                    let except = leaves.iter().map(|l| (*l).into()).collect();
                    let change = Change::none().set(
                        0,
                        "arrivals.except",
                        ssc::recommend::Value::List(except),
                    );
                    let load = session.load_of(&change, 0).unwrap();
                    self::ways(&session, 0, &load)
                } else {
                    of(&mut session, &stay.join(", "))
                };
                ways.retain(|c| c.platform == "aws-lambda");
                parts.push((rows, ways));
            }
            for label in &leaves {
                parts.push((format!(", only: [{label}]"), of(&mut session, label)));
            }
            let workloads: String = parts
                .iter()
                .enumerate()
                .map(|(n, (rows, _))| api(&format!("w{n}"), rows))
                .collect();
            let written = Source::new("s.yaml", logged(&workloads));
            let mut changes = vec![Change::none()];
            for (n, (_, ways)) in parts.iter().enumerate() {
                let each = |c: &Change| -> Vec<Change> {
                    ways.iter().map(|way| c.clone().then(&way.change.of(0, n))).collect()
                };
                changes = changes.iter().flat_map(each).collect();
            }
            texts.extend(changes.iter().map(|c| c.apply(&written).unwrap().text().to_owned()));
        }
        let mut loader = log();
        let mut estimator = Estimator::new(&BOOK, &mut loader);
        let sources: Vec<_> = texts.into_iter().map(|text| Source::new("s.yaml", text)).collect();
        let mut least = None;
        for some in sources.chunks(50) {
            let variants: Vec<_> =
                some.iter().map(|source| Variant { source, options: &options }).collect();
            for estimate in estimator.run(&variants).unwrap().into_iter().flatten() {
                let figures = ssc::estimate::Figures::of(&estimate);
                if figures.broken == 0 && figures.unpriced == 0 {
                    least = least.min(Some(figures.total)).or(Some(figures.total));
                }
            }
        }
        assert!(sources.len() > 30, "{}", sources.len());
        assert_eq!(Some(best), least, "{} {:?}", sources.len(), change.lines());
        assert!(matches!(certificate, Some(Certificate::Optimal(_))), "{certificate:?}");
        parted += usize::from(change.lines().iter().any(|line| line.contains("also a copy")));
    }
    assert!(parted > 0, "{parted}");
}

#[test]
fn the_shipped_routes_are_parted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/recommend");
    let found = promised(
        "hybrid-split",
        &crate::recommended::shipped("routes"),
        &mut Folder(folder.into()),
    );
    let plan = found.plan.as_ref().unwrap();
    insta::assert_snapshot!(told(&found) + "\n" + plan.trial.source.text());
    // Every row is replayed as before.
    assert_eq!(plan.effect.before.requests, plan.effect.after.requests);
}
