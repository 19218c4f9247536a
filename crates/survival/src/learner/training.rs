//! Fitting members on inner folds, and their weights and calibration on the rows held out.

use ndarray::{Array2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::member::{Member, ModelKind};
use super::stacking::{HeldOutCurves, stacking_weights};
use crate::calibration::{Calibration, CalibrationRow};
use crate::encoding::encoder::EncodedRows;
use crate::error::SurvivalError;
use crate::hazard::intervals::HazardIntervals;
use crate::hazard::likelihood::{EventExposure, ObservedSpan};
use crate::hazard::log_hazards::LogHazards;
use crate::models::rows::LearningRows;

/// Above this number of rows there are three inner folds instead of five.
const THREE_FOLDS_ABOVE_ROWS: usize = 15_000;
/// Above this number of rows not every fold is held out.
const PARTIAL_HOLDOUT_ABOVE_ROWS: usize = 30_000;
/// Inner folds that are held out above that number of rows.
const PARTIAL_HOLDOUT_FOLDS: usize = 2;
/// Distance of the seeds of two folds: more than there are kinds of models.
const SEEDS_PER_FOLD: usize = 8;

/// Encoded training rows with their ends in operational time.
pub(crate) struct TrainingData<'a> {
    pub(crate) hazard_intervals: &'a HazardIntervals,
    pub(crate) cause_count: usize,
    pub(crate) encoded: EncodedRows,
    pub(crate) spans: Vec<ObservedSpan>,
}

/// The members of one inner fold, with their log hazards of the rows held out.
struct FittedFold<'f> {
    held_out: &'f [usize],
    members: Vec<(Member, LogHazards)>,
}

