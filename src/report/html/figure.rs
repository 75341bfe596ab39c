//! What a recommendation can show: a week of warm capacity, or a frontier.

use super::scatter::{Point, Scatter};
use super::{scroll, text};
use crate::recommend::{Figure, Frontier};
use crate::report::number::compact;
use maud::{Markup, html};
use rust_decimal::prelude::ToPrimitive;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

pub(super) fn draw(name: &str, figure: &Figure) -> Markup {
    match figure {
        Figure::Week(hours) => week(name, hours),
        Figure::Frontier(of) => frontier(name, of),
    }
}

/// A cell for each hour of the week, the darker the more; the numbers stand in them.
fn week(name: &str, hours: &[u32]) -> Markup {
    let highest = hours.iter().copied().max().unwrap_or(0).max(1);
    let part = |n: u32| format!("--v:{:.2}", f64::from(n) / f64::from(highest));
    let body = html! {
        table.week {
            thead { tr {
                th scope="col" { "UTC" }
                @for hour in 0..24 { th scope="col" { (format!("{hour:02}")) } }
            } }
            tbody {
                @for (day, hours) in DAYS.iter().zip(hours.chunks(24)) {
                    tr {
                        th scope="row" { (day) }
                        @for n in hours { td style=(part(*n)) { (n) } }
                    }
                }
            }
        }
    };
    html! { figure { figcaption { (text(name)) } (scroll(name, &body)) } }
}

fn frontier(name: &str, of: &Frontier) -> Markup {
    let near = |d: rust_decimal::Decimal| d.to_f64().unwrap_or_default();
    let points: Vec<Point> = of
        .choices
        .iter()
        .map(|c| Point {
            name: c.name.clone(),
            full: c.name.clone(),
            color: usize::from(c.chosen),
            along: near(c.along),
            up: near(c.up),
            shown: [compact(c.along, 2), compact(c.up, 2)],
            least: c.least.map(|least| (near(least), compact(least, 2))),
        })
        .collect();
    let kinds = [(0, of.of), (1, "the one that is proposed")];
    Scatter { title: name, of: of.of, along: of.along, up: of.up, kinds: &kinds }.draw(&points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recommend::Choice;

    #[test]
    fn a_warm_week_has_its_numbers_in_its_cells() {
        let mut hours = vec![0; 168];
        hours[8..18].fill(4);
        hours[24 + 9] = 2;
        let drawn = draw("warm <instances>", &Figure::Week(hours)).into_string();
        assert_eq!(drawn.matches("<td").count(), 168);
        assert_eq!(drawn.matches("--v:1.00\">4<").count(), 10);
        assert_eq!(drawn.matches("--v:0.50\">2<").count(), 1);
        assert!(drawn.contains("warm &lt;instances&gt;"));
        assert!(draw("none", &Figure::Week(vec![0; 168])).into_string().contains("--v:0.00"));
    }

    #[test]
    fn a_frontier_shows_what_is_proposed_and_the_least_there_can_be() {
        let choice = |name: &str, along: i64, up: i64, chosen| Choice {
            name: name.into(),
            along: along.into(),
            up: up.into(),
            least: Some((up / 2).into()),
            chosen,
        };
        let choices = vec![choice("10s", 900, 4, false), choice("60s", 300, 20, true)];
        let of = Frontier { of: "keep-alive", along: "cold starts", up: "idle hours", choices };
        insta::assert_snapshot!(draw("idle time", &Figure::Frontier(of)).into_string());
    }
}
