//! A page of text for the terminal: grids of cells, headings and rules.

use super::printable;
use comfy_table::presets::NOTHING;
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Row, Table, Width,
};

/// Below this nothing readable fits.
const NARROWEST: usize = 60;
/// Spaces between columns, and before every line of a section.
pub(in crate::report) const GAP: u16 = 2;
/// The least a description needs.
const DESCRIPTION: usize = 18;

/// How a cell looks; only ever applied when colour is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Look {
    Plain,
    Bold,
    Dim,
    Green,
    Yellow,
}

/// One text of a grid.
#[derive(Clone)]
pub(in crate::report) struct Text {
    pub(in crate::report) text: String,
    pub(in crate::report) look: Look,
    right: bool,
}

pub(in crate::report) fn left(text: impl Into<String>) -> Text {
    Text { text: text.into(), look: Look::Plain, right: false }
}

pub(in crate::report) fn right(text: impl Into<String>) -> Text {
    Text { text: text.into(), look: Look::Plain, right: true }
}

impl Text {
    pub(in crate::report) fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    fn cell(&self, color: bool) -> Cell {
        // Tabs have no width a table could know.
        let text = printable(&self.text, true).replace('\t', " ");
        let cell = Cell::new(text).set_alignment(if self.right {
            CellAlignment::Right
        } else {
            CellAlignment::Left
        });
        match self.look {
            Look::Bold if color => cell.add_attribute(Attribute::Bold),
            Look::Dim if color => cell.add_attribute(Attribute::Dim),
            Look::Green if color => cell.fg(Color::Green),
            Look::Yellow if color => cell.fg(Color::Yellow),
            _ => cell,
        }
    }
}

/// The page being written.
pub(in crate::report) struct Page {
    pub(in crate::report) text: String,
    pub(in crate::report) width: usize,
    color: bool,
}

impl Page {
    /// An empty page; nothing readable fits on one narrower than 60 columns.
    pub(in crate::report) fn new(width: usize, color: bool) -> Self {
        Self { text: String::new(), width: width.max(NARROWEST), color }
    }

    /// Rows in columns of fixed widths, gaps included; every line ends without spaces.
    pub(in crate::report) fn grid(&mut self, rows: &[Vec<Text>], widths: &[usize], indent: bool) {
        if rows.is_empty() {
            return;
        }
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(self.width).unwrap_or(u16::MAX));
        if self.color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        for row in rows {
            table.add_row(Row::from(row.iter().map(|t| t.cell(self.color)).collect::<Vec<_>>()));
        }
        for (i, width) in widths.iter().enumerate() {
            if let Some(column) = table.column_mut(i) {
                column.set_padding((if i > 0 || indent { GAP } else { 0 }, 0));
                let width = u16::try_from(*width).unwrap_or(u16::MAX);
                column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
            }
        }
        for line in table.lines() {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    /// A wrapped line.
    pub(in crate::report) fn line(&mut self, text: Text, indent: bool) {
        let width = self.width;
        self.grid(&[vec![text]], &[width], indent);
    }

    pub(in crate::report) fn heading(&mut self, text: impl Into<String>) {
        self.text.push('\n');
        self.line(left(text).look(Look::Bold), false);
    }

    pub(in crate::report) fn rule(&mut self) {
        self.text.push_str(&"─".repeat(self.width));
        self.text.push('\n');
    }
}

/// Column widths that fit the widest text of any row, gaps included.
pub(in crate::report) fn natural(rows: &[Vec<Text>]) -> Vec<usize> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    (0..count)
        .map(|i| rows.iter().filter_map(|r| r.get(i)).map(|t| t.text.chars().count()).max())
        .map(|w| w.unwrap_or(0) + usize::from(GAP))
        .collect()
}

/// Column widths that fit the widest number of any row, the first column taking what is left.
pub(in crate::report) fn columns(width: usize, rows: &[Vec<Text>]) -> Vec<usize> {
    let gap = usize::from(GAP);
    let mut widths = natural(rows);
    // Numbers stay whole as long as they can; the widest column gives way first.
    let rest = width.saturating_sub(DESCRIPTION + gap);
    while widths.iter().skip(1).sum::<usize>() > rest {
        match widths.iter_mut().skip(1).max() {
            Some(widest) => *widest -= 1,
            None => break,
        }
    }
    let others = widths.iter().skip(1).sum::<usize>();
    if let Some(first) = widths.first_mut() {
        *first = width.saturating_sub(others);
    }
    widths
}
