//! Charts as SVG, each with its numbers in a table.

use super::axis::{marks, powers};
use super::{scroll, text};
use maud::{Markup, html};
use std::fmt::Write;

/// Colours there are.
const COLORS: usize = 8;
pub(super) const WIDTH: f64 = 960.0;
pub(super) const HEIGHT: f64 = 300.0;
pub(super) const LEFT: f64 = 64.0;
pub(super) const RIGHT: f64 = 12.0;
pub(super) const TOP: f64 = 28.0;
pub(super) const BOTTOM: f64 = 46.0;
/// Room for a label along the axis.
const LABEL: f64 = 100.0;

/// Values along an axis, with the text that a table shows of each.
pub(in crate::report) struct Series {
    pub(in crate::report) name: String,
    /// Which of the colours.
    pub(in crate::report) color: usize,
    pub(in crate::report) values: Vec<f64>,
    pub(in crate::report) shown: Vec<String>,
}

/// How values of a chart are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Shape {
    /// Areas that stand on each other.
    Stacked,
    /// Steps that stand for themselves.
    Steps,
}

/// What a chart is of.
pub(in crate::report) struct Chart<'a> {
    pub(in crate::report) title: &'a str,
    /// What stands before the numbers of the upright axis, such as `$`.
    pub(in crate::report) prefix: &'a str,
    /// What the upright axis is of, with its unit.
    pub(in crate::report) up: &'a str,
    /// What the other axis is of, such as `hour`.
    pub(in crate::report) along: &'a str,
    /// One for each value.
    pub(in crate::report) labels: &'a [String],
    /// Every so many labels stand at the axis.
    pub(in crate::report) every: usize,
    pub(in crate::report) shape: Shape,
}

#[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
const fn number(n: usize) -> f64 {
    n as f64
}

/// A number at an axis: as short as it can be.
pub(super) fn short(value: f64) -> String {
    let (value, unit) = match value {
        v if v >= 1e9 => (v / 1e9, "G"),
        v if v >= 1e6 => (v / 1e6, "M"),
        v if v >= 1e4 => (v / 1e3, "k"),
        v => (v, ""),
    };
    let mut digits = if value < 0.1 { format!("{value:.4}") } else { format!("{value:.2}") };
    if digits.contains('.') {
        digits.truncate(digits.trim_end_matches('0').trim_end_matches('.').len());
    }
    format!("{digits}{unit}")
}

impl Chart<'_> {
    /// The chart, its legend and its table.
    pub(in crate::report) fn draw(&self, series: &[Series]) -> Markup {
        let count = self.labels.len();
        let mut tops = vec![0.0; count];
        let mut layers: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
        for s in series {
            let below = if self.shape == Shape::Stacked { tops.clone() } else { vec![0.0; count] };
            let above: Vec<f64> =
                below.iter().zip(&s.values).map(|(b, v)| b + v.max(0.0)).collect();
            for (top, value) in tops.iter_mut().zip(&above) {
                *top = f64::max(*top, *value);
            }
            layers.push((below, above));
        }
        let marks = marks(tops.iter().copied().fold(0.0, f64::max));
        let highest = marks.last().copied().unwrap_or(1.0);
        let y = |value: f64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - value / highest);
        let x = |index: usize| LEFT + (WIDTH - LEFT - RIGHT) * number(index) / number(count.max(1));
        let steps = |values: &[f64]| -> Vec<(f64, f64)> {
            let both = |(i, v): (usize, &f64)| [(x(i), y(*v)), (x(i + 1), y(*v))];
            values.iter().enumerate().flat_map(both).collect()
        };
        let around = |above: &[f64], below: &[f64]| {
            let back = steps(below).into_iter().rev();
            outline(steps(above).into_iter().chain(back))
        };
        let label = format!("{}: {}", self.title, names(series));
        let svg = html! {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(text(&label)) {
                (axes(self.up, self.along))
                @for mark in &marks {
                    line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(format!("{:.1}", y(*mark)))
                        y2=(format!("{:.1}", y(*mark))) {}
                    text x=(LEFT - 6.0) y=(format!("{:.1}", y(*mark) + 4.0)) text-anchor="end" {
                        (self.prefix) (short(*mark))
                    }
                }
                @for ((below, above), s) in layers.iter().zip(series) {
                    @if count > 0 && self.shape == Shape::Stacked {
                        path class={ "f" (s.color % COLORS) } d={ (around(above, below)) "Z" } {}
                    }
                    @if count > 0 && self.shape == Shape::Steps {
                        path class={ "curve s" (s.color % COLORS) } d=(outline(steps(above).into_iter())) {}
                    }
                }
                @for (index, label) in self.labels.iter().enumerate().step_by(self.every.max(1))
                    .filter(|(i, _)| *i == 0 || x(*i) < WIDTH - LABEL) {
                    text x=(format!("{:.1}", x(index))) y=(HEIGHT - BOTTOM + 16.0) { (text(label)) }
                }
            }
        };
        html! {
            figure {
                figcaption { (text(self.title)) }
                (legend(series.iter().map(|s| (s.color, s.name.as_str()))))
                (scroll(self.title, &svg))
                (self.table(series))
            }
        }
    }

    fn table(&self, series: &[Series]) -> Markup {
        html! {
            details {
                summary { "Numbers of this chart" }
                (scroll(self.title, &html! {
                    table.numbers {
                        thead { tr {
                            th scope="col" { (self.along) }
                            @for s in series { th scope="col" { (text(&s.name)) } }
                        } }
                        tbody {
                            @for (index, label) in self.labels.iter().enumerate() {
                                tr {
                                    th scope="row" { (text(label)) }
                                    @for s in series {
                                        td { (s.shown.get(index).map_or("", String::as_str)) }
                                    }
                                }
                            }
                        }
                    }
                }))
            }
        }
    }
}

