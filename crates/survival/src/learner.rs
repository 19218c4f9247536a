//! The learner: nets and trees on inner folds, their mean, and its calibration.

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

/// Fewer rows than this cannot be parted into inner folds.
const MIN_ROWS: usize = 20;
/// More rows than this need fewer inner folds: each model sees enough.
const THREE_FOLDS_ABOVE_ROWS: usize = 15_000;
/// More rows than this need not be held out each.
const PARTIAL_HOLDOUT_ABOVE_ROWS: usize = 30_000;
/// Inner folds held out of so many rows.
const PARTIAL_HOLDOUT_FOLDS: usize = 2;
/// Rows of one task of forecasting.
const FORECAST_CHUNK_ROWS: usize = 256;

/// How survival is learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SurvivalOptions {
    /// Seed of everything random.
    pub seed: u64,
}

/// What was learnt of a table.
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
    /// A net on numbers in pieces.
    PiecewiseNet,
    /// A net on plain numbers.
    RankScoreNet,
    Trees,
}

const MODEL_KINDS: [ModelKind; 3] =
    [ModelKind::PiecewiseNet, ModelKind::RankScoreNet, ModelKind::Trees];

#[derive(Debug, Clone)]
enum FittedModel {
    Net(ModelKind, HazardNet),
    Trees(HazardForests),
}

/// Rows, ready to be learnt from.
struct TrainingData {
    encoded: EncodedRows,
    moments: Vec<f64>,
    causes: Vec<u8>,
}

impl SurvivalModel {
    /// Learns from some rows of a table.
    ///
    /// # Errors
    /// [`SurvivalError::TooFew`] if there are fewer than 20 rows.
    pub fn fit(
        table: &SurvivalTable,
        rows: &[usize],
        options: &SurvivalOptions,
    ) -> Result<Self, SurvivalError> {
        if rows.len() < MIN_ROWS {
            return Err(SurvivalError::TooFewRows { rows: rows.len(), needed: MIN_ROWS });
        }
        let durations: Vec<f64> = rows.iter().map(|&row| table.durations[row]).collect();
        let ended: Vec<bool> = rows.iter().map(|&row| table.causes[row] > 0).collect();
        let operational_time = OperationalTime::fit(&durations, &ended);
        let hazard_intervals =
            HazardIntervals::new(&operational_time, ended.iter().filter(|&&ended| ended).count());
        let end = table.durations.iter().copied().fold(0.0, f64::max);
        let encoder = TableEncoder::fit(table, rows);
        let prepared = TrainingData {
            encoded: encoder.encode(table, rows),
            moments: durations.iter().map(|&duration| operational_time.at(duration)).collect(),
            causes: rows.iter().map(|&row| table.causes[row]).collect(),
        };
        let causes = usize::from(table.cause_count());
        let (fitted, calibration) = prepared.fit(&hazard_intervals, causes, options.seed)?;
        let times = prediction_times(&durations, &ended, end);
        Ok(Self {
            encoder,
            operational_time,
            intervals: hazard_intervals,
            prediction_times: times,
            cause_count: causes,
            models: fitted,
            calibration,
        })
    }

    /// The curves of some rows of a table with the same features.
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
            for fitted in &self.models {
                let hazards = fitted.log_hazards(&encoded)?;
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
        let part = |of: usize| {
            let values = curves.iter().skip(of).step_by(width).copied().collect();
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

impl TrainingData {
    /// Fits every kind on every inner fold, and calibrates their mean on the rows held out.
    fn fit(
        &self,
        hazard_intervals: &HazardIntervals,
        causes: usize,
        seed: u64,
    ) -> Result<(Vec<FittedModel>, Calibration), SurvivalError> {
        let folds = self.folds(seed);
        let held_out = if self.causes.len() > PARTIAL_HOLDOUT_ABOVE_ROWS {
            PARTIAL_HOLDOUT_FOLDS
        } else {
            folds.len()
        };
        let tasks: Vec<(usize, ModelKind)> =
            (0..held_out).flat_map(|fold| MODEL_KINDS.map(|kind| (fold, kind))).collect();
        let fitted = tasks.par_iter().map(|&(fold, kind)| {
            let held = &folds[fold];
            let learnt: Vec<usize> = folds
                .iter()
                .enumerate()
                .filter(|(n, _)| *n != fold)
                .flat_map(|(_, f)| f)
                .copied()
                .collect();
            let seen = |rows: &[usize]| {
                EventExposure::new(
                    hazard_intervals,
                    causes,
                    rows.iter().map(|&row| (self.moments[row], self.causes[row])),
                )
            };
            let (learnt_inputs, held_inputs) =
                (self.inputs(kind, &learnt), self.inputs(kind, held));
            let (learnt_seen, held_seen) = (seen(&learnt), seen(held));
            let learnt =
                LearningRows { inputs: learnt_inputs.view(), event_exposure: &learnt_seen };
            let held = LearningRows { inputs: held_inputs.view(), event_exposure: &held_seen };
            let seed = seed
                .wrapping_mul(1_000)
                .wrapping_add((fold * MODEL_KINDS.len()) as u64 + kind as u64);
            let fitted = FittedModel::fit(kind, &learnt, &held, hazard_intervals, seed)?;
            let hazards = fitted.log_hazards_from_inputs(held.inputs)?;
            Ok((fitted, hazards))
        });
        let fitted: Vec<(FittedModel, LogHazards)> =
            fitted.collect::<Result<_, SurvivalError>>()?;
        let held = folds.iter().zip(fitted.chunks(MODEL_KINDS.len())).flat_map(|(rows, kinds)| {
            rows.iter().enumerate().map(move |(place, &row)| {
                let survival = kinds
                    .iter()
                    .map(|(_, h)| h.survival(place, hazard_intervals, self.moments[row]));
                (survival.sum::<f64>() / kinds.len() as f64, self.causes[row] > 0)
            })
        });
        let calibration = Calibration::fit(held);
        Ok((fitted.into_iter().map(|(fitted, _)| fitted).collect(), calibration))
    }

    /// Inner folds with like shares of each cause.
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
        learnt: &LearningRows<'_>,
        held: &LearningRows<'_>,
        hazard_intervals: &HazardIntervals,
        seed: u64,
    ) -> Result<Self, SurvivalError> {
        Ok(match kind {
            ModelKind::Trees => {
                Self::Trees(HazardForests::fit(learnt, held, hazard_intervals, seed))
            }
            _ => Self::Net(kind, HazardNet::fit(learnt, held, hazard_intervals, seed)?),
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
