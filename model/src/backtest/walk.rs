//! The walk forward: train on what was known, forecast what followed, go on.

use chrono::{DateTime, Utc};
use ndarray::{Array2, ArrayView1, Axis};
use plimsoll_features::{Observations, Outcome};
use plimsoll_lake::tables::Forecast;

use super::cuts::{Cut, cuts};
use super::plan::{BacktestPlan, Folds};
use crate::evaluate::known_at;
use crate::grid::INTERVALS;
use crate::manifest::{Incidence, Training};
use crate::{Forecasts, Model, ModelError, Progress, train};

/// How the walk goes, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
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
pub struct Walk {
    /// Judged landmarks, with what was known of their outcomes at the end.
    pub(crate) rows: Observations,
    /// What the models said.
    pub(crate) forecasts: Forecasts,
    /// What the rates of their training spans said.
    pub(crate) rates: Forecasts,
    /// Each row's fold.
    pub(crate) fold: Vec<usize>,
    /// The folds, in order of time.
    pub(crate) folds: Vec<Fold>,
}

/// A fold and its training.
#[derive(Debug, Clone)]
pub(crate) struct Fold {
    pub(crate) cut: Cut,
    pub(crate) training: Training,
}

/// Trains at each cut of a plan and forecasts the landmarks of the grid up to the next.
///
/// # Errors
/// [`ModelError::TooEarly`] or [`ModelError::NoRows`] if there is nothing to train on or to judge,
/// or training's own errors.
pub fn walk_forward(
    observations: &Observations,
    plan: &BacktestPlan,
    mut watch: impl FnMut(Step),
) -> Result<Walk, ModelError> {
    walk(observations, plan, |fold, cuts| {
        let (until, folds) = (cuts[fold].until, cuts.len());
        let told = |training| watch(Step { fold, folds, until, training });
        train(observations, until, &plan.train, told)
    })
}

/// The walk of one fold that a model has gone already: it forecasts the landmarks of the grid after
/// its training.
///
/// # Errors
/// As [`walk_forward`].
pub fn walk_on(
    observations: &Observations,
    plan: &BacktestPlan,
    model: &Model,
) -> Result<Walk, ModelError> {
    let folds = Folds::At(vec![model.manifest().training.until]);
    walk(observations, &BacktestPlan { folds, ..plan.clone() }, |_, _| Ok(model.clone()))
}

fn walk(
    observations: &Observations,
    plan: &BacktestPlan,
    mut model_of: impl FnMut(usize, &[Cut]) -> Result<Model, ModelError>,
) -> Result<Walk, ModelError> {
    let cuts = cuts(observations, plan)?;
    let fold_of = |row: usize| {
        let time = observations.time_s[row];
        let held = |cut: &Cut| cut.from.timestamp() <= time && time < cut.to.timestamp();
        cuts.iter().position(held).filter(|_| observations.on_grid[row])
    };
    let folds: Vec<Option<usize>> = (0..observations.len()).map(fold_of).collect();
    let mut rows = observations.filter(|row| folds[row].is_some());
    let mut walk = Walk {
        forecasts: empty(rows.len()),
        rates: empty(rows.len()),
        fold: folds.into_iter().flatten().collect(),
        folds: Vec::new(),
        rows: Observations::default(),
    };
    for (fold, cut) in cuts.iter().enumerate() {
        let model = model_of(fold, &cuts)?;
        walk.forecast(fold, &rows, &model)?;
        walk.folds.push(Fold { cut: *cut, training: model.manifest().training.clone() });
    }
    if let Some(to) = plan.span.to {
        rows.outcome = known_at(&rows, to);
    }
    walk.rows = rows;
    Ok(walk)
}

fn empty(rows: usize) -> Forecasts {
    let zeros = || Array2::zeros((rows, INTERVALS));
    Forecasts { liquidated: zeros(), closed: zeros(), doubt: None }
}

impl Walk {
    /// Forecasts the rows of a fold.
    fn forecast(
        &mut self,
        fold: usize,
        rows: &Observations,
        model: &Model,
    ) -> Result<(), ModelError> {
        let own: Vec<usize> = (0..rows.len()).filter(|&row| self.fold[row] == fold).collect();
        let forecasts = model.forecast(rows.features.select(Axis(0), &own).view())?;
        let Incidence { liquidated, closed } = &model.manifest().incidence;
        let (liquidated, closed) = (ArrayView1::from(liquidated), ArrayView1::from(closed));
        for (place, row) in own.into_iter().enumerate() {
            let said = forecasts.liquidated.row(place);
            self.forecasts.liquidated.row_mut(row).assign(&said);
            self.forecasts.closed.row_mut(row).assign(&forecasts.closed.row(place));
            self.rates.liquidated.row_mut(row).assign(&liquidated);
            self.rates.closed.row_mut(row).assign(&closed);
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
            let account = rows.accounts[rows.account[row] as usize].clone();
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
