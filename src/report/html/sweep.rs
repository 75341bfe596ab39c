//! Many values of one thing on several platforms.

use super::chart::{Series, log_lines};
use super::drawn::near;
use super::estimate::subtitle;
use super::{Section, page, scroll, sources, text};
use crate::report::comparison::{Swept, sentence};
use crate::report::number::{count, money};
use maud::{Markup, html};

/// A sweep as a web page.
#[must_use]
pub fn sweep(swept: &Swept) -> String {
    let any = || swept.points.iter().find_map(|p| p.comparison.any());
    let name = any().map_or("Sweep", |e| e.name.as_str());
    let about = any().map(subtitle).unwrap_or_default();
    let all = || swept.points.iter().flat_map(|p| p.comparison.alternatives());
    let estimates = all().filter_map(|a| a.result.as_ref().ok());
    let mut all = sections(swept);
    all.push(Some(sources::section(estimates)));
    page(name, &about, all)
}

/// What each value costs, and where the cheapest platform changes.
pub(super) fn sections(swept: &Swept) -> Vec<Option<Section>> {
    let break_even = html! {
        @if swept.break_evens.is_empty() { p { "The same platform is the cheapest at every factor." } }
        ul { @for b in &swept.break_evens { li { (sentence(b)) } } }
    };
    vec![
        Some(Section { id: "sweep", title: "Cost by value", body: costs(swept) }),
        (swept.name == "traffic").then_some(Section {
            id: "break-even",
            title: "Break-even",
            body: break_even,
        }),
    ]
}

/// The name of what is varied, with its unit where it has one of its own.
fn axis(name: &str) -> String {
    match name {
        "traffic" => "traffic, times what is stated".to_owned(),
        other => other.replace('_', " "),
    }
}

fn costs(swept: &Swept) -> Markup {
    let platforms = swept.platforms();
    let total = |i: usize, platform: &str| swept.points[i].figures(platform).map(|f| f.total);
    let spans = || 0..swept.points.len();
    let series: Vec<Series> = platforms
        .iter()
        .enumerate()
        .map(|(color, platform)| Series {
            name: (*platform).to_owned(),
            color,
            values: spans().map(|i| total(i, platform).map_or(0.0, near)).collect(),
            shown: spans().map(|i| total(i, platform).map(money).unwrap_or_default()).collect(),
        })
        .collect();
    // Where values are numbers, a line for each platform.
    let along: Option<Vec<f64>> =
        swept.points.iter().map(|p| p.value.trim_end_matches('x').parse().ok()).collect();
    html! {
        @if let Some(along) = &along {
            (log_lines(&format!("Cost by {}", swept.name), (&axis(&swept.name), "$ in the period", "$"), along, &series))
        }
        (scroll("Cost by value", &html! {
            table {
                thead { tr {
                    th scope="col" { (text(&swept.name)) } th.n scope="col" { "Streams" }
                    th scope="col" { "Cheapest" }
                    @for platform in &platforms { th.n scope="col" { (text(platform)) } }
                } }
                tbody {
                    @for (i, point) in swept.points.iter().enumerate() {
                        @let streams = point.comparison.any().map(|e| e.workloads.iter().map(|w| w.requests).sum::<u64>());
                        tr {
                            th scope="row" { (text(&point.value)) }
                            td.n { (streams.map(count).unwrap_or_default()) }
                            td.good { (text(&point.cheapest().map(|c| c.platform).unwrap_or_default())) }
                            @for platform in &platforms {
                                td.n { (total(i, platform).map(money).unwrap_or_default()) }
                            }
                        }
                    }
                }
            }
        }))
    }
}
