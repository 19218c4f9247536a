//! The learner: nets and trees on inner folds, their mean, and the calibration of the mean.

mod member;
mod stacking;
mod training;

use ndarray::Array2;
use rayon::prelude::*;

use crate::calibration::Calibration;
use crate::curves::SurvivalCurves;
use crate::data::table::SurvivalTable;
use crate::encoding::encoder::TableEncoder;
use crate::error::SurvivalError;
use crate::hazard::intervals::HazardIntervals;
use crate::hazard::likelihood::ObservedSpan;
use crate::hazard::operational_time::OperationalTime;
use crate::prediction_times::prediction_times;
use member::Member;
use training::TrainingData;

/// Fewer rows than this cannot be divided into inner folds.
const MIN_ROWS: usize = 20;
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
    members: Vec<Member>,
    calibration: Calibration,
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
        let entries = table.entries.as_ref();
        let entries: Option<Vec<f64>> =
            entries.map(|entries| rows.iter().map(|&row| entries[row]).collect());
        let operational_time = OperationalTime::fit(&durations, &events, entries.as_deref());
        let hazard_intervals =
            HazardIntervals::new(&operational_time, events.iter().filter(|&&event| event).count());
        let end = table.durations.iter().copied().fold(0.0, f64::max);
        let encoder = TableEncoder::fit(table, rows);
        let cause_count = usize::from(table.cause_count());
        let data = TrainingData {
            hazard_intervals: &hazard_intervals,
            cause_count,
            encoded: encoder.encode(table, rows),
            spans: rows.iter().map(|&row| observed_span(table, row, &operational_time)).collect(),
        };
        let (members, calibration) = data.fit(options.seed)?;
        let times = prediction_times(&durations, &events, end);
        Ok(Self {
            encoder,
            operational_time,
            intervals: hazard_intervals,
            prediction_times: times,
            cause_count,
            members,
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
        let chunks = rows.par_chunks(FORECAST_CHUNK_ROWS).map(|rows| {
            let encoded = self.encoder.encode(table, rows);
            let mut curves = vec![0.0; rows.len() * moments.len() * width];
            for member in &self.members {
                let hazards = member.log_hazards(&encoded)?;
                for (row, curves) in curves.chunks_exact_mut(moments.len() * width).enumerate() {
                    hazards.add_curves(row, member.weight, &segments, curves);
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

/// When a row was under observation; a row without delayed entry was from 0 on.
fn observed_span(table: &SurvivalTable, row: usize, time: &OperationalTime) -> ObservedSpan {
    let entry = table.entry(row);
    ObservedSpan {
        entry: if entry > 0.0 { time.at(entry) } else { 0.0 },
        end: time.at(table.durations[row]),
        cause: table.causes[row],
    }
}
