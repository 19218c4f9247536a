//! What a model has to beat.

use ndarray::{Array2, ArrayView2};
use plimsoll_features::{HORIZONS, LIQUIDATED, Outcome};

use crate::anchor::Anchor;
use crate::grid::{INTERVALS, edges_days};
use crate::manifest::Incidence;
use crate::metrics::KaplanMeier;

/// First passage at the protocol's price: what volatility alone expects.
pub(crate) fn first_passage(features: ArrayView2<'_, f32>) -> Array2<f64> {
    Anchor::new().probabilities(features)
}

/// The training span's own rate, for every row the same (Aalen and Johansen 1978).
pub(crate) fn constant(rows: usize, incidence: &Incidence) -> Array2<f64> {
    Array2::from_shape_fn((rows, INTERVALS), |(_, k)| incidence.liquidated[k])
}

/// The evaluated rows' own rate as Kaplan and Meier would have it, with a closing taken for an end
/// of observation: what ignoring the competing event costs, even with hindsight.
pub(crate) fn kaplan_meier(outcomes: &[Outcome]) -> Array2<f64> {
    let durations: Vec<f64> = outcomes.iter().map(|outcome| outcome.duration_days).collect();
    let events: Vec<bool> = outcomes.iter().map(|outcome| outcome.event == LIQUIDATED).collect();
    let estimate = KaplanMeier::fit(&durations, &events);
    let edges = edges_days();
    let at = |k: usize| estimate.as_ref().map_or(0.0, |e| 1.0 - e.survival_at(edges[k + 1]));
    Array2::from_shape_fn((outcomes.len(), INTERVALS), |(_, k)| at(k))
}

/// The place of each horizon among the grid's edges but the first.
pub(crate) fn horizon_columns() -> [usize; HORIZONS.len()] {
    HORIZONS.map(|(_, hours)| {
        crate::grid::intervals_until(hours).expect("every horizon is an edge of the grid") - 1
    })
}
