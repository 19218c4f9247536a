//! Covariates of an account: its features, and quantities derived from them.

use ndarray::{Array2, ArrayView1, ArrayView2};
use plimsoll_features::feature_count;
use plimsoll_lending::first_passage_probability;

use super::ablation::Ablation;
use super::covariate_index::{DERIVED_COVARIATES, covariate_index};
use crate::units::DAYS_PER_YEAR;

/// Clamp of ln HF: healthier accounts are equally safe, and less healthy ones equally unsafe.
const LOG_HEALTH_LIMITS: (f64, f64) = (-0.1, 1.0);
/// Clamp of the distance in one-day sigmas.
const SIGMAS_LIMITS: (f64, f64) = (-1.5, 12.0);
const MAX_NEAR_SIGMAS: f64 = 6.0;
/// First passage from a shorter distance is certain at any horizon, although the owner may still
/// rescue the account.
const MIN_DISTANCE: f64 = 0.003;
/// Future volatility as a multiple of past volatility, with probabilities: volatility is
/// stochastic, so first passage at long horizons is a mixture (Hull and White 1987, equation 6).
const VOLATILITY_MIXTURE: [(f64, f64); 5] =
    [(0.5, 0.15), (0.8, 0.35), (1.2, 0.30), (1.8, 0.15), (3.0, 0.05)];
/// Drift of the mixture, per year: a typical interest cost.
const MIXTURE_DRIFT: f64 = -0.06;
const MIN_LOG_PROBABILITY: f64 = -16.0;
/// Horizons of the mixture, days.
const MIXTURE_DAYS: [f64; 3] = [1.0, 7.0, 30.0];
const MIN_VOLATILITY: f64 = 1e-4;

/// Computes covariates from features.
#[derive(Debug, Clone)]
pub(crate) struct Covariates {
    log_health: usize,
    log_health_spot: usize,
    volatilities: [usize; 3],
    lowest_log_health: usize,
    log_debt: usize,
    /// Columns that are masked with NaN.
    masked: Vec<usize>,
}

impl Covariates {
    /// Number of covariates in a row.
    pub(crate) fn count() -> usize {
        feature_count() + DERIVED_COVARIATES.len()
    }

    /// Looks up the source features; the covariates that `ablation` removes are masked.
    pub(crate) fn with_ablation(part: Option<Ablation>) -> Self {
        Self {
            log_health: covariate_index("log_health_factor"),
            log_health_spot: covariate_index("log_health_factor_spot"),
            volatilities: ["volatility_24h", "volatility_168h", "volatility_720h"]
                .map(covariate_index),
            lowest_log_health: covariate_index("lowest_log_health_since_action"),
            log_debt: covariate_index("log_debt_usd"),
            masked: part.map(Ablation::masked_covariates).unwrap_or_default(),
        }
    }

    /// Returns rows of features, each followed by its derived covariates.
    pub(crate) fn transform(&self, features: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut all = Array2::zeros((features.nrows(), Self::count()));
        for (row, mut to) in features.rows().into_iter().zip(all.rows_mut()) {
            self.write_row(row, to.as_slice_mut().expect("rows of a fresh matrix are contiguous"));
        }
        all
    }

    /// Writes one row.
    pub(crate) fn write_row(&self, features: ArrayView1<'_, f32>, to: &mut [f32]) {
        let (features_out, derived) = to.split_at_mut(features.len());
        features_out.iter_mut().zip(features).for_each(|(to, from)| *to = *from);
        let at = |column: usize| f64::from(features[column]);
        // The smaller of two distances: at the protocol's price, and at the spot price.
        let lower_log_health = at(self.log_health).min(at(self.log_health_spot));
        let log_health = lower_log_health.clamp(LOG_HEALTH_LIMITS.0, LOG_HEALTH_LIMITS.1);
        let volatility = self.rms_volatility(features);
        let sigmas = log_health / (volatility * (1.0 / DAYS_PER_YEAR).sqrt());
        let sigmas = sigmas.clamp(SIGMAS_LIMITS.0, SIGMAS_LIMITS.1);
        let [day, week, month] = MIXTURE_DAYS
            .map(|days| log_first_passage(log_health.max(MIN_DISTANCE), volatility, days));
        let values = [
            log_health,
            at(self.volatilities[2]).max(MIN_VOLATILITY).ln(),
            sigmas,
            sigmas.min(MAX_NEAR_SIGMAS),
            (-sigmas.max(0.0) / 2.0).exp(),
            day,
            week,
            month,
            (log_health - at(self.lowest_log_health)).clamp(-0.05, 0.5),
            lower_log_health,
            // The debt that the collateral covers: a smaller debt leaves it unchanged, more
            // collateral raises it.
            at(self.log_debt) + at(self.log_health),
        ];
        derived.iter_mut().zip(values).for_each(|(to, value)| *to = value as f32);
        self.masked.iter().for_each(|&column| to[column] = f32::NAN);
    }

