//! Gradient-boosted trees for the cumulative incidence at any horizon, one forest for each cause.
//!
//! One model of `P(T <= h, cause | x, h)` is fitted to the pairs of a row and a horizon. It pools
//! what the horizons have in common, and the margin never falls as the horizon rises.

mod horizons;
mod incidence;
mod levels;

use ndarray::{Array2, ArrayView2};
use plimsoll_trees::{Forest, Monotone, Target, TreeOptions, Validation};

use crate::hazard::intervals::HazardIntervals;
use crate::hazard::log_hazards::LogHazards;
use crate::models::rows::LearningRows;
use horizons::{HorizonRows, HorizonTargets, Horizons};
use incidence::IncidenceCurve;
use levels::{ScoredPair, levels};

const PATIENCE: usize = 30;
/// Share of the population's rise of log odds from horizon to horizon that every row is given.
///
/// Forests learn the rest, and never less than none. With all of it they could only raise later log
/// odds, although rows become more alike with time; with none they must build the population's
/// curve of steps, and a row whose trees see no step between two horizons could not end there.
const BASELINE_SHARE: f64 = 0.5;

/// One forest for each cause.
#[derive(Debug, Clone)]
pub(crate) struct PooledForests {
    forests: Vec<Forest>,
    /// For each cause, log odds at each horizon to which the forest adds.
    baselines: Vec<Vec<f64>>,
    horizons: Horizons,
    intervals: HazardIntervals,
}

impl PooledForests {
    /// Fits forests to rows by horizons, with early stopping on validation rows.
    ///
    /// Each cause has a forest, for which rows that ended by another cause stay without the event.
    /// Rows must be observed from 0 on: weights do not account for delayed entry.
    pub(crate) fn fit(
        train: &LearningRows<'_>,
        validation_rows: &LearningRows<'_>,
        hazard_intervals: &HazardIntervals,
        seed: u64,
    ) -> Self {
        let causes = train.event_exposure.width / hazard_intervals.count();
        let horizons = Horizons::fit(hazard_intervals, train.spans);
        let pairs = |rows: &LearningRows<'_>| {
            let pairs = HorizonRows::new(&horizons, rows.spans);
            let inputs = append_horizon(rows.inputs, &pairs.pairs, &horizons.moments);
            (pairs, inputs)
        };
        let ((pairs, inputs), (validation_pairs, validation_inputs)) =
            (pairs(train), pairs(validation_rows));
        let options = options(train.inputs.ncols(), seed);
        let forest = |cause: usize| {
            let targets = pairs.targets(train.spans, cause);
            let mut baseline = baseline(&targets.log_odds());
            let validation_targets = validation_pairs.targets(validation_rows.spans, cause);
            let margins = |pairs: &HorizonRows| -> Vec<f32> {
                pairs.pairs.iter().map(|&(_, index)| baseline[index] as f32).collect()
            };
            let (margins, validation_margins) = (margins(&pairs), margins(&validation_pairs));
            let validation = Validation {
                inputs: validation_inputs.view(),
                target: logistic(&validation_targets, &validation_margins),
                patience: PATIENCE,
            };
            let target = logistic(&targets, &margins);
            let forest = Forest::fit(inputs.view(), &target, Some(&validation), &options);
            let mut scored = scored_pairs(&forest, inputs.view(), &pairs, &targets, &baseline);
            scored.extend(scored_pairs(
                &forest,
                validation_inputs.view(),
                &validation_pairs,
                &validation_targets,
                &baseline,
            ));
            let levels = levels(&scored, baseline.len());
            baseline.iter_mut().zip(levels).for_each(|(log_odds, level)| *log_odds += level);
            (forest, baseline)
        };
        let (forests, baselines) = (0..causes).map(forest).unzip();
        Self { forests, baselines, horizons, intervals: hazard_intervals.clone() }
    }

    /// The log hazards, constant within each interval, that lead to the incidences at the horizons.
    pub(crate) fn log_hazards(&self, inputs: ArrayView2<'_, f32>) -> LogHazards {
        let (rows, causes, count) =
            (inputs.nrows(), self.forests.len(), self.horizons.moments.len());
        let pairs: Vec<(usize, usize)> =
            (0..rows).flat_map(|row| (0..count).map(move |k| (row, k))).collect();
        let pairs = append_horizon(inputs, &pairs, &self.horizons.moments);
        let margins = self.forests.iter().zip(&self.baselines).map(|(forest, baseline)| {
            let margins = forest.margins(pairs.view()).into_iter();
            margins.zip(baseline.iter().cycle()).map(|(margin, base)| margin + base).collect()
        });
        let margins: Vec<Vec<f64>> = margins.collect();
        let values = (0..rows).flat_map(|row| {
            let at = row * count..(row + 1) * count;
            let margins: Vec<&[f64]> = margins.iter().map(|of| &of[at.clone()]).collect();
            let curve = IncidenceCurve::new(&margins);
            curve.log_hazards(&self.horizons.moments, &self.intervals)
        });
        LogHazards {
            members: 1,
            rows,
            causes,
            intervals: self.intervals.count(),
            values: values.collect(),
        }
    }
}

fn scored_pairs(
    forest: &Forest,
    inputs: ArrayView2<'_, f32>,
    pairs: &HorizonRows,
    targets: &HorizonTargets,
    baseline: &[f64],
) -> Vec<ScoredPair> {
    let margins = forest.margins(inputs).into_iter().zip(&pairs.pairs);
    let observed = targets.labels.iter().zip(&targets.weights);
    let pair = |((margin, &(_, horizon)), (&label, &weight)): ((f64, &(usize, usize)), _)| {
        let (label, weight): (f32, f32) = (label, weight);
        ScoredPair {
            horizon,
            margin: margin + baseline[horizon],
            label: f64::from(label),
            weight: f64::from(weight),
        }
    };
    margins.zip(observed).map(pair).collect()
}

fn logistic<'a>(targets: &'a HorizonTargets, base_margins: &'a [f32]) -> Target<'a> {
    let HorizonTargets { labels, weights, .. } = targets;
    Target::Logistic { labels, weights, base_margins: Some(base_margins) }
}

/// A share of the rises of log odds by horizon, around their mean.
fn baseline(log_odds: &[f64]) -> Vec<f64> {
    let mean = log_odds.iter().sum::<f64>() / log_odds.len().max(1) as f64;
    log_odds.iter().map(|odds| mean + BASELINE_SHARE * (odds - mean)).collect()
}

/// The options of a forest for rows of a number of inputs, which the horizon follows.
fn options(inputs: usize, seed: u64) -> TreeOptions {
    let mut monotone = vec![Monotone::Free; inputs];
    monotone.push(Monotone::Rising);
    TreeOptions {
        rounds: 800,
        learning_rate: 0.05,
        depth: 4,
        lambda: 5.0,
        min_child_weight: 10.0,
        subsample: 0.5,
        colsample: 0.6,
        max_delta_step: Some(2.0),
        monotone,
        seed,
        ..TreeOptions::default()
    }
}

/// The inputs of rows followed by the horizon.
fn append_horizon(
    inputs: ArrayView2<'_, f32>,
    pairs: &[(usize, usize)],
    horizons: &[f64],
) -> Array2<f32> {
    let width = inputs.ncols();
    let mut values = Vec::with_capacity(pairs.len() * (width + 1));
    for &(row, horizon) in pairs {
        values.extend(inputs.row(row).iter());
        values.push(horizons[horizon] as f32);
    }
    Array2::from_shape_vec((pairs.len(), width + 1), values)
        .expect("each pair has all inputs and the horizon")
}
