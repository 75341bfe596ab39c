//! Interned labels: each distinct text once, rows keep a 16-bit index.

use std::collections::HashMap;

/// The distinct labels of one column, in order of first appearance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Labels {
    names: Vec<String>,
    index: HashMap<String, u16>,
}

impl Labels {
    /// The index of `name`, new or known; none when 65,535 others are taken.
    pub(super) fn intern(&mut self, name: &str) -> Option<u16> {
        if let Some(&known) = self.index.get(name) {
            return Some(known);
        }
        let next = u16::try_from(self.names.len()).ok().filter(|&n| n < u16::MAX)?;
        self.names.push(name.to_owned());
        self.index.insert(name.to_owned(), next);
        Some(next)
    }

    /// Whether all labels of another list can be known here too.
    pub(super) fn has_room_for(&self, other: &Self) -> bool {
        let new = other.names.iter().filter(|name| self.find(name).is_none()).count();
        self.names.len() + new <= usize::from(u16::MAX)
    }

    /// The indices here of all labels of another list, new ones added as far as there is room.
    pub(super) fn merge(&mut self, other: &Self) -> Vec<u16> {
        other.names.iter().map(|name| self.intern(name).unwrap_or(u16::MAX)).collect()
    }

    /// The index of `name`, if it is known.
    pub(super) fn find(&self, name: &str) -> Option<u16> {
        self.index.get(name).copied()
    }

    /// The labels by index.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_the_same_index_and_the_index_is_bounded() {
        let mut labels = Labels::default();
        assert_eq!(labels.intern("chat"), Some(0));
        assert_eq!(labels.intern("search"), Some(1));
        assert_eq!(labels.intern("chat"), Some(0));
        assert_eq!(labels.find("nobody"), None);
        for i in 2..65_535 {
            assert!(labels.intern(&i.to_string()).is_some());
        }
        assert_eq!(labels.intern("one too many"), None);
        let mut others = Labels::default();
        others.intern("search");
        assert!(labels.has_room_for(&others));
        assert_eq!(labels.merge(&others), [1]);
        others.intern("two too many");
        assert!(!labels.has_room_for(&others));
        assert_eq!(labels.intern("search"), Some(1));
    }
}
