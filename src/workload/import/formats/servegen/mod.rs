//! ServeGen client rates: rate and shape of the gaps in windows of ten minutes, no single requests.
//!
//! The files have no header line. Requests are drawn from the seed; token counts too, where the client's
//! dataset file lies beside its rates.

mod lengths;
mod windows;

use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimTime, thousands};
use crate::workload::import::importer::{Importer, Opened, ReadOptions};
use crate::workload::import::made::{MOST, no_such_workload, too_many};
use crate::workload::import::row::counted;
use crate::workload::import::sibling::{base_name, find, open};
use crate::workload::random::{purpose, stream};
use crate::workload::{Row, TimeBase, Trace, TraceColumn};
use lengths::Lengths;
use windows::{Window, as_f64, windows};

/// Bursts can be far more than what was expected of them, but not this.
const CEILING: u64 = 2 * MOST;
const WAY_OUT: &str = "name one client with `workload:`, or keep the windows that matter in a copy with \
                       fewer lines, such as `head -144` for the first day";

pub(super) const IMPORTER: Importer = Importer {
    name: "servegen",
    about: "ServeGen rates of one client (chunk-N-trace.csv), with its chunk-N-dataset.json beside it",
    detect: |head| {
        let cells: Vec<_> = head.first_line.split(',').map(str::trim).collect();
        let number = |i: usize| cells.get(i).is_some_and(|c| c.parse::<f64>().is_ok());
        cells.len() == 6
            && [0, 1, 2, 4, 5].into_iter().all(number)
            && ["", "Gamma", "Weibull"].contains(&cells[3])
    },
    read: |opened| read(opened, false),
};

/// All clients of a folder; asked for by name only.
pub(super) const ALL: Importer = Importer {
    name: "servegen-all",
    about: "ServeGen rates of all clients in the folder of the file that is named",
    detect: |_| false,
    read: |opened| read(opened, true),
};

struct Client {
    name: String,
    windows: Vec<Window>,
    lengths: Option<Lengths>,
}

fn read(Opened { input, options, beside }: Opened<'_>, all: bool) -> Result<Trace> {
    let path = input.name.clone();
    let own = base_name(&path).to_owned();
    let names = beside.names();
    let others: Vec<_> = names.iter().filter(|n| **n != own && client(n).is_some()).collect();
    let wanted = |name: &str| {
        options.workload.as_deref().is_none_or(|wanted| client(name).unwrap_or(name) == wanted)
    };
    let mut trace = Trace::new(if all { ALL.name } else { IMPORTER.name });
    trace.time_base = TimeBase::TraceStart;
    let skip = options.skip_bad_rows;
    let mut clients = vec![(own.clone(), windows(input, &mut trace, skip)?)];
    for name in others.iter().filter(|_| all) {
        let (name, shown) = find(beside, &path, &[(*name).clone()]).unwrap_or_default();
        clients.push((name.clone(), windows(open(beside, &name, &shown)?, &mut trace, skip)?));
    }
    if !clients.iter().any(|(name, _)| wanted(name)) {
        let label = |(name, _): &(String, _)| client(name).unwrap_or(name).to_owned();
        let labels: Vec<_> = clients.iter().map(label).collect();
        let asked = options.workload.as_deref().unwrap_or_default();
        return Err(no_such_workload(&path, asked, &labels));
    }
    clients.retain(|(name, _)| wanted(name));
    clients.sort_by(|(a, _), (b, _)| number(a).cmp(&number(b)).then_with(|| a.cmp(b)));
    let expected: f64 = clients.iter().flat_map(|(_, w)| w).map(|w| w.expected).sum();
    if expected > as_f64(MOST) {
        return Err(too_many(&path, rounded(expected), WAY_OUT));
    }
    for (name, windows) in clients {
        let dataset = client(&name).map(|stem| format!("{stem}-dataset.json"));
        let found = dataset.and_then(|dataset| find(beside, &path, &[dataset]));
        let lengths = found.map(|(name, shown)| Lengths::read(beside, &name, &shown));
        let client = client(&name).unwrap_or(&name).to_owned();
        draw(&mut trace, Client { name: client, windows, lengths: lengths.transpose()? }, options)?;
        if trace.len() as u64 >= CEILING {
            return Err(too_many(&path, CEILING, WAY_OUT));
        }
    }
    if trace.is_empty() {
        return Err(no_requests(&path, trace.first_skipped, expected));
    }
    note(&mut trace, expected, options.seed, if all { 0 } else { others.len() });
    // Clients were drawn one after the other: that is no disorder of the file.
    trace.sort_by_arrival();
    trace.out_of_order = 0;
    trace.shrink();
    Ok(trace)
}

