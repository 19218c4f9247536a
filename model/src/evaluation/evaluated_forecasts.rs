//! Forecasts of landmarks, with the outcomes known at the end of a time range.

use chrono::{DateTime, Utc};
use plimsoll_features::Observations;
use plimsoll_lake::tables::Forecast;

use super::matching::MatchedForecasts;
use super::reference_rate::ReferenceRate;
use super::report::{SkippedForecasts, TrainingOverlap};
use super::time_range::TimeRange;
use crate::error::ModelError;
use crate::forecast::forecasts::Forecasts;
use crate::forecast::manifest::TrainingSummary;
use crate::forecast::model::Model;
use crate::forecast::table::validate_rows;
use crate::input::outcomes::outcomes_known_at;

/// Forecasts of landmarks of the grid, to evaluate or to compare with a peer's.
#[derive(Debug)]
pub struct EvaluatedForecasts {
    /// The landmarks, with the outcomes known at the end of the time range.
    pub(crate) rows: Observations,
    pub(crate) forecasts: Forecasts,
    pub(crate) reference: Option<ReferenceRate>,
    pub(crate) trained_until: Option<DateTime<Utc>>,
    pub(crate) in_training_span: Option<TrainingOverlap>,
    pub(crate) skipped: Option<SkippedForecasts>,
}

impl EvaluatedForecasts {
    /// Forecasts every landmark in a time range, which without a start begins at the end of training.
    ///
    /// # Errors
    /// [`ModelError::NoLandmarks`] if there is no landmark in the time range, or errors of the net.
    pub fn from_model(
        model: &Model,
        observations: &Observations,
        range: &TimeRange,
    ) -> Result<Self, ModelError> {
        let until = model.manifest().training.until;
        let range = TimeRange { from: range.from.or(Some(until)), ..*range };
        let is_evaluated =
            |row: usize| observations.on_grid[row] && range.contains(observations.time_s[row]);
        let rows = observations.filter(is_evaluated);
        if rows.is_empty() {
            return Err(no_landmarks(&range));
        }
        let forecasts = model.forecast(rows.features.view())?;
        Ok(Self::new(rows, forecasts, &range).with_training_of(model))
    }

    /// Forecasts of any origin, on those of their landmarks that are on the grid. The reference of
    /// skill scores is the training span of a model, or the landmarks before the first forecast.
    ///
    /// # Errors
    /// [`ModelError::InvalidForecast`] if a row is not a forecast, [`ModelError::DuplicateForecast`]
    /// if a landmark was forecast twice, [`ModelError::NoLandmarks`] or
    /// [`ModelError::NoMatchingLandmarks`] if there is nothing to evaluate.
    pub fn from_rows(
        forecasts: &[Forecast],
        observations: &Observations,
        range: &TimeRange,
        model: Option<&Model>,
    ) -> Result<Self, ModelError> {
        validate_rows(forecasts)?;
        let within = |forecast: &&Forecast| range.contains(forecast.time.timestamp());
        let forecasts: Vec<&Forecast> = forecasts.iter().filter(within).collect();
        if forecasts.is_empty() {
            return Err(no_landmarks(range));
        }
        let matched = MatchedForecasts::new(&forecasts, observations)?;
        let found = |row| matched.rows.binary_search_by_key(&row, |(row, _)| *row).is_ok();
        let rows = observations.filter(found);
        let forecasts =
            Forecasts::from_valid_rows(matched.rows.iter().map(|(_, forecast)| *forecast));
        let evaluated =
            Self { skipped: Some(matched.skipped), ..Self::new(rows, forecasts, range) };
        let reference = || ReferenceRate::from_landmarks_before(evaluated.first(), observations);
        Ok(match model {
            Some(model) => evaluated.with_training_of(model),
            None => Self { reference: reference(), ..evaluated },
        })
    }

    fn new(mut rows: Observations, forecasts: Forecasts, range: &TimeRange) -> Self {
        rows.outcome = outcomes_known_at(&rows, range.to.unwrap_or(DateTime::<Utc>::MAX_UTC));
        Self {
            rows,
            forecasts,
            reference: None,
            trained_until: None,
            in_training_span: None,
            skipped: None,
        }
    }

    fn with_training_of(self, model: &Model) -> Self {
        let manifest = model.manifest();
        Self {
            reference: Some(ReferenceRate::from_manifest(manifest)),
            trained_until: Some(manifest.training.until),
            in_training_span: overlap(&self.rows.time_s, &manifest.training),
            ..self
        }
    }

    /// The first landmark.
    pub(crate) fn first(&self) -> DateTime<Utc> {
        landmark(self.rows.time_s.iter().min())
    }

    /// The last landmark.
    pub(crate) fn last(&self) -> DateTime<Utc> {
        landmark(self.rows.time_s.iter().max())
    }
}

/// The landmarks in the training span, if any.
fn overlap(time_s: &[i64], training: &TrainingSummary) -> Option<TrainingOverlap> {
    let (from_s, until_s) = (training.from.timestamp(), training.until.timestamp());
    let rows = time_s.iter().filter(|time_s| (from_s..until_s).contains(*time_s)).count();
    (rows > 0).then_some(TrainingOverlap { from: training.from, until: training.until, rows })
}

fn landmark(time_s: Option<&i64>) -> DateTime<Utc> {
    DateTime::from_timestamp(time_s.copied().unwrap_or(0), 0).unwrap_or_default()
}

fn no_landmarks(range: &TimeRange) -> ModelError {
    let from = range.from.unwrap_or(DateTime::<Utc>::MIN_UTC).to_rfc3339();
    ModelError::NoLandmarks { from, to: range.to.unwrap_or(DateTime::<Utc>::MAX_UTC).to_rfc3339() }
}
