//! What each forecaster said of the judged landmarks.

use ndarray::Array2;

use super::walk::Walk;
use crate::Forecasts;
use crate::baselines::{first_passage, kaplan_meier};
use crate::grid::INTERVALS;

/// Forecasters in the order of the summary.
pub(super) struct Said {
    pub(super) model: Forecasts,
    pub(super) first_passage: Forecasts,
    pub(super) training_rate: Forecasts,
    pub(super) kaplan_meier: Forecasts,
}

impl Said {
    /// Asks them all.
    pub(super) fn of(walk: &Walk) -> Self {
        let silent = || Array2::zeros((walk.rows().len(), INTERVALS));
        let hindsight = kaplan_meier(walk.outcomes());
        let mut hindsight_rows = silent();
        hindsight_rows.rows_mut().into_iter().for_each(|mut row| row.assign(&hindsight));
        Self {
            model: walk.forecasts.clone(),
            first_passage: Forecasts {
                liquidated: first_passage(walk.rows().features.view()),
                closed: silent(),
                doubt: None,
            },
            training_rate: walk.rates.clone(),
            kaplan_meier: Forecasts { liquidated: hindsight_rows, closed: silent(), doubt: None },
        }
    }
}
