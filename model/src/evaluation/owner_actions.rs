//! Evaluation of the models of owners' actions.

use ndarray::ArrayView1;
use plimsoll_features::Observations;
use serde::Serialize;

use super::time_range::TimeRange;
use crate::forecast::model::Model;
use crate::owner_actions::health_buckets::{BUCKET_COUNT, bucket_index, bucket_range};
use crate::owner_actions::held_out::poisson_deviance;
use crate::owner_actions::inputs::ActionInputs;
use crate::owner_actions::kind::OwnerActionKind;
use crate::owner_actions::model::OwnerActions;
use crate::owner_actions::size_model::{CLOSING_SIZE, MIN_SIZE};
use crate::owner_actions::training_rows::rows_with_known_actions;
use crate::units::HOURS_PER_DAY;

/// Number of bins by expected rate.
const DECILES: usize = 10;
/// Central intervals of sizes whose coverage is scored.
const COVERAGES: [f64; 2] = [0.5, 0.9];

/// Scores of a kind of action on all landmarks, those at actions included.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnerActionScores {
    /// The kind.
    pub kind: OwnerActionKind,
    /// Days of exposure over all landmarks.
    pub days: f64,
    /// Number of actions.
    pub observed: f64,
    /// Expected number.
    pub expected: f64,
    /// Share of the Poisson deviance of the training data's constant rate that the rates remove.
    pub deviance_skill: f64,
    /// The same of the training data's rate by bucket of the health factor.
    pub by_health_deviance_skill: f64,
    /// Expected number by that rate.
    pub by_health_expected: f64,
    /// Actions by health factor, the lower of those at the protocol's and at the published price.
    pub by_health: Vec<ActionRateBin>,
    /// Actions by tenths of the exposure, in order of expected rate.
    pub deciles: Vec<ActionRateBin>,
    /// Scores of sizes; absent without actions.
    pub sizes: Option<ActionSizeScores>,
}

/// Actions of landmarks that are alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ActionRateBin {
    /// Lower end of the health factor; absent if open.
    pub from: Option<f64>,
    /// Upper end of the health factor, exclusive; absent if open.
    pub to: Option<f64>,
    /// Days of exposure.
    pub days: f64,
    /// Number of actions.
    pub observed: f64,
    /// Expected number.
    pub expected: f64,
}

/// Scores of the sizes of actions: mean changes of ln HF of the landmarks with actions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ActionSizeScores {
    /// Number of landmarks with actions.
    pub rows: usize,
    /// Number of them that closed the position.
    pub closed: usize,
    /// Expected number.
    pub expected_closed: f64,
    /// Mean size.
    pub mean: f64,
    /// Mean of the expected sizes.
    pub expected_mean: f64,
    /// Shares of other actions in their central 50 % and 90 % intervals.
    pub coverage: [f64; 2],
    /// Mean of ln of the sizes of other actions less its expectation.
    pub log_bias: f64,
}

impl OwnerActionScores {
    /// Observed over expected; NaN if none is expected.
    #[must_use]
    pub fn observed_over_expected(&self) -> f64 {
        self.observed / self.expected
    }
}

/// Scores a model's rates and sizes of owners' actions by kind.
///
/// Landmarks from the end of training, or the start of the range, whose windows of actions end
/// before the end of the range; empty if the model has no such models, or there is none.
#[must_use]
pub fn evaluate_owner_actions(
    model: &Model,
    observations: &Observations,
    range: &TimeRange,
) -> Vec<OwnerActionScores> {
    let Some(actions) = model.owner_actions() else { return Vec::new() };
    let from_s = range.from.unwrap_or(model.manifest().training.until).timestamp();
    // Without an end the windows end with the data, and their exposures with them.
    let rows: Vec<usize> = match range.to {
        Some(to) => rows_with_known_actions(observations, to),
        None => (0..observations.owner_actions.len())
            .filter(|&row| observations.owner_actions[row].exposure_hours > 0.0)
            .collect(),
    };
    let rows: Vec<usize> =
        rows.into_iter().filter(|&row| observations.time_s[row] >= from_s).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let scored = ScoredRows::new(actions, observations, &rows);
    OwnerActionKind::ALL.map(|kind| scored.score(actions, kind)).into()
}

struct ScoredRows<'a> {
    observations: &'a Observations,
    rows: &'a [usize],
    days: Vec<f64>,
    log_health: Vec<f64>,
    /// Expected numbers of actions by row and kind.
    expected: Vec<[f64; OwnerActionKind::COUNT]>,
}

impl<'a> ScoredRows<'a> {
    fn new(actions: &OwnerActions, observations: &'a Observations, rows: &'a [usize]) -> Self {
        let days = |row: &usize| observations.owner_actions[*row].exposure_hours / HOURS_PER_DAY;
        let expected = |row: &usize| {
            let rates = actions.rates_per_day(observations.feature_row(*row));
            OwnerActionKind::ALL.map(|kind| rates.get(kind) * days(row))
        };
        let health =
            |row: &usize| ActionInputs::shared().lower_log_health(observations.feature_row(*row));
        Self {
            observations,
            rows,
            days: rows.iter().map(days).collect(),
            log_health: rows.iter().map(health).collect(),
            expected: rows.iter().map(expected).collect(),
        }
    }

