//! The levels of a rule that a replay evaluates.

use plimsoll_serve::Measure;

/// Levels of probability: the first, the factor from one to the next, the last.
const PROBABILITY_GRID: (f64, f64, f64) = (2e-4, 1.06, 0.999);
/// Levels of health factor: the first, the step from one to the next, the last.
const HEALTH_FACTOR_GRID: (f64, f64, f64) = (0.95, 0.005, 2.0);
/// Levels that clear a warning, relative to the one that raises it: factors of a probability, and
/// margins above a health factor.
const CLEAR_RATIOS: [f64; 2] = [0.5, 0.2];
const CLEAR_MARGINS: [f64; 3] = [0.02, 0.05, 0.1];

/// Levels that raise a warning, each with several that clear it.
pub(super) fn level_pairs(measure: Measure) -> Vec<(f64, f64)> {
    let next: fn(&f64) -> Option<f64> = if measure.lower_is_worse() {
        |level| Some(level + HEALTH_FACTOR_GRID.1)
    } else {
        |level| Some(level * PROBABILITY_GRID.1)
    };
    let (first, _, last) =
        if measure.lower_is_worse() { HEALTH_FACTOR_GRID } else { PROBABILITY_GRID };
    let raising = std::iter::successors(Some(first), next).take_while(|level| *level <= last);
    let clearing = |fire: f64| -> Vec<(f64, f64)> {
        if measure.lower_is_worse() {
            CLEAR_MARGINS.map(|margin| (fire, fire + margin)).into()
        } else {
            CLEAR_RATIOS.map(|ratio| (fire, fire * ratio)).into()
        }
    };
    raising.flat_map(clearing).collect()
}
