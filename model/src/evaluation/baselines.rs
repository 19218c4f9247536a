//! Baseline forecasts.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use plimsoll_features::{LIQUIDATED, Outcome};

use crate::input::anchor::Anchor;
use crate::input::grid::{INTERVALS, edges_days};
use plimsoll_metrics::KaplanMeier;

/// First passage at the protocol's price: the forecast from volatility alone. Probabilities by each
/// edge except the first, rows by [`INTERVALS`].
#[must_use]
pub fn first_passage_baseline(features: ArrayView2<'_, f32>) -> Array2<f64> {
    Anchor::new().first_passage_probabilities(features)
}

/// The Kaplan-Meier estimate of the evaluated rows, which treats closings as censoring: the error
/// from ignoring the competing event, even with hindsight.
pub(crate) fn kaplan_meier_baseline(outcomes: &[Outcome]) -> Array1<f64> {
    let durations: Vec<f64> = outcomes.iter().map(|outcome| outcome.duration_days).collect();
    let events: Vec<bool> = outcomes.iter().map(|outcome| outcome.event == LIQUIDATED).collect();
    let estimate = KaplanMeier::fit(&durations, &events);
    let edges = edges_days();
    let at = |k: usize| estimate.as_ref().map_or(0.0, |e| 1.0 - e.survival_at(edges[k + 1]));
    Array1::from_shape_fn(INTERVALS, at)
}

/// Repeats one curve for every row, without copies.
pub(crate) fn broadcast_curve<'a>(
    curve: &'a ArrayView1<'a, f64>,
    rows: usize,
) -> ArrayView2<'a, f64> {
    curve.broadcast((rows, INTERVALS)).expect("a curve has one value per edge")
}
