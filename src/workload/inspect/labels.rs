//! Requests by label.

use crate::workload::{Trace, TraceColumn};
use std::cmp::Reverse;

/// Requests by the labels of a column, most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labelled {
    /// Each label and its requests.
    pub labels: Vec<LabelCount>,
    /// Requests without a label.
    pub without: u64,
}

/// A label and its requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelCount {
    /// The label.
    pub label: String,
    /// How many requests have it.
    pub rows: u64,
}

impl Labelled {
    /// Counts the entries of a column of label indices.
    pub(super) fn of(trace: &Trace, column: TraceColumn, labels: &[String]) -> Self {
        let mut counts = vec![0_u64; labels.len()];
        trace.each(column, |_, index| {
            if let Some(count) = usize::try_from(index).ok().and_then(|i| counts.get_mut(i)) {
                *count += 1;
            }
        });
        let named = labels.iter().zip(counts).filter(|(_, rows)| *rows > 0);
        let mut labels: Vec<_> =
            named.map(|(label, rows)| LabelCount { label: label.clone(), rows }).collect();
        // Equal counts stay in order of first appearance.
        labels.sort_by_key(|l| Reverse(l.rows));
        Self { labels, without: (trace.len() as u64).saturating_sub(trace.present(column)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Row;

    #[test]
    fn labels_come_by_frequency_and_rows_without_are_counted() {
        let mut trace = Trace::new("test");
        for label in ["a", "b", "c", "b", ""] {
            let model = (!label.is_empty()).then(|| trace.intern_model(label)).flatten();
            trace.push(Row { model, ..Row::default() });
        }
        let models = Labelled::of(&trace, TraceColumn::Model, trace.model_labels());
        let shown: Vec<_> = models.labels.iter().map(|l| (l.label.as_str(), l.rows)).collect();
        assert_eq!((shown, models.without), (vec![("b", 2), ("a", 1), ("c", 1)], 1));
        let workloads = Labelled::of(&trace, TraceColumn::Workload, trace.workload_labels());
        assert_eq!((workloads.labels, workloads.without), (vec![], 5));
    }
}
