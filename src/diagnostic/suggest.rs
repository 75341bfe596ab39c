//! "Did you mean": the closest known name.

/// The name nearest to `word`, if it is near enough to be a slip of the keyboard.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= 1 + name.chars().count().max(word.len()) / 4)
        .map(|(_, name)| name)
}

/// The hint that names the closest known word, if there is one.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(word, known).map(|name| format!("did you mean `{name}`?"))
}

/// So many names are read at a glance.
pub const FEW: usize = 8;

/// The few names nearest to `word`, and how many there are; all of them where they are few.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = known.into_iter().collect();
    let all = names.len();
    if all <= FEW {
        return list(names);
    }
    names.sort_by_cached_key(|name| strsim::damerau_levenshtein(word, name));
    format!("{}, … ({all} in all)", list(names.into_iter().take(FEW)))
}

/// `a`, `b`, `c`: a list for a note; long lists end in an ellipsis.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|n| format!("`{n}`")).collect();
    if names.len() > 24 {
        return format!("{}, … ({} in all)", names[..24].join(", "), names.len());
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_refuses_strangers() {
        let known = ["aws-lambda", "cloud-run", "render"];
        assert_eq!(closest("aws-lamda", known), Some("aws-lambda"));
        assert_eq!(closest("clodu-run", known), Some("cloud-run"));
        assert_eq!(closest("kubernetes", known), None);
    }
}
