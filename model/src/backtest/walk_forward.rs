//! The walk forward: train on what was known, forecast what followed, go on.

use chrono::{DateTime, Utc};
use ndarray::{Array2, ArrayView1, Axis};
use plimsoll_features::{Observations, Outcome};
use plimsoll_lake::tables::Forecast;

use super::folds::{BacktestFold, plan_folds};
use super::plan::{BacktestPlan, FoldSchedule};
use crate::error::ModelError;
use crate::evaluation::evaluate::outcomes_known_at;
use crate::forecast::forecasts::Forecasts;
use crate::forecast::manifest::{BaseIncidence, TrainingSummary};
use crate::forecast::model::Model;
use crate::input::grid::INTERVALS;
use crate::train::options::Progress;
use crate::train::train;

/// How the walk goes, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WalkForwardProgress {
    /// Folds done.
    pub fold: usize,
    /// Folds in all.
    pub folds: usize,
    /// Where the fold's training ends.
    pub until: DateTime<Utc>,
    /// How its training goes.
    pub training: Progress,
}

/// Landmarks with what was forecast of them by a model that knew nothing of what followed.
#[derive(Debug, Clone)]
pub struct WalkForward {
    /// Judged landmarks, with what was known of their outcomes at the end.
    pub(crate) rows: Observations,
    /// What the models said.
    pub(crate) forecasts: Forecasts,
    /// What the rates of their training spans said.
    pub(crate) base_rates: Forecasts,
    /// Each row's fold.
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

/// Trains at each cut of a plan and forecasts the landmarks of the grid up to the next.
///
/// # Errors
/// [`ModelError::TooEarly`] or [`ModelError::NoRows`] if there is nothing to train on or to judge,
/// or training's own errors.
pub fn walk_forward(
    observations: &Observations,
    plan: &BacktestPlan,
    mut watch: impl FnMut(WalkForwardProgress),
) -> Result<WalkForward, ModelError> {
    run_folds(observations, plan, |fold, cuts| {
        let (until, folds) = (cuts[fold].until, cuts.len());
        let told = |training| watch(WalkForwardProgress { fold, folds, until, training });
        train(observations, until, &plan.train, told)
    })
}

/// The walk of one fold that a model has gone already: it forecasts the landmarks of the grid after
/// its training.
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
    let cuts = plan_folds(observations, plan)?;
    let fold_of = |row: usize| {
        let time = observations.time_s[row];
        let held = |cut: &BacktestFold| cut.from.timestamp() <= time && time < cut.to.timestamp();
        cuts.iter().position(held).filter(|_| observations.on_grid[row])
    };
    let folds: Vec<Option<usize>> = (0..observations.len()).map(fold_of).collect();
    let mut rows = observations.filter(|row| folds[row].is_some());
    let mut walk = WalkForward {
        forecasts: empty_forecasts(rows.len()),
        base_rates: empty_forecasts(rows.len()),
        fold_of_row: folds.into_iter().flatten().collect(),
        folds: Vec::new(),
        rows: Observations::default(),
    };
    for (fold, cut) in cuts.iter().enumerate() {
        let model = model_of(fold, &cuts)?;
        walk.forecast_fold(fold, &rows, &model)?;
        walk.folds.push(TrainedFold { fold: *cut, training: model.manifest().training.clone() });
    }
    if let Some(to) = plan.span.to {
        rows.outcome = outcomes_known_at(&rows, to);
    }
    walk.rows = rows;
    Ok(walk)
}

fn empty_forecasts(rows: usize) -> Forecasts {
    let zeros = || Array2::zeros((rows, INTERVALS));
    Forecasts { liquidated: zeros(), closed: zeros(), intervals: None }
}

impl WalkForward {
    /// Forecasts the rows of a fold.
    fn forecast_fold(
        &mut self,
        fold: usize,
        rows: &Observations,
        model: &Model,
    ) -> Result<(), ModelError> {
        let own: Vec<usize> =
            (0..rows.len()).filter(|&row| self.fold_of_row[row] == fold).collect();
        let forecasts = model.forecast(rows.features.select(Axis(0), &own).view())?;
        let BaseIncidence { liquidated, closed } = &model.manifest().incidence;
        let (liquidated, closed) = (ArrayView1::from(liquidated), ArrayView1::from(closed));
        for (place, row) in own.into_iter().enumerate() {
            let said = forecasts.liquidated.row(place);
            self.forecasts.liquidated.row_mut(row).assign(&said);
            self.forecasts.closed.row_mut(row).assign(&forecasts.closed.row(place));
            self.base_rates.liquidated.row_mut(row).assign(&liquidated);
            self.base_rates.closed.row_mut(row).assign(&closed);
        }
        Ok(())
    }

    /// The judged landmarks.
    #[must_use]
    pub const fn rows(&self) -> &Observations {
        &self.rows
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

    /// What became of the judged landmarks.
    pub(crate) fn outcomes(&self) -> &[Outcome] {
        &self.rows.outcome
    }
}