/// A path through points, to a tenth of a pixel and as short as it can be written: what goes along an axis
/// in several steps goes in one.
fn outline(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    let (mut last_x, mut last_y) = (String::new(), String::new());
    let mut along = false;
    for (x, y) in points {
        let (x, y) = (format!("{x:.1}"), format!("{y:.1}"));
        if path.is_empty() {
            let _ = write!(path, "M{x} {y}");
        } else if y == last_y {
            along |= x != last_x;
        } else {
            if std::mem::take(&mut along) {
                let _ = write!(path, "H{last_x}");
            }
            let _ = if x == last_x { write!(path, "V{y}") } else { write!(path, "L{x} {y}") };
        }
        (last_x, last_y) = (x, y);
    }
    if along {
        let _ = write!(path, "H{last_x}");
    }
    path
}

/// What the axes are of: the upright one above its end, the other below its right end.
pub(super) fn axes(up: &str, along: &str) -> Markup {
    html! {
        text.what x="6" y="14" { (text(up)) }
        text.what x=(WIDTH - RIGHT) y=(HEIGHT - 6.0) text-anchor="end" { (text(along)) }
    }
}

fn names(series: &[Series]) -> String {
    series.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What the colours stand for.
pub(in crate::report) fn legend<'a>(names: impl Iterator<Item = (usize, &'a str)>) -> Markup {
    html! {
        ul.legend aria-hidden="true" {
            @for (color, name) in names {
                li class={ "k" (color % COLORS) } { (text(name)) }
            }
        }
    }
}

