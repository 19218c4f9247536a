//! Walk-forward evaluation: train on what was known, forecast what followed, and advance.

use chrono::{DateTime, Utc};
use ndarray::{Array2, ArrayView1, Axis};
use plimsoll_features::{Observations, Outcome};
use plimsoll_lake::tables::Forecast;

use super::folds::{BacktestFold, plan_folds};
use super::plan::{BacktestPlan, FoldSchedule};
use crate::error::ModelError;
use crate::forecast::forecasts::Forecasts;
use crate::forecast::manifest::{BaseIncidence, TrainingSummary};
use crate::forecast::model::Model;
use crate::input::grid::INTERVALS;
use crate::input::outcomes::outcomes_known_at;
use crate::train::options::Progress;
use crate::train::train;

/// Progress of a walk-forward run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WalkForwardProgress {
    /// Number of completed folds.
    pub fold: usize,
    /// Total number of folds.
    pub folds: usize,
    /// End of the fold's training data.
    pub until: DateTime<Utc>,
    /// Progress of the fold's training.
    pub training: Progress,
}

/// The landmarks of a walk-forward run, with their out-of-sample forecasts.
#[derive(Debug, Clone)]
pub struct WalkForward {
    /// Evaluated landmarks, with their outcomes as known at the end.
    pub(crate) rows: Observations,
    /// Forecasts of the models.
    pub(crate) forecasts: Forecasts,
    /// Base rates of the training data, as forecasts.
    pub(crate) base_rates: Forecasts,
    /// The fold of each row.
    pub(crate) fold_of_row: Vec<usize>,
    /// The folds, in order of time.
    pub(crate) folds: Vec<TrainedFold>,
}

/// A fold and its training.
#[derive(Debug, Clone)]
pub(crate) struct TrainedFold {
    pub(crate) fold: BacktestFold,
    pub(crate) training: TrainingSummary,
}

/// Trains at each fold of a plan and forecasts the landmarks of the grid up to the next.
///
/// # Errors
/// [`ModelError::FoldTooEarly`] or [`ModelError::NoLandmarks`] if there is nothing to train on or
/// to evaluate, or errors of training.
pub fn walk_forward(
    observations: &Observations,
    plan: &BacktestPlan,
    mut on_progress: impl FnMut(WalkForwardProgress),
) -> Result<WalkForward, ModelError> {
    run_folds(observations, plan, |fold, folds| {
        let (until, folds) = (folds[fold].until, folds.len());
        let on_training =
            |training| on_progress(WalkForwardProgress { fold, folds, until, training });
        train(observations, until, &plan.train, on_training)
    })
}

/// A run with one fold and a trained model, which forecasts the landmarks of the grid after its
/// training data.
///
/// # Errors
/// As [`walk_forward`].
pub fn evaluate_fixed(
    observations: &Observations,
    plan: &BacktestPlan,
    model: &Model,
) -> Result<WalkForward, ModelError> {
    let folds = FoldSchedule::At(vec![model.manifest().training.until]);
    run_folds(observations, &BacktestPlan { folds, ..plan.clone() }, |_, _| Ok(model.clone()))
}

fn run_folds(
    observations: &Observations,
    plan: &BacktestPlan,
    mut model_of: impl FnMut(usize, &[BacktestFold]) -> Result<Model, ModelError>,
) -> Result<WalkForward, ModelError> {
    let folds = plan_folds(observations, plan)?;
    let fold_of = |row: usize| {
        let time = observations.time_s[row];
        let contains =
            |fold: &BacktestFold| fold.from.timestamp() <= time && time < fold.to.timestamp();
        folds.iter().position(contains).filter(|_| observations.on_grid[row])
    };
    let fold_of_row: Vec<Option<usize>> = (0..observations.len()).map(fold_of).collect();
    let mut rows = observations.filter(|row| fold_of_row[row].is_some());
    let mut run = WalkForward {
        forecasts: empty_forecasts(rows.len()),
        base_rates: empty_forecasts(rows.len()),
        fold_of_row: fold_of_row.into_iter().flatten().collect(),
        folds: Vec::new(),
        rows: Observations::default(),
    };
    for (index, fold) in folds.iter().enumerate() {
        let model = model_of(index, &folds)?;
        run.forecast_fold(index, &rows, &model)?;
        run.folds.push(TrainedFold { fold: *fold, training: model.manifest().training.clone() });
    }
    if let Some(to) = plan.span.to {
        rows.outcome = outcomes_known_at(&rows, to);
    }
    run.rows = rows;
    Ok(run)
}

fn empty_forecasts(rows: usize) -> Forecasts {
    let zeros = || Array2::zeros((rows, INTERVALS));
    Forecasts { liquidated: zeros(), closed: zeros(), intervals: None, states: None }
}

impl WalkForward {
    /// Forecasts the rows of a fold.
    fn forecast_fold(
        &mut self,
        fold: usize,
        rows: &Observations,
        model: &Model,
    ) -> Result<(), ModelError> {
        let fold_rows: Vec<usize> =
            (0..rows.len()).filter(|&row| self.fold_of_row[row] == fold).collect();
        let forecasts = model.forecast(rows.features.select(Axis(0), &fold_rows).view())?;
        let BaseIncidence { liquidated, closed } = &model.manifest().incidence;
        let (liquidated, closed) = (ArrayView1::from(liquidated), ArrayView1::from(closed));
        for (index, row) in fold_rows.into_iter().enumerate() {
            let liquidated_forecast = forecasts.liquidated.row(index);
            self.forecasts.liquidated.row_mut(row).assign(&liquidated_forecast);
            self.forecasts.closed.row_mut(row).assign(&forecasts.closed.row(index));
            self.base_rates.liquidated.row_mut(row).assign(&liquidated);
            self.base_rates.closed.row_mut(row).assign(&closed);
        }
        Ok(())
    }

    /// The evaluated landmarks.
    #[must_use]
    pub const fn rows(&self) -> &Observations {
        &self.rows
    }

    /// The forecasts of the evaluated landmarks, row by row.
    #[must_use]
    pub const fn forecasts(&self) -> &Forecasts {
        &self.forecasts
    }

    /// The forecasts as rows of the table `forecasts`, in order of account and time.
    #[must_use]
    pub fn forecast_rows(&self) -> Vec<Forecast> {
        let rows = &self.rows;
        let row = |row: usize| {
            let account = rows.account_ids[rows.account_index[row] as usize].clone();
            let time = DateTime::from_timestamp(rows.time_s[row], 0)
                .expect("landmarks were read from timestamps");
            Forecast {
                health_factor: Some(rows.health_factor[row]),
                debt_usd: Some(rows.debt_usd[row]),
                ..self.forecasts.to_row(row, account, time)
            }
        };
        (0..rows.len()).map(row).collect()
    }

    /// Outcomes of the evaluated landmarks.
    pub(crate) fn outcomes(&self) -> &[Outcome] {
        &self.rows.outcome
    }
}
