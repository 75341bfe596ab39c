//! What became of the models of a table.

use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Models that are named before the rest is only counted.
const NAMED: usize = 3;

/// What was read, written, left out and not kept.
#[derive(Clone, Debug)]
pub struct Report {
    /// The table's format.
    pub format: &'static str,
    /// The day of the table.
    pub date: NaiveDate,
    /// Models of the chosen providers.
    pub read: usize,
    /// Entries of the whole table that name one of its models again, with the same prices.
    pub repeated: usize,
    /// Models that were written.
    pub written: usize,
    /// Providers with a file.
    pub providers: usize,
    /// Models that could not be written, by reason.
    pub left_out: BTreeMap<String, Vec<String>>,
    /// Parts of written models that could not be kept, by what they are about.
    pub not_kept: BTreeMap<String, Vec<String>>,
    /// Providers of which the price book knows nothing.
    pub assumed: Vec<String>,
}

impl Report {
    pub(super) fn new(format: &'static str, date: NaiveDate, repeated: usize) -> Self {
        Self {
            format,
            date,
            read: 0,
            repeated,
            written: 0,
            providers: 0,
            left_out: BTreeMap::new(),
            not_kept: BTreeMap::new(),
            assumed: Vec::new(),
        }
    }

    /// The report as lines of text; with `all`, every model is named.
    #[must_use]
    pub fn text(&self, all: bool) -> String {
        let mut text = format!(
            "{} of {}: {} models read, {} written for {} providers\n",
            self.format, self.date, self.read, self.written, self.providers
        );
        if self.repeated > 0 {
            text.push_str(&format!("entries that repeat a model: {}\n", self.repeated));
        }
        for (title, groups) in
            [("left out", &self.left_out), ("not kept of models that are written", &self.not_kept)]
        {
            let models: usize = groups.values().map(Vec::len).sum();
            if models > 0 {
                text.push_str(&format!("{title}:\n"));
            }
            let mut groups: Vec<_> = groups.iter().collect();
            groups.sort_by_key(|(_, models)| std::cmp::Reverse(models.len()));
            for (reason, models) in groups {
                text.push_str(&format!("{:>6}  {reason}: {}\n", models.len(), names(models, all)));
            }
        }
        if !self.assumed.is_empty() {
            text.push_str(&format!(
                "assumed for providers that are not in the price book (an abandoned stream is \
                 billed to its end): {}\n",
                names(&self.assumed, all)
            ));
        }
        text
    }
}

fn names(names: &[String], all: bool) -> String {
    if all || names.len() <= NAMED + 1 {
        return names.join(", ");
    }
    format!("{}, and {} more", names[..NAMED].join(", "), names.len() - NAMED)
}
