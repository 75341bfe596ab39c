//! Changes of a scenario's text, which leave comments and layout as they are.

use crate::diagnostic::{Diagnostic, Result, Source};
use std::fmt::Write;
use std::str::FromStr;
use yaml_edit::Document;
use yaml_edit::path::YamlPath;

/// What is written at a place of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// A scalar, as text; quoted where YAML needs it.
    Text(String),
    /// A mapping, in this order.
    Map(Vec<(String, Self)>),
    /// A sequence.
    List(Vec<Self>),
}

impl Value {
    /// A scalar.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// As YAML on one line.
    #[must_use]
    pub fn flow(&self) -> String {
        match self {
            Self::Text(text) if plain(text) => text.clone(),
            Self::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
            Self::Map(entries) => {
                let key = |k: &str| match k.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    true => Self::text(k).flow(),
                    false => serde_json::Value::from(k).to_string(),
                };
                let each = entries.iter().map(|(k, v)| format!("{}: {}", key(k), v.flow()));
                format!("{{ {} }}", each.collect::<Vec<_>>().join(", "))
            }
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::flow).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// Whether text can stand in YAML without quotes and stays what it is.
fn plain(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "-_./%+*".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(inside)
}

impl<T: Into<String>> From<T> for Value {
    fn from(text: T) -> Self {
        Self::text(text)
    }
}

/// One edit of a scenario. A path is written like `workloads[0].deployment.memory`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edit {
    /// Sets a value; what is missing on the way to it is made.
    Set(String, Value),
    /// Removes a key, if it is there.
    Remove(String),
    /// Adds an item at the end of the list at the path.
    Append(String, Value),
    /// Adds a copy of the item of this index, as it is by then, at the end of the list at the path.
    Copy(String, usize),
}

/// Edits that belong together, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// The edits.
    pub edits: Vec<Edit>,
}

impl Change {
    /// No change.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.edits.is_empty()
    }

    /// Also sets a value of a workload, as in `.set(0, "deployment.memory", "1GiB")`.
    #[must_use]
    pub fn set(self, workload: usize, key: &str, value: impl Into<Value>) -> Self {
        self.and(Edit::Set(format!("workloads[{workload}].{key}"), value.into()))
    }

    /// Also removes a key of a workload.
    #[must_use]
    pub fn remove(self, workload: usize, key: &str) -> Self {
        self.and(Edit::Remove(format!("workloads[{workload}].{key}")))
    }

    /// Also this edit.
    #[must_use]
    pub fn and(mut self, edit: Edit) -> Self {
        self.edits.push(edit);
        self
    }

    /// Also the edits of another change.
    #[must_use]
    pub fn then(mut self, other: &Self) -> Self {
        self.edits.extend(other.edits.iter().cloned());
        self
    }

    /// The same edits of another workload.
    #[must_use]
    pub fn of(&self, workload: usize, other: usize) -> Self {
        let (own, other) = (format!("workloads[{workload}]."), format!("workloads[{other}]."));
        let path = |path: &String| match path.strip_prefix(&own) {
            Some(key) => format!("{other}{key}"),
            None => path.clone(),
        };
        let edit = |edit: &Edit| match edit {
            Edit::Set(p, value) => Edit::Set(path(p), value.clone()),
            Edit::Remove(p) => Edit::Remove(path(p)),
            Edit::Append(p, value) => Edit::Append(path(p), value.clone()),
            Edit::Copy(p, index) => Edit::Copy(path(p), *index),
        };
        Self { edits: self.edits.iter().map(edit).collect() }
    }

    /// The edits for people, one line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let line = |edit: &Edit| match edit {
            Edit::Set(path, value) => format!("{path}: {}", value.flow()),
            Edit::Remove(path) => format!("without {path}"),
            Edit::Append(path, value) => format!("{path}: also {}", value.flow()),
            Edit::Copy(path, index) => format!("{path}: also a copy of {path}[{index}]"),
        };
        self.edits.iter().map(line).collect()
    }

    /// The changed scenario, under the same name.
    ///
    /// # Errors
    /// When a path leads nowhere in this scenario.
    pub fn apply(&self, source: &Source) -> Result<Source> {
        if self.edits.is_empty() {
            return Ok(source.clone());
        }
        let failed = |path: &str, why: &dyn std::fmt::Display| {
            let message = format!("cannot change `{path}` of {}: {why}", source.name());
            Box::new(Diagnostic::input(message).hint("change it by hand"))
        };
        let document = Document::from_str(source.text()).map_err(|e| failed("", &e))?;
        for edit in &self.edits {
            match edit {
                Edit::Set(path, value) => {
                    set(&document, path, value).map_err(|e| failed(path, &e))?;
                }
                Edit::Remove(path) => {
                    let _ = document.try_remove_path(path);
                }
                Edit::Append(path, value) => {
                    let end = end(&document, path);
                    set(&document, &end, value).map_err(|e| failed(path, &e))?;
                }
                Edit::Copy(path, index) => {
                    let from = format!("{path}[{index}]");
                    let item = document.try_get_path(&from).map_err(|e| failed(&from, &e))?;
                    let end = end(&document, path);
                    document.try_set_path(&end, item).map_err(|e| failed(&end, &e))?;
                }
            }
        }
        let mut text = String::new();
        let _ = write!(text, "{document}");
        Ok(Source::new(source.name(), text))
    }
}

