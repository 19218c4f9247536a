//! What each forecaster said of the judged landmarks.

use ndarray::Array2;

use super::walk_forward::WalkForward;
use crate::evaluation::baselines::{first_passage_baseline, kaplan_meier_baseline};
use crate::forecast::forecasts::Forecasts;
use crate::input::grid::INTERVALS;

/// Forecasters in the order of the summary.
pub(super) struct ForecasterOutputs {
    pub(super) model: Forecasts,
    pub(super) first_passage: Forecasts,
    pub(super) training_rate: Forecasts,
    pub(super) kaplan_meier: Forecasts,
}

impl ForecasterOutputs {
    /// Asks them all.
    pub(super) fn new(walk: &WalkForward) -> Self {
        let silent = || Array2::zeros((walk.rows().len(), INTERVALS));
        let hindsight = kaplan_meier_baseline(walk.outcomes());
        let mut hindsight_rows = silent();
        hindsight_rows.rows_mut().into_iter().for_each(|mut row| row.assign(&hindsight));
        Self {
            model: walk.forecasts.clone(),
            first_passage: Forecasts {
                liquidated: first_passage_baseline(walk.rows().features.view()),
                closed: silent(),
                intervals: None,
            },
            training_rate: walk.base_rates.clone(),
            kaplan_meier: Forecasts {
                liquidated: hindsight_rows,
                closed: silent(),
                intervals: None,
            },
        }
    }
}
