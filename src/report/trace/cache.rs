//! What prompt caches would have held.

use super::rows::fitted;
use crate::report::number::{count, share};
use crate::report::page::{Look, Page, left, right};
use crate::units::SimDuration;
use crate::workload::inspect::Inspection;

pub(super) fn caches(page: &mut Page, found: &Inspection) {
    let Some((limits, any)) = found.caches.first() else { return };
    page.heading("Prompt cache, replayed from prefix hashes");
    let text = format!(
        "{} requests with {} prompt tokens; the cache holds {}",
        count(any.requests),
        count(any.prompt_tokens),
        size(limits.tokens)
    );
    page.line(left(text), true);
    let titles = [
        left("lifetime"),
        right("hit share"),
        right("hit tokens"),
        right("hit requests"),
        right("most held"),
    ];
    let mut rows = vec![titles.map(|t| t.look(Look::Dim)).to_vec()];
    rows.extend(found.caches.iter().map(|(limits, used)| {
        vec![
            left(lifetime(limits.ttl)),
            right(share(used.hit_tokens, used.prompt_tokens).unwrap_or_default()),
            right(count(used.hit_tokens)),
            right(share(used.requests_with_hit, used.requests).unwrap_or_default()),
            right(count(used.largest)),
        ]
    }));
    let widths = fitted(page, &rows);
    page.grid(&rows, &widths, true);
    let text = "`prompt_cache: { ttl: 5m }` under `arrivals:` takes the hits into an estimate";
    page.line(left(text).look(Look::Dim), true);
}

fn lifetime(ttl: SimDuration) -> String {
    if ttl == SimDuration::MAX { "for ever".into() } else { ttl.to_string() }
}

fn size(tokens: u64) -> String {
    if tokens == u64::MAX {
        "any number".into()
    } else {
        format!("{} of each model", count(tokens))
    }
}