/// The path of the item after the last of a list.
fn end(document: &Document, list: &str) -> String {
    let item = |index: usize| format!("{list}[{index}]");
    let mut index = 0;
    while document.try_get_path(&item(index)).is_ok() {
        index += 1;
    }
    item(index)
}

fn set(document: &Document, path: &str, value: &Value) -> std::result::Result<(), String> {
    // The editor would make items up to this one.
    if let Some(end) = path.find(']')
        && path[..end].starts_with("workloads[")
        && end + 1 < path.len()
        && document.try_get_path(&path[..=end]).is_err()
    {
        return Err("there is no such workload".into());
    }
    let text = format!("value: {}", value.flow());
    let made = Document::from_str(&text).map_err(|e| e.to_string())?;
    let node = made.try_get_path("value").map_err(|e| e.to_string())?;
    document.try_set_path(path, node).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# top
name: chat
workloads:
  - name: chat   # the only one
    platform: aws-lambda
    arrivals: { pattern: diurnal, rate: 2M/month }
    requests:
      input_tokens: { mean: 900, cv: 1.2 } # measured
  - { name: b, platform: q, arrivals: { pattern: poisson, rate: 1/s } }
";

    fn changed(change: &Change) -> String {
        change.apply(&Source::new("x.yaml", TEXT)).unwrap().text().to_owned()
    }

    #[test]
    fn a_change_keeps_comments_and_layout() {
        let window = Value::Map(vec![
            ("default".into(), "0".into()),
            (
                "windows".into(),
                Value::List(vec![Value::Map(vec![("from".into(), "08:00".into())])]),
            ),
        ]);
        let change = Change::none()
            .set(0, "platform", "cloud-run")
            .set(0, "deployment.memory", "1GiB")
            .set(0, "deployment.min_instances", window)
            .set(1, "deployment.memory", "512MiB")
            .and(Edit::Set("accounts.x.plan".into(), "pro".into()))
            .remove(1, "nothing");
        insta::assert_snapshot!(changed(&change));
    }

    #[test]
    fn a_workload_is_added_and_a_key_removed() {
        let more = Value::Map(vec![
            ("name".into(), "c".into()),
            ("arrivals".into(), Value::Map(vec![("rate".into(), "5/min".into())])),
        ]);
        let change = Change::none()
            .and(Edit::Append("workloads".into(), more))
            .remove(0, "requests.input_tokens");
        insta::assert_snapshot!(changed(&change));
    }

    #[test]
    fn a_workload_is_copied_and_the_copy_changed() {
        let copy = |index| Edit::Copy("workloads".into(), index);
        let change = Change::none()
            .and(copy(0))
            .and(copy(1))
            .set(2, "name", "chat-long")
            .set(2, "deployment.memory", "1GiB")
            .set(3, "name", "b-2")
            .set(0, "platform", "q");
        insta::assert_snapshot!(changed(&change));
        let nowhere = Change::none().and(copy(7));
        assert!(nowhere.apply(&Source::new("x.yaml", TEXT)).is_err());
    }

    #[test]
    fn a_path_that_leads_nowhere_is_an_error() {
        let change = Change::none().set(7, "platform", "x");
        assert!(change.apply(&Source::new("x.yaml", TEXT)).is_err());
    }
}
