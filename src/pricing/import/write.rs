//! Writes what a table came down to as an LLM price file.

use super::super::{CachedTokens, Confidence, Evidence, LlmProvider, OnDisconnect};
use super::report::Report;
use super::table::{Long, Rates, TableModel, TableProvider, TableRow};
use chrono::NaiveDate;
use std::fmt::Write as _;

/// Where the rows come from and when they hold.
pub(super) struct Writer {
    /// The table and its file.
    pub(super) origin: String,
    /// The day of the table.
    pub(super) date: NaiveDate,
    /// The day from which undated prices hold.
    pub(super) since: NaiveDate,
}

/// A provider's id as the name of a file.
pub(super) fn file_name(id: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = id.chars().map(|c| if plain(c) { c } else { '-' }).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "unnamed".into() } else { name.into() }
}

impl Writer {
    /// The file of one provider; none if no model of it can be written.
    pub(super) fn provider(
        &self,
        id: &str,
        provider: &TableProvider,
        known: Option<&LlmProvider>,
        report: &mut Report,
    ) -> Option<String> {
        let mut models = String::new();
        for model in &provider.models {
            report.read += 1;
            let name = format!("{id}/{}", model.id);
            let (rows, undated) = self.rows(model);
            let mut lacks = model.lacks.clone();
            if undated > 0 {
                lacks.insert("an earlier price without a known start (see `--since`)".into());
            }
            if rows.is_empty() {
                let reason = model.left_out.clone().unwrap_or_else(|| "no price in force".into());
                report.left_out.entry(reason).or_default().push(name);
                continue;
            }
            report.written += 1;
            let lacks: Vec<_> = lacks.into_iter().collect();
            self.model(&mut models, model, &rows, &lacks);
            for what in lacks {
                report.not_kept.entry(what).or_default().push(name.clone());
            }
        }
        if models.is_empty() {
            return None;
        }
        report.providers += 1;
        if known.is_none() {
            report.assumed.push(id.to_owned());
        }
        Some(self.head(id, provider, known) + &models)
    }

