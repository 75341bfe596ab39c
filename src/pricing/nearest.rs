//! Which region is near another, as far as their ids tell.

/// Words of ids that say where in an area a region is.
const DIRECTIONS: [&str; 5] = ["north", "south", "east", "west", "central"];

/// The known region in the same area as `region` whose id is most like it, the first of equals;
/// nothing when no id names the same area.
#[must_use]
pub fn nearest<'a>(region: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.into_iter().filter(|id| *id != region && area(id) == area(region));
    let likeness = |id: &str| {
        let words = region.split('-').zip(id.split('-')).take_while(|(a, b)| a == b).count();
        let letters = region.chars().zip(id.chars()).take_while(|(a, b)| a == b).count();
        (words, letters)
    };
    near.fold(None, |best: Option<&str>, id| match best {
        Some(best) if likeness(best) >= likeness(id) => Some(best),
        _ => Some(id),
    })
}

/// `ap` of `ap-southeast-2`, `europe` of `westeurope`, `us` of `eastus2`.
fn area(id: &str) -> &str {
    if let Some((first, _)) = id.split_once('-') {
        return first;
    }
    let mut area = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let shorter = |area: &str| {
        DIRECTIONS.iter().find_map(|word| {
            let rest = area.strip_prefix(word).or_else(|| area.strip_suffix(word))?;
            (!rest.is_empty()).then_some(area.len() - rest.len()).map(|_| rest.to_owned())
        })
    };
    while let Some(rest) = shorter(area) {
        let at = area.find(&rest).unwrap_or(0);
        area = &area[at..at + rest.len()];
    }
    area
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_region_shares_the_area_and_the_most_of_the_id() {
        let dashed = ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-northeast-1"];
        assert_eq!(nearest("ap-southeast-3", dashed), Some("ap-southeast-1"));
        assert_eq!(nearest("eu-central-1", dashed), Some("eu-west-1"));
        assert_eq!(nearest("us-west-1", dashed), Some("us-west-2"));
        assert_eq!(nearest("us-gov-1", dashed), Some("us-east-1"));
        assert_eq!(nearest("sa-east-1", dashed), None);
        let joined = ["eastus", "northeurope", "eastasia", "germanynorth"];
        assert_eq!(nearest("westus3", joined), Some("eastus"));
        assert_eq!(nearest("westeurope", joined), Some("northeurope"));
        assert_eq!(nearest("southeastasia", joined), Some("eastasia"));
        assert_eq!(nearest("germanywestcentral", joined), Some("germanynorth"));
        assert_eq!(nearest("uksouth", joined), None);
        assert_eq!(nearest("iad", ["fra", "iad"]), None);
        assert_eq!(nearest("", []), None);
    }
}