/// `chunk-35` of `chunk-35-trace.csv`.
fn client(name: &str) -> Option<&str> {
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    plain.strip_suffix("-trace.csv").filter(|stem| stem.starts_with("chunk-"))
}

/// 35 of `chunk-35-trace.csv`.
fn number(name: &str) -> Option<u64> {
    client(name)?.strip_prefix("chunk-")?.parse().ok()
}

/// Draws the requests of one client, each window for itself.
fn draw(trace: &mut Trace, client: Client, options: &ReadOptions) -> Result<()> {
    // The client's own number, so that it is drawn the same alone and among others.
    let key =
        client.name.bytes().fold(0_u64, |key, b| key.wrapping_mul(257).wrapping_add(u64::from(b)));
    let mut instants = stream(options.seed, key, purpose::TRACE_ARRIVALS);
    let mut tokens = stream(options.seed, key, purpose::TRACE_REQUESTS);
    let full = || {
        Diagnostic::input("more than 65,535 clients lie beside each other")
            .hint("read them one by one with the format `servegen`")
    };
    let workload = Some(trace.intern_workload(&client.name).ok_or_else(full)?);
    for window in &client.windows {
        let Some(gaps) = window.gaps else { continue };
        let length = as_f64(window.length.unsigned_abs());
        gaps.arrivals(window.expected, &mut instants, |place| {
            let at = nanos(place * length).min(window.length - 1).saturating_add(window.start);
            let lengths = client.lengths.as_ref().and_then(|l| l.at(at));
            let (input_tokens, output_tokens) =
                lengths.map_or((None, None), |l| l.draw(&mut tokens));
            let arrival = SimTime(at);
            trace.push(Row { arrival, workload, input_tokens, output_tokens, ..Row::default() });
            (trace.len() as u64) < CEILING
        });
    }
    Ok(())
}

fn no_requests(path: &str, first: Option<Box<Diagnostic>>, expected: f64) -> Box<Diagnostic> {
    first.unwrap_or_else(|| {
        let message = format!("no request: the rates stand for {expected:.1} in all");
        Diagnostic::input(message).note(format!("in {path}")).into()
    })
}

fn note(trace: &mut Trace, expected: f64, seed: u64, others: usize) {
    let (drawn, clients) = (trace.len() as u64, trace.workload_labels().len() as u64);
    let clients = counted(clients, "client");
    trace.notes.push(format!(
        "rates are drawn with seed {seed}: {} requests of {clients}, where {} are expected; the gaps \
         of each window have its pattern and shape",
        thousands(drawn),
        thousands(rounded(expected))
    ));
    let with = trace.present(TraceColumn::OutputTokens);
    trace.notes.push(match with {
        0 => "no token counts: no `chunk-N-dataset.json` lies beside the rates".into(),
        _ if with == drawn => {
            "token counts are drawn by window, input and output each for itself".into()
        }
        _ => format!(
            "token counts are drawn by window, input and output each for itself; {} requests have \
             none, as no dataset file says them",
            thousands(drawn - with)
        ),
    });
    if others > 0 {
        trace.notes.push(format!(
            "the rates of {} lie beside these: for all of them, use the format `{}`",
            counted(others as u64, "other client"),
            ALL.name
        ));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn nanos(value: f64) -> i64 {
    value as i64
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
#[expect(clippy::cast_sign_loss, reason = "the cast saturates")]
fn rounded(value: f64) -> u64 {
    value.round() as u64
}
