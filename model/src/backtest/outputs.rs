//! The forecasts of each forecaster for the evaluated landmarks.

use ndarray::Array2;

use super::walk_forward::WalkForward;
use crate::evaluation::baselines::{first_passage_baseline, kaplan_meier_baseline};
use crate::forecast::forecasts::Forecasts;
use crate::input::grid::INTERVALS;

/// Forecasts by forecaster, in the order of the summary.
pub(super) struct ForecasterOutputs {
    pub(super) model: Forecasts,
    pub(super) first_passage: Forecasts,
    pub(super) training_rate: Forecasts,
    pub(super) kaplan_meier: Forecasts,
}

impl ForecasterOutputs {
    /// Collects the forecasts of all forecasters.
    pub(super) fn new(run: &WalkForward) -> Self {
        let zeros = || Array2::zeros((run.rows().len(), INTERVALS));
        let hindsight = kaplan_meier_baseline(run.outcomes());
        let mut hindsight_rows = zeros();
        hindsight_rows.rows_mut().into_iter().for_each(|mut row| row.assign(&hindsight));
        Self {
            model: run.forecasts.clone(),
            first_passage: Forecasts {
                liquidated: first_passage_baseline(run.rows().features.view()),
                closed: zeros(),
                intervals: None,
                states: None,
            },
            training_rate: run.base_rates.clone(),
            kaplan_meier: Forecasts {
                liquidated: hindsight_rows,
                closed: zeros(),
                intervals: None,
                states: None,
            },
        }
    }
}
