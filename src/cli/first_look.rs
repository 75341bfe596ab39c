//! What is shown of a long comparison while it goes on.

use crate::diagnostic::Source;
use crate::estimate::{Alternative, Comparison, Estimator, Options, Projection, Variant};

/// Replayed requests of all platforms that take long enough for a first look.
const LONG: f64 = 3e6;

/// Those that are replayed before anything could be shown.
const SOON: f64 = 1e7;

/// A first look at these variants; none where the whole takes no longer, or where it fails: the replay
/// itself then says why.
pub(super) fn of(
    estimator: &mut Estimator<'_>,
    source: &Source,
    variants: &[Options],
) -> Option<Comparison> {
    let quick = |options: &Options| Options {
        first_look: true,
        timeline: None,
        spike: None,
        ..options.clone()
    };
    let quick: Vec<_> = variants.iter().map(quick).collect();
    let mut size = |options: &[Options]| {
        let mut sizes = options.iter().map(|options| estimator.size(Variant { source, options }));
        Some(sizes.find_map(Result::ok)? * u32::try_from(options.len()).map_or(f64::MAX, f64::from))
    };
    let (whole, part) = (size(variants)?, size(&quick)?);
    if whole < LONG || part > SOON || part * 3.0 > whole {
        return None;
    }
    let all: Vec<_> = quick.iter().map(|options| Variant { source, options }).collect();
    let results = estimator.run(&all).ok()?;
    let alternatives = quick.iter().zip(results).map(|(options, result)| Alternative {
        platform: options.platform.clone().unwrap_or_default(),
        settings: options.settings.clone(),
        result,
        spiked: None,
    });
    let known = Comparison::new(alternatives.collect()).ok()?;
    // Whatever is told is told as scaled.
    let scaled = |p: &Projection| matches!(p, Projection::Scaled(_));
    let all_scaled = known.any()?.workloads.iter().all(|w| scaled(&w.projection));
    all_scaled.then_some(known)
}