    fn score(&self, actions: &OwnerActions, kind: OwnerActionKind) -> OwnerActionScores {
        let baseline = actions.by_health(kind);
        let (mut deviance, mut constant, mut by_health_deviance) = (0.0, 0.0, 0.0);
        let mut by_health: Vec<ActionRateBin> = (0..BUCKET_COUNT)
            .map(|bucket| {
                let [from, to] = bucket_range(bucket);
                ActionRateBin { from, to, ..ActionRateBin::default() }
            })
            .collect();
        let mut total = ActionRateBin::default();
        let mut by_health_expected = 0.0;
        for i in 0..self.rows.len() {
            let (observed, expected, days) = self.row(i, kind);
            let of_bucket = days * baseline.at(self.log_health[i]);
            deviance += poisson_deviance(observed, expected);
            constant += poisson_deviance(observed, days * baseline.overall_per_day);
            by_health_deviance += poisson_deviance(observed, of_bucket);
            by_health_expected += of_bucket;
            total.add(observed, expected, days);
            by_health[bucket_index(self.log_health[i])].add(observed, expected, days);
        }
        OwnerActionScores {
            kind,
            days: total.days,
            observed: total.observed,
            expected: total.expected,
            deviance_skill: 1.0 - deviance / constant,
            by_health_deviance_skill: 1.0 - by_health_deviance / constant,
            by_health_expected,
            by_health,
            deciles: self.deciles(kind),
            sizes: self.sizes(actions, kind),
        }
    }

    /// Observed and expected number, and days.
    fn row(&self, i: usize, kind: OwnerActionKind) -> (f64, f64, f64) {
        let counts = &self.observations.owner_actions[self.rows[i]];
        (f64::from(kind.label(counts).count), self.expected[i][kind.index()], self.days[i])
    }

    fn deciles(&self, kind: OwnerActionKind) -> Vec<ActionRateBin> {
        let rate = |i: usize| self.expected[i][kind.index()] / self.days[i];
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by(|&a, &b| rate(a).total_cmp(&rate(b)));
        let all: f64 = self.days.iter().sum();
        let mut bins = vec![ActionRateBin::default(); DECILES];
        let mut before = 0.0;
        for i in order {
            let (observed, expected, days) = self.row(i, kind);
            let bin = ((before + days / 2.0) / all * DECILES as f64) as usize;
            bins[bin.min(DECILES - 1)].add(observed, expected, days);
            before += days;
        }
        bins
    }

    fn sizes(&self, actions: &OwnerActions, kind: OwnerActionKind) -> Option<ActionSizeScores> {
        let mut scores = SizeTally::default();
        for &row in self.rows {
            let label = kind.label(&self.observations.owner_actions[row]);
            if label.count > 0 {
                let size = label.log_health / f64::from(label.count);
                scores.add(actions, kind, self.observations.feature_row(row), size);
            }
        }
        scores.finish()
    }
}

impl ActionRateBin {
    fn add(&mut self, observed: f64, expected: f64, days: f64) {
        self.observed += observed;
        self.expected += expected;
        self.days += days;
    }
}

/// Sums over actions of one kind.
#[derive(Debug, Default)]
struct SizeTally {
    rows: usize,
    closed: usize,
    expected_closed: f64,
    total: f64,
    expected_total: f64,
    covered: [usize; 2],
    log_bias: f64,
}

impl SizeTally {
    fn add(
        &mut self,
        actions: &OwnerActions,
        kind: OwnerActionKind,
        features: ArrayView1<'_, f32>,
        size: f64,
    ) {
        let distribution = actions.sizes(kind, features);
        self.rows += 1;
        self.total += size;
        self.expected_total += distribution.mean();
        self.expected_closed += distribution.closing_share;
        if size >= CLOSING_SIZE {
            self.closed += 1;
            return;
        }
        self.log_bias += size.max(MIN_SIZE).ln() - distribution.log_mean;
        let rank = distribution.cdf(size) / (1.0 - distribution.closing_share);
        for (covered, coverage) in self.covered.iter_mut().zip(COVERAGES) {
            *covered += usize::from((rank - 0.5).abs() <= coverage / 2.0);
        }
    }

    fn finish(&self) -> Option<ActionSizeScores> {
        let (rows, partial) = (self.rows as f64, (self.rows - self.closed) as f64);
        (self.rows > 0).then(|| ActionSizeScores {
            rows: self.rows,
            closed: self.closed,
            expected_closed: self.expected_closed,
            mean: self.total / rows,
            expected_mean: self.expected_total / rows,
            coverage: self.covered.map(|covered| covered as f64 / partial),
            log_bias: self.log_bias / partial,
        })
    }
}
