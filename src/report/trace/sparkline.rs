//! Bars of text.

/// From the least to the greatest; what is nothing has no bar.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The same without Unicode.
const ASCII: [char; 8] = ['.', ':', '-', '=', '+', '*', '#', '@'];

/// One bar of `wide` characters for each count, the greatest as high as the line.
pub(super) fn sparkline(counts: &[u64], wide: usize, unicode: bool) -> String {
    let bars = if unicode { BLOCKS } else { ASCII };
    let greatest = u128::from(counts.iter().max().copied().unwrap_or(0).max(1));
    let bar = |count: &u64| {
        // Eighths, rounded up, so that the least of something is still seen.
        let eighths = (u128::from(*count) * 8).div_ceil(greatest);
        let index = usize::try_from(eighths).ok().and_then(|eighths| eighths.checked_sub(1));
        std::iter::repeat_n(index.and_then(|i| bars.get(i)).copied().unwrap_or(' '), wide)
    };
    counts.iter().flat_map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_eighths_of_the_greatest_and_something_is_never_nothing() {
        assert_eq!(sparkline(&[0, 1, 50, 100, 200, 400, 800], 1, true), " ▁▁▁▂▄█");
        assert_eq!(sparkline(&[0, 1, 50, 100, 200, 400, 800], 1, false), " ...:=@");
        assert_eq!(sparkline(&[1, 2], 2, true), "▄▄██");
        assert_eq!(sparkline(&[0, 0], 1, true), "  ");
        assert_eq!(sparkline(&[u64::MAX, 1], 1, true), "█▁");
    }
}
