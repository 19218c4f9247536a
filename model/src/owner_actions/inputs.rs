//! Inputs of the models of owners' actions, computed from features.

use std::sync::OnceLock;

use ndarray::ArrayView1;
use plimsoll_features::feature_index;
use serde::{Deserialize, Serialize};

/// Number of inputs that are functions of one feature, or of both health factors.
const PLAIN_COUNT: usize = 19;
/// Number of inputs.
pub(super) const INPUT_COUNT: usize = PLAIN_COUNT + 3;

/// Columns of inputs that other files use.
pub(super) const LOWER_LOG_HEALTH: usize = 0;
pub(super) const HOURS_SINCE_ACTION: usize = 4;
pub(super) const ACTIONS_PER_DAY: usize = 5;
pub(super) const LOG_DEBT: usize = 9;
pub(super) const LOG_VOLATILITY: usize = 10;
pub(super) const LAST_ACTION: usize = 15;
const ACTIONS_30D: usize = 7;

/// Values further out than these quantiles of the training data count as these.
const RANGE_QUANTILES: (f64, f64) = (0.001, 0.999);

type Transform = fn(f64) -> f64;

/// The feature and the transformation of each plain input; the first two inputs also depend on
/// `log_health_factor_spot`.
const PLAIN: [(&str, Transform); PLAIN_COUNT] = [
    ("log_health_factor", |x| x),
    ("log_health_factor", |x| x),
    ("return_24h", |x| x),
    ("return_6h", |x| x),
    ("hours_since_action", log_one_plus),
    ("actions_per_day", |x| (x.max(0.0) + 0.01).ln()),
    ("actions_7d", log_one_plus),
    ("actions_30d", log_one_plus),
    // Relative to actions spread evenly over the day.
    ("actions_near_this_hour_share", |x| (x.max(1e-3) * 24.0 / 7.0).ln()),
    ("log_debt_usd", |x| x.clamp(0.0, 20.0)),
    ("volatility_72h", |x| x.clamp(0.05, 5.0).ln()),
    ("volatility_ratio", |x| x.clamp(-2.0, 2.0)),
    ("log_health_gap", |x| x),
    ("log_hours_lower_720h", |x| x),
    ("log_health_since_action", |x| x.clamp(-1.0, 1.0)),
    ("log_health_raised", |x| x.clamp(-0.5, 0.5)),
    ("position_age_days", log_one_plus),
    ("rescues", log_one_plus),
    ("loops", log_one_plus),
];

/// Knots of the piecewise linear function of each input.
pub(super) const KNOTS: [&[f64]; INPUT_COUNT] = [
    &[0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.1],
    &[0.0],
    &[-0.1, -0.05, 0.0, 0.05, 0.1],
    &[-0.05, 0.0, 0.05],
    &[0.7, 1.6, 3.2, 4.3, 5.2, 6.5],
    &[-3.0, -2.0, -1.0, 0.0],
    &[0.7, 1.6],
    &[0.7, 1.6, 2.5],
    &[-0.7, 0.0, 0.5],
    &[7.0, 9.0, 11.0, 13.0],
    &[-0.5, 0.0],
    &[-0.3, 0.3],
    &[0.05, 0.2, 0.5],
    &[1.0, 3.0, 5.0],
    &[-0.3, -0.1, -0.02, 0.02, 0.1, 0.3],
    &[-0.2, -0.05, 0.0, 0.05, 0.2],
    &[1.0, 2.5, 4.0],
    &[0.7],
    &[0.7],
    &[],
    &[],
    &[0.0],
];

fn log_one_plus(x: f64) -> f64 {
    x.max(0.0).ln_1p()
}

/// Computes inputs from features.
#[derive(Debug)]
pub(crate) struct ActionInputs {
    columns: [usize; PLAIN_COUNT],
    spot: usize,
}

impl ActionInputs {
    /// The only instance: the columns of features do not change.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<ActionInputs> = OnceLock::new();
        let column = |name: &str| feature_index(name).expect("the inputs name features");
        SHARED.get_or_init(|| Self {
            columns: PLAIN.map(|(name, _)| column(name)),
            spot: column("log_health_factor_spot"),
        })
    }

    /// The lower of ln HF at the protocol's and at the published price.
    pub(crate) fn lower_log_health(&self, features: ArrayView1<'_, f32>) -> f64 {
        f64::from(features[self.columns[LOWER_LOG_HEALTH]].min(features[self.spot]))
    }

    /// The inputs of a row; NaN where a feature is.
    pub(super) fn values(&self, features: ArrayView1<'_, f32>) -> [f64; INPUT_COUNT] {
        let mut inputs = [0.0; INPUT_COUNT];
        for ((input, &column), (_, transform)) in inputs.iter_mut().zip(&self.columns).zip(&PLAIN) {
            *input = transform(f64::from(features[column]));
        }
        let oracle = inputs[LOWER_LOG_HEALTH];
        inputs[LOWER_LOG_HEALTH] = self.lower_log_health(features).clamp(-0.3, 1.5);
        inputs[1] = (f64::from(features[self.spot]) - oracle).clamp(-0.1, 0.1);
        let since = inputs[HOURS_SINCE_ACTION];
        // The effect of habits and of the last action fades with time.
        inputs[PLAIN_COUNT] = since * inputs[ACTIONS_PER_DAY];
        inputs[PLAIN_COUNT + 1] = since * inputs[ACTIONS_30D];
        inputs[PLAIN_COUNT + 2] = inputs[LAST_ACTION] * (-since / 3.0).exp();
        inputs
    }
}

/// Range of each input in the training data, and its median.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InputRanges {
    low: Vec<f64>,
    median: Vec<f64>,
    high: Vec<f64>,
}

impl InputRanges {
    /// The ranges of rows of inputs.
    pub(super) fn fit(rows: &[[f64; INPUT_COUNT]]) -> Self {
        let mut ranges = Self { low: Vec::new(), median: Vec::new(), high: Vec::new() };
        for input in 0..INPUT_COUNT {
            let mut known: Vec<f64> =
                rows.iter().map(|row| row[input]).filter(|x| x.is_finite()).collect();
            known.sort_unstable_by(f64::total_cmp);
            let quantile = |share: f64| {
                let last = known.len().saturating_sub(1) as f64;
                known.get((share * last).round() as usize).copied().unwrap_or(0.0)
            };
            ranges.low.push(quantile(RANGE_QUANTILES.0));
            ranges.median.push(quantile(0.5));
            ranges.high.push(quantile(RANGE_QUANTILES.1));
        }
        // Health far from the threshold is rare and its own clamp bounds it.
        (ranges.low[LOWER_LOG_HEALTH], ranges.high[LOWER_LOG_HEALTH]) = (-0.3, 1.5);
        ranges
    }

    /// Inputs within the ranges, with medians for what is not known.
    pub(super) fn clamp(&self, mut inputs: [f64; INPUT_COUNT]) -> [f64; INPUT_COUNT] {
        for (i, input) in inputs.iter_mut().enumerate() {
            let known = if input.is_finite() { *input } else { self.median[i] };
            *input = known.clamp(self.low[i], self.high[i]);
        }
        inputs
    }

    pub(super) fn is_complete(&self) -> bool {
        [&self.low, &self.median, &self.high].iter().all(|values| values.len() == INPUT_COUNT)
    }
}
