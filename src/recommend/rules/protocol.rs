//! How answers travel: events, sockets, or whole.

use super::Rule;
use crate::diagnostic::Result;
use crate::estimate::WorkloadEstimate;
use crate::pricing::{Platform, Scaling, Transport};
use crate::recommend::options::{Around, path_broken};
use crate::recommend::words::{count, dollars, seconds};
use crate::recommend::{Advice, Certificate, Change, Effort, Proposal, Refused, Session, WhatIf};
use crate::units::{Money, SimDuration, thousands};
use crate::workload::TextOr;

/// `protocol`.
#[derive(Debug)]
pub(super) struct Protocol;

/// Another way for answers to travel.
struct Way {
    transport: Transport,
    change: Change,
    /// What replaces something in the path, in words.
    path: String,
}

impl Rule for Protocol {
    fn code(&self) -> &'static str {
        "SSC305"
    }
    fn name(&self) -> &'static str {
        "protocol"
    }
    fn summary(&self) -> &'static str {
        "server-sent events, WebSocket or plain HTTP, by what each costs there"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/protocol.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        for around in Around::each(session)? {
            advice.extend(of_workload(session, &around)?);
        }
        Ok(advice)
    }
}

fn of_workload<'a>(session: &mut Session<'a>, around: &Around<'a>) -> Result<Vec<Advice>> {
    let w = around.now[around.workload].estimate.clone();
    let now = transport(&w);
    let first = session.is_untouched();
    let (mut refused, mut costs) = (Vec::new(), Vec::new());
    let mut sound: Vec<(Way, Money, WorkloadEstimate)> = Vec::new();
    for other in Transport::ALL.into_iter().filter(|t| *t != now) {
        let what = format!("{} over {}", w.name, other.name());
        match ways(session, around.workload, other) {
            Err(why) => refused.push(Refused { what, why }),
            Ok(all) => {
                let mut reason = None;
                for way in all {
                    let played = session.play(&[(way.change.clone(), around.workload)])?.pop();
                    match played {
                        None => return Ok(Vec::new()),
                        Some(Err(error)) => reason = Some(error.message.clone()),
                        Some(Ok(played)) => {
                            let there = &played.estimate;
                            let broken = path_broken(there);
                            if broken > path_broken(&w) {
                                let via = &way.path;
                                let n = there.facts.requests;
                                let limits = format!(
                                    "{} of {} break limits{via}",
                                    thousands(broken),
                                    count(n, "stream")
                                );
                                reason = Some(limits);
                            } else if let Some(cost) = around.bill_of(session, &played) {
                                let there = there.clone();
                                costs.push(format!(
                                    "{}{} {}",
                                    other.name(),
                                    way.path,
                                    dollars(cost)
                                ));
                                sound.push((way, cost, there));
                            }
                        }
                    }
                }
                let none = sound.iter().all(|s| s.0.transport != other);
                refused.extend(reason.filter(|_| none).map(|why| Refused { what, why }));
            }
        }
    }
    let total = session.now().outcome.total;
    sound.retain(|s| s.1 < total);
    sound.sort_by_key(|s| s.1);
    let mut evidence = vec![format!("{} as it is {}", now.name(), dollars(total))];
    evidence.extend(costs);
    let mut advice = Vec::new();
    let free = sound.iter().find(|s| needs(session, around.workload, now, s.0.transport).is_none());
    advice.extend(free.map(|s| Advice::Proposal(Box::new(proposal(&w, s, evidence.clone(), now)))));
    if first {
        let best = free.map(|s| s.1);
        let cheaper = sound.iter().filter(|s| best.is_none_or(|best| s.1 < best));
        let tied = cheaper.into_iter().find_map(|s| {
            let fact = needs(session, around.workload, now, s.0.transport)?;
            Some(what_if(&w, s, fact, total))
        });
        advice.extend(tied.map(Advice::WhatIf));
        advice.extend(refused.into_iter().map(Advice::Refused));
    }
    Ok(advice)
}

fn transport(w: &WorkloadEstimate) -> Transport {
    let name = w.settings.get("transport").map_or("", String::as_str);
    Transport::ALL.into_iter().find(|t| t.name() == name).unwrap_or_default()
}

