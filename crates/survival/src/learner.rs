//! The learner: nets and trees on inner folds, their mean, and the calibration of the mean.

use ndarray::{Array2, ArrayView2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::calibration::Calibration;
use crate::curves::SurvivalCurves;
use crate::data::table::SurvivalTable;
use crate::encoding::encoder::{EncodedRows, TableEncoder};
use crate::error::SurvivalError;
use crate::hazard::intervals::HazardIntervals;
use crate::hazard::likelihood::EventExposure;
use crate::hazard::log_hazards::LogHazards;
use crate::hazard::operational_time::OperationalTime;
use crate::models::net::HazardNet;
use crate::models::rows::LearningRows;
use crate::models::trees::HazardForests;
use crate::prediction_times::prediction_times;

/// Fewer rows than this cannot be divided into inner folds.
const MIN_ROWS: usize = 20;
/// Above this number of rows there are three inner folds instead of five.
const THREE_FOLDS_ABOVE_ROWS: usize = 15_000;
/// Above this number of rows not every fold is held out.
const PARTIAL_HOLDOUT_ABOVE_ROWS: usize = 30_000;
/// Inner folds that are held out above that number of rows.
const PARTIAL_HOLDOUT_FOLDS: usize = 2;
/// Rows of one forecasting task.
const FORECAST_CHUNK_ROWS: usize = 256;

/// Options of the learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SurvivalOptions {
    /// Seed of all random draws.
    pub seed: u64,
}

/// A fitted model of a table.
#[derive(Debug, Clone)]
pub struct SurvivalModel {
    encoder: TableEncoder,
    operational_time: OperationalTime,
    intervals: HazardIntervals,
    prediction_times: Vec<f64>,
    cause_count: usize,
    models: Vec<FittedModel>,
    calibration: Calibration,
}

/// The kinds of models that are fitted on each inner fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ModelKind {
    /// A net on piecewise-linear encodings.
    PiecewiseNet,
    /// A net on rank scores.
    RankScoreNet,
    /// Gradient-boosted trees.
    Trees,
}

const MODEL_KINDS: [ModelKind; 3] =
    [ModelKind::PiecewiseNet, ModelKind::RankScoreNet, ModelKind::Trees];

#[derive(Debug, Clone)]
enum FittedModel {
    Net(ModelKind, HazardNet),
    Trees(HazardForests),
}

/// Encoded training rows with their ends in operational time.
struct TrainingData<'a> {
    hazard_intervals: &'a HazardIntervals,
    cause_count: usize,
    encoded: EncodedRows,
    moments: Vec<f64>,
    causes: Vec<u8>,
}

impl SurvivalModel {
    /// Fits a model to some rows of a table.
    ///
    /// # Errors
    /// [`SurvivalError::TooFewRows`] if there are fewer than 20 rows.
    pub fn fit(
        table: &SurvivalTable,
        rows: &[usize],
        options: &SurvivalOptions,
    ) -> Result<Self, SurvivalError> {
        if rows.len() < MIN_ROWS {
            return Err(SurvivalError::TooFewRows { rows: rows.len(), needed: MIN_ROWS });
        }
        let durations: Vec<f64> = rows.iter().map(|&row| table.durations[row]).collect();
        let events: Vec<bool> = rows.iter().map(|&row| table.causes[row] > 0).collect();
        let operational_time = OperationalTime::fit(&durations, &events);
        let hazard_intervals =
            HazardIntervals::new(&operational_time, events.iter().filter(|&&event| event).count());
        let end = table.durations.iter().copied().fold(0.0, f64::max);
        let encoder = TableEncoder::fit(table, rows);
        let cause_count = usize::from(table.cause_count());
        let data = TrainingData {
            hazard_intervals: &hazard_intervals,
            cause_count,
            encoded: encoder.encode(table, rows),
            moments: durations.iter().map(|&duration| operational_time.at(duration)).collect(),
            causes: rows.iter().map(|&row| table.causes[row]).collect(),
        };
        let (models, calibration) = data.fit(options.seed)?;
        let times = prediction_times(&durations, &events, end);
        Ok(Self {
            encoder,
            operational_time,
            intervals: hazard_intervals,
            prediction_times: times,
            cause_count,
            models,
            calibration,
        })
    }

    /// The curves of some rows of a table with the same covariates.
    ///
    /// # Errors
    /// [`SurvivalError::Net`] if the net fails.
    pub fn forecast(
        &self,
        table: &SurvivalTable,
        rows: &[usize],
    ) -> Result<SurvivalCurves, SurvivalError> {
        let moments: Vec<f64> =
            self.prediction_times.iter().map(|&time| self.operational_time.at(time)).collect();
        let segments = self.intervals.segments(&moments);
        let width = self.cause_count + 1;
        let weight = 1.0 / self.models.len() as f64;
        let chunks = rows.par_chunks(FORECAST_CHUNK_ROWS).map(|rows| {
            let encoded = self.encoder.encode(table, rows);
            let mut curves = vec![0.0; rows.len() * moments.len() * width];
            for model in &self.models {
                let hazards = model.log_hazards(&encoded)?;
                for (row, curves) in curves.chunks_exact_mut(moments.len() * width).enumerate() {
                    hazards.add_curves(row, weight, &segments, curves);
                }
            }
            let each = curves.chunks_exact_mut(moments.len() * width);
            each.for_each(|curves| self.calibration.apply_to_curves(curves, width));
            Ok(curves)
        });
        let curves: Vec<Vec<f64>> = chunks.collect::<Result<_, SurvivalError>>()?;
        let curves = curves.concat();
        let part = |column: usize| {
            let values = curves.iter().skip(column).step_by(width).copied().collect();
            Array2::from_shape_vec((rows.len(), moments.len()), values)
                .expect("each row has a value for each time")
        };
        Ok(SurvivalCurves {
            times: self.prediction_times.clone(),
            survival: part(0),
            incidence: (1..width).map(part).collect(),
        })
    }
}