/// Lines over two logarithmic axes: each series has a value for each of `along`.
pub(in crate::report) fn log_lines(
    title: &str,
    (what, up, prefix): (&str, &str, &str),
    along: &[f64],
    series: &[Series],
) -> Markup {
    let positive = || series.iter().flat_map(|s| &s.values).copied().filter(|v| *v > 0.0);
    let ends = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::MAX, f64::MIN_POSITIVE), |(a, b), v| (a.min(v), b.max(v)))
    };
    let ((left, right), (low, high)) = (ends(&mut along.iter().copied()), ends(&mut positive()));
    if left >= right || low > high {
        return html! {};
    }
    let high = high.max(low * 1.01);
    let part = |v: f64, a: f64, b: f64| libm::log(v / a) / libm::log(b / a);
    let x = |v: f64| LEFT + (WIDTH - LEFT - RIGHT) * part(v, left, right);
    let y = |v: f64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - part(v.max(low), low, high));
    let path = |s: &Series| {
        let mut path = String::new();
        for (at, value) in along.iter().zip(&s.values) {
            let _ = write!(
                path,
                "{}{:.1} {:.1}",
                if path.is_empty() { "M" } else { "L" },
                x(*at),
                y(*value)
            );
        }
        path
    };
    let svg = html! {
        svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img"
            aria-label=(text(&format!("{title}: {}", names(series)))) {
            (axes(up, what))
            @for mark in powers(low, high) {
                line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(format!("{:.1}", y(mark))) y2=(format!("{:.1}", y(mark))) {}
                text x=(LEFT - 6.0) y=(format!("{:.1}", y(mark) + 4.0)) text-anchor="end" { (prefix) (short(mark)) }
            }
            @for mark in powers(left, right) {
                line.grid y1=(TOP) y2=(HEIGHT - BOTTOM) x1=(format!("{:.1}", x(mark))) x2=(format!("{:.1}", x(mark))) {}
                text x=(format!("{:.1}", x(mark))) y=(HEIGHT - BOTTOM + 16.0) text-anchor="middle" { (short(mark)) }
            }
            @for s in series {
                path class={ "curve s" (s.color % COLORS) } d=(path(s)) {}
            }
        }
    };
    let labels: Vec<String> = along.iter().map(|v| short(*v)).collect();
    let table =
        Chart { title, prefix, up, along: what, labels: &labels, every: 1, shape: Shape::Steps };
    html! {
        figure {
            figcaption { (text(title)) }
            (legend(series.iter().map(|s| (s.color, s.name.as_str()))))
            (scroll(title, &svg))
            (table.table(series))
        }
    }
}

/// A bar of parts, each a share of `whole`; drawn only, the numbers stand beside it.
pub(in crate::report) fn bar(parts: &[(usize, f64)], whole: f64) -> Markup {
    html! {
        div.bar aria-hidden="true" {
            @for (color, part) in parts.iter().filter(|(_, p)| *p > 0.0 && whole > 0.0) {
                span class={ "b" (color % COLORS) } style={ "width:" (format!("{:.2}", part / whole * 100.0)) "%" } {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str, values: &[f64]) -> Series {
        let shown = values.iter().map(|v| format!("{v}")).collect();
        Series { name: name.into(), color: 0, values: values.to_vec(), shown }
    }

    #[test]
    fn a_chart_has_its_numbers_in_a_table() {
        let labels = ["Mon".to_owned(), "<Tue>".to_owned()];
        let chart = Chart {
            title: "Cost",
            prefix: "$",
            up: "$ per day",
            along: "Day",
            labels: &labels,
            every: 1,
            shape: Shape::Stacked,
        };
        let drawn = chart.draw(&[series("a", &[1.0, 3.0]), series("b", &[2.0, 1.0])]).into_string();
        insta::assert_snapshot!(drawn);
    }

    #[test]
    fn a_path_is_written_short() {
        let points =
            [(0.0, 5.0), (1.0, 5.0), (2.0, 5.0), (2.0, 7.0), (3.0, 7.0), (4.0, 9.0), (4.0, 9.0)];
        assert_eq!(outline(points.into_iter()), "M0.0 5.0H2.0V7.0H3.0L4.0 9.0");
        let back = [(0.0, 5.0), (2.0, 5.0), (2.0, 0.0), (0.0, 0.0)];
        assert_eq!(outline(back.into_iter()), "M0.0 5.0H2.0V0.0H0.0");
        assert_eq!(outline([(0.0, 1.0), (0.0, 1.0)].into_iter()), "M0.0 1.0");
    }

    #[test]
    fn nothing_to_draw_is_no_error() {
        let chart = Chart {
            title: "Cost",
            prefix: "$",
            up: "$ per day",
            along: "Day",
            labels: &[],
            every: 24,
            shape: Shape::Steps,
        };
        assert!(chart.draw(&[]).into_string().contains("<svg"));
        assert!(log_lines("x", ("rate", "$ per month", "$"), &[], &[]).into_string().is_empty());
    }

    #[test]
    fn numbers_at_an_axis_are_short() {
        let shorts = [0.0, 0.05, 0.5, 20.0, 2_500.0, 25_000.0, 3e6, 2.5e9].map(short);
        assert_eq!(shorts, ["0", "0.05", "0.5", "20", "2500", "25k", "3M", "2.5G"]);
    }
}