/// The fact that a change of transport needs and nobody has stated, if it needs one.
fn needs(
    session: &Session<'_>,
    workload: usize,
    from: Transport,
    to: Transport,
) -> Option<&'static str> {
    let requests = session.file().workloads.get(workload).and_then(|w| w.requests.as_ref());
    let turns =
        requests.is_some_and(|r| r.turns_per_connection.is_some() || r.messages_in.is_some());
    match (from, to) {
        (Transport::Http, _) | (Transport::Sse, Transport::Websocket) => None,
        (_, Transport::Http) => Some("clients can wait for the whole answer"),
        (Transport::Websocket, _) if turns => {
            Some("clients send nothing while an answer streams, and open a stream for each turn")
        }
        _ => None,
    }
}

/// The changes that make a workload use a transport: what in its path cannot carry it is replaced.
///
/// The error says what cannot be replaced.
fn ways(
    session: &Session<'_>,
    workload: usize,
    to: Transport,
) -> std::result::Result<Vec<Way>, String> {
    let book = session.book();
    let Some(file) = session.file().workloads.get(workload) else { return Ok(Vec::new()) };
    let Some(now) = session.now().estimate.workloads.get(workload) else { return Ok(Vec::new()) };
    let mut change = Change::none().set(workload, "transport", to.name());
    if to != Transport::Websocket {
        for key in ["turns_per_connection", "idle_between_turns"] {
            let written = file.requests.as_ref().is_some_and(|r| match key {
                "turns_per_connection" => r.turns_per_connection.is_some(),
                _ => r.idle_between_turns.is_some(),
            });
            if written {
                change = change.remove(workload, &format!("requests.{key}"));
            }
        }
    }
    let carries = |p: &Platform| p.transports.is_empty() || p.transports.contains(&to);
    let own = book.platform(&now.platform).map(|p| p.service.id.clone());
    let mut ways = vec![Way { transport: to, change, path: String::new() }];
    for (i, entry) in file.path.iter().enumerate() {
        let id = match &entry.value {
            TextOr::Text(id) => id,
            TextOr::More(more) => &more.via.value,
        };
        let Some(place) = book.platform(id).filter(|p| !carries(p.platform)) else { continue };
        let instead = book.platforms().filter(|p| {
            let here = p.service.id == place.service.id || own.as_ref() == Some(&p.service.id);
            here && p.platform.scaling == Scaling::None && carries(p.platform)
        });
        let instead: Vec<_> = instead.map(|p| p.platform.id.as_str()).collect();
        if instead.is_empty() {
            return Err(format!("{} does not carry {}", place.platform.name, to.name()));
        }
        let replaced = |way: &Way| {
            let with = |id: &&str| Way {
                transport: to,
                change: way.change.clone().set(workload, &format!("path[{i}]"), *id),
                path: format!("{} through {id}", way.path),
            };
            instead.iter().map(with).collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(replaced).collect();
    }
    Ok(ways)
}

fn proposal(
    w: &WorkloadEstimate,
    (way, ..): &(Way, Money, WorkloadEstimate),
    evidence: Vec<String>,
    now: Transport,
) -> Proposal {
    let ways = evidence.len() as u64;
    Proposal {
        title: format!(
            "Send answers of {} over {}{} instead of {}",
            w.name,
            way.transport.name(),
            way.path,
            now.name()
        ),
        change: way.change.clone(),
        effort: Effort::High,
        evidence,
        certificate: Certificate::Exhaustive(ways),
        artifacts: Vec::new(),
    }
}

fn what_if(
    w: &WorkloadEstimate,
    (way, cost, there): &(Way, Money, WorkloadEstimate),
    fact: &str,
    total: Money,
) -> WhatIf {
    let mut evidence = vec![format!("it saves {} in the billed period", dollars(total - *cost))];
    let served = i128::from(there.facts.served.max(1));
    let mean = SimDuration(i64::try_from(there.facts.service_time / served).unwrap_or(i64::MAX));
    if way.transport == Transport::Http
        && let Some(first) = w.facts.time_to_first_token()
    {
        let (mean, first) = (seconds(mean), seconds(first.p50));
        evidence.push(format!(
            "answers come after {mean} on average, their first token now comes after {first}"
        ));
    }
    WhatIf {
        title: format!("Send answers of {} over {}{}", w.name, way.transport.name(), way.path),
        break_even: fact.to_owned(),
        state: format!("write `transport: {}` under {}", way.transport.name(), w.name),
        evidence,
    }
}
