//! The first-passage anchor: the log odds that the net corrects.

use ndarray::{Array2, ArrayView1, ArrayView2};
use plimsoll_features::feature_index;
use plimsoll_lending::{conditional_first_passage, first_passage_probability};
use plimsoll_numerics::logit;

use super::ablation::Ablation;
use super::grid::{INTERVALS, edges_years};

/// Log odds are clamped to this range; beyond it they only mean "never" and "certainly".
pub(crate) const MIN_LOG_ODDS: f64 = -12.0;
const MAX_LOG_ODDS: f64 = -1.0;

/// Columns of the features from which first passage is computed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchor {
    log_health: usize,
    log_health_spot: usize,
    volatility: usize,
    drift: usize,
    /// Whether the anchor is used; if not, its log odds are zero.
    is_enabled: bool,
}

impl Anchor {
    /// Looks up the feature columns.
    pub(crate) fn new() -> Self {
        let column = |name| feature_index(name).expect("the kernel computes it");
        Self {
            log_health: column("log_health_factor"),
            log_health_spot: column("log_health_factor_spot"),
            volatility: column("volatility_72h"),
            drift: column("drift_per_year"),
            is_enabled: true,
        }
    }

    /// Looks up the feature columns; the anchor is disabled if `ablation` removes it.
    pub(crate) fn with_ablation(ablation: Option<Ablation>) -> Self {
        Self { is_enabled: ablation != Some(Ablation::Anchor), ..Self::new() }
    }

    /// Log odds of first passage in each interval, given none before: rows by intervals.
    ///
    /// The distance is the smaller of two: at the protocol's price, and at the spot price that the
    /// protocol's oracle will follow.
    pub(crate) fn log_odds(&self, features: ArrayView2<'_, f32>) -> Array2<f32> {
        let years = edges_years();
        let mut odds = Array2::zeros((features.nrows(), INTERVALS));
        for (row, mut odds) in features.rows().into_iter().zip(odds.rows_mut()) {
            self.write_log_odds(row, &years, odds.as_slice_mut().expect("rows of a fresh matrix"));
        }
        odds
    }

    /// Writes one row of [`Self::log_odds`]; `years` are the edges of the grid.
    pub(crate) fn write_log_odds(&self, row: ArrayView1<'_, f32>, years: &[f64], odds: &mut [f32]) {
        if !self.is_enabled {
            return odds.fill(0.0);
        }
        let (distance, volatility, drift) = self.diffusion_parameters(row);
        for (k, odds) in odds.iter_mut().enumerate() {
            let hazard =
                conditional_first_passage(distance, volatility, drift, years[k], years[k + 1]);
            *odds = clamped_logit(hazard) as f32;
        }
    }

    /// Probability of first passage by each edge except the first, rows by intervals: the baseline,
    /// at the price that the protocol uses.
    pub(crate) fn first_passage_probabilities(&self, features: ArrayView2<'_, f32>) -> Array2<f64> {
        let years = edges_years();
        let mut probabilities = Array2::zeros((features.nrows(), INTERVALS));
        for (row, mut probabilities) in features.rows().into_iter().zip(probabilities.rows_mut()) {
            let (_, volatility, drift) = self.diffusion_parameters(row);
            let distance = f64::from(row[self.log_health]);
            for (k, probability) in probabilities.iter_mut().enumerate() {
                *probability = first_passage_probability(distance, volatility, drift, years[k + 1]);
            }
        }
        probabilities
    }

    fn diffusion_parameters(&self, row: ArrayView1<'_, f32>) -> (f64, f64, f64) {
        let known = |value: f32| if value.is_finite() { f64::from(value) } else { 0.0 };
        let distance = known(row[self.log_health]).min(known(row[self.log_health_spot]));
        (distance, known(row[self.volatility]), known(row[self.drift]))
    }
}

fn clamped_logit(probability: f64) -> f64 {
    logit(probability).clamp(MIN_LOG_ODDS, MAX_LOG_ODDS)
}