    /// Rows with their first day, and how many end before they can begin.
    fn rows<'a>(&self, model: &'a TableModel) -> (Vec<(NaiveDate, &'a TableRow)>, usize) {
        let dated = |row: &'a TableRow| (row.from.unwrap_or(self.since), row);
        let (kept, lost): (Vec<_>, Vec<_>) = model
            .rows
            .iter()
            .map(dated)
            .partition(|(from, row)| row.until.is_none_or(|until| *from < until));
        (kept, lost.len())
    }

    fn head(&self, id: &str, provider: &TableProvider, known: Option<&LlmProvider>) -> String {
        let name = provider.name.as_deref().unwrap_or(&provider.id);
        let (vendor, service, category) = match known {
            Some(p) => (p.provider_name.as_str(), p.service_name.as_str(), p.category.as_str()),
            None => (name, name, "AI and Machine Learning"),
        };
        let cached = provider.cached_tokens.or(known.map(|p| p.cached_tokens));
        let cached = match cached.unwrap_or(CachedTokens::InsideInput) {
            CachedTokens::InsideInput => "inside_input",
            CachedTokens::OutsideInput => "outside_input",
        };
        let assumed = Evidence {
            source: "assumption of the import".into(),
            checked_on: self.date,
            confidence: Confidence::Low,
            note: Some("the table does not say; the dearer reading".into()),
        };
        let (leaves, evidence) = known.map_or((OnDisconnect::Drain, &assumed), |p| {
            (p.on_disconnect, &p.on_disconnect_evidence)
        });
        let leaves = match leaves {
            OnDisconnect::Stop => "stop",
            OnDisconnect::Drain => "drain",
        };
        let mut text = format!(
            "# USD per million text tokens, imported from {} of {}.\n\
             schema: 1\nservice: {}\nservice_provider_name: {}\nservice_name: {}\n\
             service_category: {}\nbilling_currency: USD\ncached_tokens: {cached}\n\
             on_disconnect: {leaves}\non_disconnect_source: {}\n",
            self.origin,
            self.date,
            scalar(id),
            scalar(vendor),
            scalar(service),
            scalar(category),
            cited(evidence),
        );
        if let Some((bytes, evidence)) =
            known.and_then(|p| p.response_bytes_per_output_token.as_ref())
        {
            let _ = writeln!(text, "response_bytes_per_output_token: \"{bytes}\"");
            let _ = writeln!(text, "response_bytes_source: {}", cited(evidence));
        }
        text.push_str("models:\n");
        text
    }

    fn model(
        &self,
        text: &mut String,
        model: &TableModel,
        rows: &[(NaiveDate, &TableRow)],
        lacks: &[String],
    ) {
        let _ = writeln!(text, "  - id: {}", scalar(&model.id));
        if !model.aliases.is_empty() {
            let names: Vec<_> = model.aliases.iter().map(|a| scalar(a)).collect();
            let _ = writeln!(text, "    aliases: [{}]", names.join(", "));
        }
        for (key, value) in [
            ("context_window", model.context_window),
            ("max_output", model.max_output),
            ("min_cacheable", model.min_cacheable),
        ] {
            if let Some(value) = value {
                let _ = writeln!(text, "    {key}: {value}");
            }
        }
        if !lacks.is_empty() {
            let note = format!("not kept: {}", lacks.join("; "));
            let _ = writeln!(text, "    note: {}", quoted(&note));
        }
        text.push_str("    prices:\n");
        for (from, row) in rows {
            self.row(text, *from, row, model.source.as_deref());
        }
    }

    fn row(&self, text: &mut String, from: NaiveDate, row: &TableRow, page: Option<&str>) {
        let _ = writeln!(text, "      - effective_from: {from}");
        let mut line = |key: &str, value: &str| {
            let _ = writeln!(text, "        {key}: {value}");
        };
        if let Some(until) = row.until {
            line("effective_until", &until.to_string());
        }
        if from > self.date {
            line("status", "announced");
        }
        let source = match page {
            Some(page) => format!("{page} (read through {})", self.origin),
            None => self.origin.clone(),
        };
        line("source", &quoted(&source));
        line("checked_on", &self.date.to_string());
        line("confidence", "medium");
        if row.from.is_none() {
            line("note", "\"the table does not say since when\"");
        }
        for (key, value) in pairs(&row.standard) {
            line(key, &value);
        }
        if let Some(batch) = &row.batch {
            line("batch", &flow(batch, "", None));
        }
        if let Some(Long { above, inclusive, rates, batch }) = &row.long {
            let bound = if *inclusive { "ge" } else { "gt" };
            let bound = format!("above: {above}, bound: {bound}, ");
            line("long_context", &flow(rates, &bound, batch.as_ref()));
        }
    }
}

/// Rates as keys and values, in the order of a price file.
fn pairs(rates: &Rates) -> Vec<(&'static str, String)> {
    let price = |text: &String| format!("\"{text}\"");
    let mut pairs = Vec::new();
    pairs.extend(rates.input.as_ref().map(|p| ("input", price(p))));
    pairs.extend(rates.cache_read.as_ref().map(|p| ("cache_read", price(p))));
    if !rates.cache_write.is_empty() {
        let mut writes: Vec<_> = rates.cache_write.iter().collect();
        // Minutes before hours.
        writes.sort_by_key(|(life, _)| life.ends_with('h'));
        let writes: Vec<_> =
            writes.iter().map(|(life, p)| format!("{life}: {}", price(p))).collect();
        pairs.push(("cache_write", format!("{{ {} }}", writes.join(", "))));
    }
    pairs.extend(rates.output.as_ref().map(|p| ("output", price(p))));
    pairs
}

/// Rates on one line.
fn flow(rates: &Rates, before: &str, batch: Option<&Rates>) -> String {
    let mut parts: Vec<_> = pairs(rates).iter().map(|(k, v)| format!("{k}: {v}")).collect();
    parts.extend(batch.map(|b| format!("batch: {}", flow(b, "", None))));
    format!("{{ {before}{} }}", parts.join(", "))
}

fn cited(evidence: &Evidence) -> String {
    let confidence = match evidence.confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    };
    let note = evidence.note.as_ref().map(|n| format!(", note: {}", quoted(n)));
    format!(
        "{{ source: {}, checked_on: {}, confidence: {confidence}{} }}",
        quoted(&evidence.source),
        evidence.checked_on,
        note.unwrap_or_default()
    )
}

/// A text that YAML reads as this text, quoted where it must be.
fn scalar(text: &str) -> String {
    const WORDS: &[&str] =
        &["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ' ');
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(inside)
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_lowercase().as_str());
    if plain { text.into() } else { quoted(text) }
}

/// JSON strings are YAML strings.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