impl TrainingData<'_> {
    /// Fits every kind of model on every inner fold, weighs the kinds and calibrates their mean on the
    /// rows held out.
    pub(crate) fn fit(&self, seed: u64) -> Result<(Vec<Member>, Calibration), SurvivalError> {
        let kinds = ModelKind::all(self.has_delayed_entry());
        let folds = self.folds(seed);
        let held_out_folds = if self.spans.len() > PARTIAL_HOLDOUT_ABOVE_ROWS {
            PARTIAL_HOLDOUT_FOLDS
        } else {
            folds.len()
        };
        let tasks: Vec<(usize, ModelKind)> = (0..held_out_folds)
            .flat_map(|fold| kinds.iter().map(move |&kind| (fold, kind)))
            .collect();
        let fitted = tasks.par_iter().map(|&(fold, kind)| {
            let stream = (fold * SEEDS_PER_FOLD) as u64 + kind as u64;
            self.fit_on_fold(&folds, fold, kind, seed.wrapping_mul(1_000).wrapping_add(stream))
        });
        let fitted: Vec<(Member, LogHazards)> = fitted.collect::<Result<_, SurvivalError>>()?;
        let mut fitted = fitted.into_iter();
        let fold = |held_out| FittedFold {
            held_out,
            members: fitted.by_ref().take(kinds.len()).collect(),
        };
        let folds: Vec<FittedFold<'_>> =
            folds.iter().take(held_out_folds).map(Vec::as_slice).map(fold).collect();
        let weights = self.weights(&folds, kinds.len());
        let held_out: Vec<Vec<CalibrationRow>> =
            folds.iter().map(|fold| self.calibration_rows(fold, &weights).collect()).collect();
        let calibration = Calibration::fit(&held_out);
        let count = folds.len() as f64;
        let members = folds.into_iter().flat_map(|fold| {
            let members = fold.members.into_iter().zip(&weights);
            members.map(|((member, _), weight)| member.with_weight(weight / count))
        });
        Ok((members.collect(), calibration))
    }

    fn has_delayed_entry(&self) -> bool {
        self.spans.iter().any(|span| span.entry > 0.0)
    }

    /// The weight of each kind.
    ///
    /// Weights are equal with delayed entry, which weights of censoring do not account for, and with
    /// too few events for two intervals.
    fn weights(&self, folds: &[FittedFold<'_>], kinds: usize) -> Vec<f64> {
        let times = self.hazard_intervals.ends();
        if self.has_delayed_entry() || times.is_empty() {
            return vec![1.0 / kinds as f64; kinds];
        }
        let segments = self.hazard_intervals.segments(times);
        let width = self.cause_count + 1;
        let rows = folds
            .iter()
            .flat_map(|fold| fold.held_out.iter().enumerate().map(move |row| (fold, row)));
        let curves = rows.map(|(fold, (index, &row))| {
            let members = fold.members.iter().flat_map(|(_, hazards)| {
                let mut curves = vec![0.0; times.len() * width];
                hazards.add_curves(index, 1.0, &segments, &mut curves);
                curves.into_iter().step_by(width)
            });
            let ObservedSpan { end, cause, .. } = self.spans[row];
            HeldOutCurves { end, event: cause > 0, survival: members.collect() }
        });
        stacking_weights(&curves.collect::<Vec<_>>(), times, kinds)
    }

    /// The mean forecast of the rows that a fold holds out.
    fn calibration_rows<'s>(
        &'s self,
        fold: &'s FittedFold<'_>,
        weights: &'s [f64],
    ) -> impl Iterator<Item = CalibrationRow> + 's {
        let survival = move |index: usize, moment: f64| -> f64 {
            let members = fold.members.iter().zip(weights);
            members.map(|((_, h), w)| w * h.survival(index, self.hazard_intervals, moment)).sum()
        };
        fold.held_out.iter().enumerate().map(move |(index, &row)| {
            let ObservedSpan { entry, end, cause } = self.spans[row];
            let at_entry = if entry > 0.0 { survival(index, entry) } else { 1.0 };
            CalibrationRow { at_entry, survival: survival(index, end), event: cause > 0 }
        })
    }

    /// Fits one model on all folds but one; returns it with the log hazards of the rows of that fold.
    fn fit_on_fold(
        &self,
        folds: &[Vec<usize>],
        fold: usize,
        kind: ModelKind,
        seed: u64,
    ) -> Result<(Member, LogHazards), SurvivalError> {
        let others = folds.iter().enumerate().filter(|(n, _)| *n != fold);
        let train: Vec<usize> = others.flat_map(|(_, rows)| rows).copied().collect();
        let [train, validation] = [&train, &folds[fold]].map(|rows| self.select(kind, rows));
        let [train, validation] = [&train, &validation].map(SelectedRows::as_learning_rows);
        let member = Member::fit(kind, &train, &validation, self.hazard_intervals, seed)?;
        let hazards = member.log_hazards_from_inputs(validation.inputs)?;
        Ok((member, hazards))
    }

    fn select(&self, kind: ModelKind, rows: &[usize]) -> SelectedRows {
        let spans: Vec<ObservedSpan> = rows.iter().map(|&row| self.spans[row]).collect();
        SelectedRows {
            inputs: kind.inputs(&self.encoded).select(Axis(0), rows),
            event_exposure: EventExposure::new(self.hazard_intervals, self.cause_count, &spans),
            spans,
        }
    }

    /// Inner folds with similar shares of each cause.
    fn folds(&self, seed: u64) -> Vec<Vec<usize>> {
        let count = if self.spans.len() > THREE_FOLDS_ABOVE_ROWS { 3 } else { 5 };
        let mut order: Vec<usize> = (0..self.spans.len()).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        order.sort_by_key(|&row| self.spans[row].cause);
        let mut folds = vec![Vec::new(); count];
        order.into_iter().enumerate().for_each(|(n, row)| folds[n % count].push(row));
        folds
    }
}

/// Some of the training rows, as one kind of model takes them.
struct SelectedRows {
    inputs: Array2<f32>,
    spans: Vec<ObservedSpan>,
    event_exposure: EventExposure,
}

impl SelectedRows {
    fn as_learning_rows(&self) -> LearningRows<'_> {
        LearningRows {
            inputs: self.inputs.view(),
            spans: &self.spans,
            event_exposure: &self.event_exposure,
        }
    }
}
