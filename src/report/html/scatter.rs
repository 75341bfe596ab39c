//! Points of two amounts of which less is better, with the line of those that no other beats.

use super::chart::{BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, axes, legend};
use super::labels::place;
use super::scale::Scale;
use super::{scroll, text};
use maud::{Markup, html};
use std::fmt::Write;

/// Two amounts with a name.
pub(super) struct Point {
    /// In the drawing.
    pub(super) name: String,
    /// In the table.
    pub(super) full: String,
    /// Which of the colours.
    pub(super) color: usize,
    pub(super) along: f64,
    pub(super) up: f64,
    /// Both as the table shows them.
    pub(super) shown: [String; 2],
    /// The least that anything could reach up the axis with as much along it.
    pub(super) least: Option<(f64, String)>,
}

/// What points are of.
pub(super) struct Scatter<'a> {
    pub(super) title: &'a str,
    /// What a point is, such as `keep-alive`.
    pub(super) of: &'a str,
    /// What the axes are of, with their units.
    pub(super) along: &'a str,
    pub(super) up: &'a str,
    /// What the colours stand for.
    pub(super) kinds: &'a [(usize, &'a str)],
}

/// Which points no other one beats: less in one and no more in the other.
pub(super) fn unbeaten(points: &[Point]) -> Vec<bool> {
    let beats = |a: &Point, b: &Point| {
        a.along <= b.along && a.up <= b.up && (a.along < b.along || a.up < b.up)
    };
    points.iter().map(|p| !points.iter().any(|other| beats(other, p))).collect()
}

impl Scatter<'_> {
    /// The points, their legend and their table. Nothing of none.
    pub(super) fn draw(&self, points: &[Point]) -> Markup {
        let ups = points.iter().flat_map(|p| [Some(p.up), p.least.as_ref().map(|l| l.0)]);
        let x = Scale::of(points.iter().map(|p| p.along), LEFT, WIDTH - RIGHT);
        let y = Scale::of(ups.flatten(), HEIGHT - BOTTOM, TOP);
        let Some((x, y)) = x.zip(y) else { return html! {} };
        let best = unbeaten(points);
        let line = steps(
            points.iter().zip(&best).filter(|(_, b)| **b).map(|(p, _)| (p.along, p.up)),
            &x,
            &y,
        );
        let least = points.iter().filter_map(|p| Some((p.along, p.least.as_ref()?.0)));
        let least = steps(least, &x, &y);
        let kinds = self.kinds.iter().filter(|(c, _)| points.iter().any(|p| p.color == *c));
        html! {
            figure {
                figcaption { (text(self.title)) }
                (legend(kinds.copied()))
                (scroll(self.title, &html! {
                    svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img"
                        aria-label=(text(&format!("{}: {} by {}", self.title, self.up, self.along))) {
                        (axes(self.up, self.along))
                        @for (at, mark) in y.marks() {
                            line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(format!("{at:.1}")) y2=(format!("{at:.1}")) {}
                            text x=(LEFT - 6.0) y=(format!("{:.1}", at + 4.0)) text-anchor="end" { (mark) }
                        }
                        @for (at, mark) in x.marks() {
                            line.grid y1=(TOP) y2=(HEIGHT - BOTTOM) x1=(format!("{at:.1}")) x2=(format!("{at:.1}")) {}
                            text x=(format!("{at:.1}")) y=(HEIGHT - BOTTOM + 16.0) text-anchor="middle" { (mark) }
                        }
                        @if !least.is_empty() { path class="curve least" d=(least) {} }
                        path class="curve front" d=(line) {}
                        (dots(points, &best, &x, &y))
                    }
                }))
                (self.table(points, &best))
            }
        }
    }

    fn table(&self, points: &[Point], best: &[bool]) -> Markup {
        let least = points.iter().any(|p| p.least.is_some());
        html! {
            details {
                summary { "Numbers of this chart" }
                (scroll(self.title, &html! {
                    table.numbers {
                        thead { tr {
                            th scope="col" { (text(self.of)) } th scope="col" { (text(self.along)) }
                            th scope="col" { (text(self.up)) }
                            @if least { th scope="col" { "least there can be" } }
                            th scope="col" { "on the line" }
                        } }
                        tbody {
                            @for (p, best) in points.iter().zip(best) {
                                tr {
                                    th scope="row" { (text(&p.full)) }
                                    td { (p.shown[0]) } td { (p.shown[1]) }
                                    @if least { td { (p.least.as_ref().map_or("", |l| l.1.as_str())) } }
                                    td { @if *best { "yes" } @else { "no" } }
                                }
                            }
                        }
                    }
                }))
            }
        }
    }
}

/// The points with their names, those on the line first to be named.
fn dots(points: &[Point], best: &[bool], x: &Scale, y: &Scale) -> Markup {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by_key(|i| !best[*i]);
    let named: Vec<_> = order
        .iter()
        .map(|i| ((x.at(points[*i].along), y.at(points[*i].up)), points[*i].name.as_str()))
        .collect();
    let labels = place(&named, [LEFT, TOP - 8.0, WIDTH - RIGHT, HEIGHT - BOTTOM]);
    html! {
        // Those named first lie on top.
        @for (((px, py), name), (i, label)) in named.iter().zip(order.iter().zip(labels)).rev() {
            @let point = &points[*i];
            circle class={ "f" (point.color) } cx=(format!("{px:.1}")) cy=(format!("{py:.1}")) r="5" {
                title { (text(&point.full)) ": " (point.shown[1]) ", " (point.shown[0]) }
            }
            @if let Some(l) = label {
                text.name x=(format!("{:.1}", l.x)) y=(format!("{:.1}", l.y)) text-anchor=(l.anchor) { (text(name)) }
            }
        }
    }
}

/// Down and to the right from point to point, and on to the edges; nothing of no points.
fn steps(points: impl Iterator<Item = (f64, f64)>, x: &Scale, y: &Scale) -> String {
    let mut points: Vec<(f64, f64)> = points.map(|(a, b)| (x.at(a), y.at(b))).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let Some(first) = points.first() else { return String::new() };
    let mut path = format!("M{:.1} {TOP:.1}", first.0);
    for (px, py) in &points {
        let _ = write!(path, "H{px:.1}V{py:.1}");
    }
    let _ = write!(path, "H{:.1}", WIDTH - RIGHT);
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(name: &str, along: f64, up: f64) -> Point {
        Point {
            name: name.into(),
            full: format!("{name} in full"),
            color: 0,
            along,
            up,
            shown: [format!("{along}"), format!("{up}")],
            least: None,
        }
    }

    #[test]
    fn the_line_joins_what_nothing_beats() {
        let points = [
            point("cheap", 9.0, 1.0),
            point("fast", 1.0, 9.0),
            point("both", 4.0, 4.0),
            point("beaten", 5.0, 4.0),
            point("twin", 4.0, 4.0),
        ];
        assert_eq!(unbeaten(&points), [true, true, true, false, true]);
        let kinds = [(0, "things"), (3, "nothing of this kind")];
        let scatter =
            Scatter { title: "Both", of: "thing", along: "time, s", up: "cost, $", kinds: &kinds };
        insta::assert_snapshot!(scatter.draw(&points).into_string());
        assert!(scatter.draw(&[]).into_string().is_empty());
    }
}
