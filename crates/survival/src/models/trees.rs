//! Gradient-boosted trees for log hazards, one forest for each cause.

use ndarray::{Array2, ArrayView2};

use crate::hazard::intervals::HazardIntervals;
use crate::hazard::likelihood::EventExposure;
use crate::hazard::log_hazards::LogHazards;
use crate::models::rows::LearningRows;
use plimsoll_trees::{Forest, Target, TreeOptions, Validation};

const PATIENCE: usize = 30;

/// One forest for each cause.
#[derive(Debug, Clone)]
pub(crate) struct HazardForests {
    forests: Vec<Forest>,
    intervals: usize,
}

impl HazardForests {
    /// Fits forests to rows by intervals at risk, with early stopping on validation rows.
    ///
    /// Friedman (1982), Annals of Statistics 10(1): each interval in which a row was at risk is an
    /// observation (person-period data), with the interval's number as an input.
    pub(crate) fn fit(
        train: &LearningRows<'_>,
        validation_rows: &LearningRows<'_>,
        hazard_intervals: &HazardIntervals,
        seed: u64,
    ) -> Self {
        let intervals = hazard_intervals.count();
        let causes = train.event_exposure.width / intervals;
        let options = options(train.inputs.nrows(), seed);
        let (train, validation_rows) =
            (PersonPeriods::new(train, intervals), PersonPeriods::new(validation_rows, intervals));
        let forest = |cause: usize| {
            let (events, validation_events) = (train.events(cause), validation_rows.events(cause));
            let validation = Validation {
                inputs: validation_rows.inputs.view(),
                target: Target::Poisson {
                    events: &validation_events,
                    exposure: &validation_rows.exposure,
                },
                patience: PATIENCE,
            };
            let target = Target::Poisson { events: &events, exposure: &train.exposure };
            Forest::fit(train.inputs.view(), &target, Some(&validation), &options)
        };
        Self { forests: (0..causes).map(forest).collect(), intervals }
    }

    /// The log hazards of rows by inputs.
    pub(crate) fn log_hazards(&self, inputs: ArrayView2<'_, f32>) -> LogHazards {
        let (rows, intervals, causes) = (inputs.nrows(), self.intervals, self.forests.len());
        let all: Vec<(usize, usize)> =
            (0..rows).flat_map(|row| (0..intervals).map(move |k| (row, k))).collect();
        let hazard_intervals = append_interval(inputs, &all);
        let mut values = vec![0.0; rows * causes * intervals];
        for (cause, forest) in self.forests.iter().enumerate() {
            for (&(row, k), margin) in all.iter().zip(forest.margins(hazard_intervals.view())) {
                values[(row * causes + cause) * intervals + k] = margin as f32;
            }
        }
        LogHazards { members: 1, rows, causes, intervals, values }
    }
}

fn options(rows: usize, seed: u64) -> TreeOptions {
    TreeOptions {
        rounds: 600,
        // Many rows have less noise, which allows larger steps, and each tree costs more.
        learning_rate: if rows > 15_000 { 0.2 } else { 0.1 },
        depth: 4,
        lambda: 5.0,
        min_child_weight: 10.0,
        subsample: 0.7,
        colsample: 0.6,
        max_delta_step: Some(2.0),
        seed,
        ..TreeOptions::default()
    }
}

/// Rows by the intervals in which they were at risk.
struct PersonPeriods<'a> {
    inputs: Array2<f32>,
    exposure: Vec<f32>,
    at_risk: Vec<(usize, usize)>,
    event_exposure: &'a EventExposure,
    intervals: usize,
}

impl<'a> PersonPeriods<'a> {
    fn new(rows: &LearningRows<'a>, intervals: usize) -> Self {
        let event_exposure = rows.event_exposure;
        let exposed = |&(row, k): &(usize, usize)| {
            event_exposure.exposure[row * event_exposure.width + k] > 0.0
        };
        let all = (0..rows.inputs.nrows()).flat_map(|row| (0..intervals).map(move |k| (row, k)));
        let at_risk: Vec<(usize, usize)> = all.filter(exposed).collect();
        let exposure = at_risk
            .iter()
            .map(|&(row, k)| event_exposure.exposure[row * event_exposure.width + k])
            .collect();
        Self {
            inputs: append_interval(rows.inputs, &at_risk),
            exposure,
            at_risk,
            event_exposure,
            intervals,
        }
    }

    fn events(&self, cause: usize) -> Vec<f32> {
        let first = cause * self.intervals;
        let event = |&(row, k): &(usize, usize)| {
            self.event_exposure.events[row * self.event_exposure.width + first + k]
        };
        self.at_risk.iter().map(event).collect()
    }
}

/// The inputs of rows followed by the interval's number.
fn append_interval(inputs: ArrayView2<'_, f32>, at: &[(usize, usize)]) -> Array2<f32> {
    let width = inputs.ncols();
    let mut values = Vec::with_capacity(at.len() * (width + 1));
    for &(row, k) in at {
        values.extend(inputs.row(row).iter());
        values.push(k as f32);
    }
    Array2::from_shape_vec((at.len(), width + 1), values)
        .expect("each row has all inputs and the interval")
}