impl TrainingData<'_> {
    /// Fits every kind of model on every inner fold and calibrates their mean on the rows held out.
    fn fit(&self, seed: u64) -> Result<(Vec<FittedModel>, Calibration), SurvivalError> {
        let folds = self.folds(seed);
        let held_out_folds = if self.causes.len() > PARTIAL_HOLDOUT_ABOVE_ROWS {
            PARTIAL_HOLDOUT_FOLDS
        } else {
            folds.len()
        };
        let tasks: Vec<(usize, ModelKind)> =
            (0..held_out_folds).flat_map(|fold| MODEL_KINDS.map(|kind| (fold, kind))).collect();
        let fitted = tasks.par_iter().map(|&(fold, kind)| {
            let seed = seed
                .wrapping_mul(1_000)
                .wrapping_add((fold * MODEL_KINDS.len()) as u64 + kind as u64);
            self.fit_on_fold(&folds, fold, kind, seed)
        });
        let fitted: Vec<(FittedModel, LogHazards)> =
            fitted.collect::<Result<_, SurvivalError>>()?;
        let held_out =
            folds.iter().zip(fitted.chunks(MODEL_KINDS.len())).flat_map(|(rows, kinds)| {
                rows.iter().enumerate().map(move |(index, &row)| {
                    let survival = kinds
                        .iter()
                        .map(|(_, h)| h.survival(index, self.hazard_intervals, self.moments[row]));
                    (survival.sum::<f64>() / kinds.len() as f64, self.causes[row] > 0)
                })
            });
        let calibration = Calibration::fit(held_out);
        Ok((fitted.into_iter().map(|(model, _)| model).collect(), calibration))
    }

    /// Fits one model on all folds but one; returns it with the log hazards of the rows of that fold.
    fn fit_on_fold(
        &self,
        folds: &[Vec<usize>],
        fold: usize,
        kind: ModelKind,
        seed: u64,
    ) -> Result<(FittedModel, LogHazards), SurvivalError> {
        let others = folds.iter().enumerate().filter(|(n, _)| *n != fold);
        let train: Vec<usize> = others.flat_map(|(_, rows)| rows).copied().collect();
        let validation = &folds[fold];
        let event_exposure = |rows: &[usize]| {
            let ends = rows.iter().map(|&row| (self.moments[row], self.causes[row]));
            EventExposure::new(self.hazard_intervals, self.cause_count, ends)
        };
        let (train_inputs, validation_inputs) =
            (self.inputs(kind, &train), self.inputs(kind, validation));
        let (train_exposure, validation_exposure) =
            (event_exposure(&train), event_exposure(validation));
        let train = LearningRows { inputs: train_inputs.view(), event_exposure: &train_exposure };
        let validation =
            LearningRows { inputs: validation_inputs.view(), event_exposure: &validation_exposure };
        let model = FittedModel::fit(kind, &train, &validation, self.hazard_intervals, seed)?;
        let hazards = model.log_hazards_from_inputs(validation.inputs)?;
        Ok((model, hazards))
    }

    /// Inner folds with similar shares of each cause.
    fn folds(&self, seed: u64) -> Vec<Vec<usize>> {
        let count = if self.causes.len() > THREE_FOLDS_ABOVE_ROWS { 3 } else { 5 };
        let mut order: Vec<usize> = (0..self.causes.len()).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        order.sort_by_key(|&row| self.causes[row]);
        let mut folds = vec![Vec::new(); count];
        order.into_iter().enumerate().for_each(|(n, row)| folds[n % count].push(row));
        folds
    }

    fn inputs(&self, kind: ModelKind, rows: &[usize]) -> Array2<f32> {
        self.encoded.for_kind(kind).select(Axis(0), rows)
    }
}

impl EncodedRows {
    const fn for_kind(&self, kind: ModelKind) -> &Array2<f32> {
        match kind {
            ModelKind::PiecewiseNet => &self.piecewise,
            ModelKind::RankScoreNet => &self.rank_scores,
            ModelKind::Trees => &self.raw,
        }
    }
}

impl FittedModel {
    fn fit(
        kind: ModelKind,
        train: &LearningRows<'_>,
        validation: &LearningRows<'_>,
        hazard_intervals: &HazardIntervals,
        seed: u64,
    ) -> Result<Self, SurvivalError> {
        Ok(match kind {
            ModelKind::Trees => {
                Self::Trees(HazardForests::fit(train, validation, hazard_intervals, seed))
            }
            _ => Self::Net(kind, HazardNet::fit(train, validation, hazard_intervals, seed)?),
        })
    }

    fn log_hazards(&self, encoded: &EncodedRows) -> Result<LogHazards, SurvivalError> {
        let kind = match self {
            Self::Net(kind, _) => *kind,
            Self::Trees(_) => ModelKind::Trees,
        };
        self.log_hazards_from_inputs(encoded.for_kind(kind).view())
    }

    fn log_hazards_from_inputs(
        &self,
        inputs: ArrayView2<'_, f32>,
    ) -> Result<LogHazards, SurvivalError> {
        match self {
            Self::Net(_, net) => Ok(net.log_hazards(inputs)?),
            Self::Trees(forests) => Ok(forests.log_hazards(inputs)),
        }
    }
}