    /// Root mean square of three volatilities, over windows from a day to a month.
    fn rms_volatility(&self, features: ArrayView1<'_, f32>) -> f64 {
        let squares = self.volatilities.map(|column: usize| f64::from(features[column]).powi(2));
        let known = squares.iter().filter(|square| square.is_finite());
        let (sum, count) = known.fold((0.0, 0.0), |(sum, count), s| (sum + s, count + 1.0));
        if count == 0.0 { MIN_VOLATILITY } else { f64::sqrt(sum / count).max(MIN_VOLATILITY) }
    }
}

/// Logarithm of the probability of first passage under the volatility mixture.
fn log_first_passage(distance: f64, volatility: f64, days: f64) -> f64 {
    let passage = |multiple: f64| {
        let years = days / DAYS_PER_YEAR;
        first_passage_probability(distance, multiple * volatility, MIXTURE_DRIFT, years)
    };
    let mixed: f64 = VOLATILITY_MIXTURE.iter().map(|(m, share)| share * passage(*m)).sum();
    mixed.ln().clamp(MIN_LOG_PROBABILITY, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covariate_row(log_health: f32, volatility: f32) -> Vec<f32> {
        let mut features = vec![0.0; feature_count()];
        features[covariate_index("log_health_factor")] = log_health;
        features[covariate_index("log_health_factor_spot")] = log_health + 0.01;
        for name in ["volatility_24h", "volatility_168h", "volatility_720h"] {
            features[covariate_index(name)] = volatility;
        }
        features[covariate_index("lowest_log_health_since_action")] = log_health - 0.02;
        let mut row = vec![0.0; Covariates::count()];
        Covariates::with_ablation(None).write_row(ndarray::aview1(&features), &mut row);
        row
    }

    #[test]
    fn features_precede_derived_covariates() {
        let row = covariate_row(0.2, 0.8);
        assert_eq!(row[covariate_index("log_health_factor")], 0.2);
        assert_eq!(row[covariate_index("log_health")], 0.2);
        assert!((row[covariate_index("sigmas")] - 0.2 * 365.0_f32.sqrt() / 0.8).abs() < 1e-4);
        assert!((row[covariate_index("log_health_above_lowest")] - 0.02).abs() < 1e-6);
    }

    #[test]
    fn liquidation_capacity_does_not_depend_on_the_debt() {
        let capacity = |log_debt: f32, log_health: f32| {
            let mut features = vec![0.0; feature_count()];
            features[covariate_index("log_debt_usd")] = log_debt;
            features[covariate_index("log_health_factor")] = log_health;
            let mut row = vec![0.0; Covariates::count()];
            Covariates::with_ablation(None).write_row(ndarray::aview1(&features), &mut row);
            row[covariate_index("log_liquidation_capacity")]
        };
        assert_eq!(capacity(9.0, 0.25), 9.25);
        assert_eq!(capacity(8.0, 1.25), 9.25);
    }

    #[test]
    fn first_passage_grows_with_horizon_and_volatility_and_falls_with_distance() {
        let passage = |row: &[f32]| {
            ["log_passage_24h", "log_passage_7d", "log_passage_30d"]
                .map(|name| row[covariate_index(name)])
        };
        let [day, week, month] = passage(&covariate_row(0.3, 0.8));
        assert!(day < week && week < month && month <= 0.0);
        assert!(
            passage(&covariate_row(0.3, 1.2))[1] > week
                && passage(&covariate_row(0.4, 0.8))[1] < week
        );
    }

    #[test]
    fn first_passage_below_liquidation_threshold_is_almost_certain() {
        assert!(covariate_row(-0.5, 0.8)[covariate_index("log_passage_7d")] > -0.05);
    }
}
