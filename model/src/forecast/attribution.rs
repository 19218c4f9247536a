//! Attribution of a probability's log odds to drivers.

use ndarray::{Array2, ArrayView1, aview1};
use plimsoll_features::{feature_count, feature_index};
use plimsoll_lake::Horizon;
use plimsoll_lending::{first_passage_probability, safety_buffer_sigmas};
use serde::Serialize;

use super::ensemble::clamped_log_odds;
use super::incidence::CumulativeIncidence;
use super::model::Model;
use crate::error::ModelError;
use crate::input::driver::Driver;
use crate::input::grid::horizon_column;
use crate::units::HOURS_PER_YEAR;

const DRIVER_COUNT: usize = Driver::ALL.len();

/// Contributions to one probability of liquidation; they add up to its log odds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Attribution {
    /// Log odds of the median account of the training data.
    pub base_log_odds: f64,
    /// Contribution of each of [`Driver::ALL`].
    pub contributions: [f64; DRIVER_COUNT],
    /// Log odds of the account: the base plus all contributions.
    pub log_odds: f64,
}

impl Model {
    /// Attributes one account's probability of liquidation within each of [`Horizon::ALL`] to drivers.
    ///
    /// A driver's contribution is its Shapley value (Lundberg and Lee 2017, arXiv 1705.07874,
    /// equation 8), computed exactly over all sets of drivers. Features of drivers outside a set
    /// are replaced by the training medians, and features derived from several drivers, such as
    /// first passage, are recomputed.
    ///
    /// # Errors
    /// [`ModelError::FeatureMismatch`] if the row has another length.
    pub fn attribute(
        &self,
        features: ArrayView1<'_, f32>,
    ) -> Result<[Attribution; Horizon::COUNT], ModelError> {
        if features.len() != feature_count() {
            let found = format!("the row has {}, not {}", features.len(), feature_count());
            return Err(ModelError::FeatureMismatch(found));
        }
        let columns = Driver::ALL.map(Driver::feature_columns);
        let mut rows = Array2::zeros((1 << DRIVER_COUNT, feature_count()));
        for (set, mut to) in rows.rows_mut().into_iter().enumerate() {
            let mut row = self.median_features();
            for (_, columns) in columns.iter().enumerate().filter(|(d, _)| set >> d & 1 == 1) {
                columns.iter().for_each(|&column| row[column] = features[column]);
            }
            if set + 1 == 1 << DRIVER_COUNT {
                row.iter_mut().zip(features).for_each(|(to, from)| *to = *from);
            } else {
                recompute_derived(&mut row);
            }
            to.assign(&aview1(&row));
        }
        let forecasts = self.scorer().score(rows.view()).into_iter();
        let log_odds = |curves: CumulativeIncidence| {
            Horizon::ALL.map(|h| clamped_log_odds(curves.liquidated[horizon_column(h)]))
        };
        let sets: Vec<[f64; Horizon::COUNT]> =
            forecasts.map(|forecast| log_odds(forecast.incidence)).collect();
        Ok(std::array::from_fn(|horizon| shapley(|set| sets[set][horizon])))
    }
}

/// Shapley values of a function of sets of drivers, as bits.
fn shapley(value: impl Fn(usize) -> f64) -> Attribution {
    let all = (1 << DRIVER_COUNT) - 1;
    let contribution = |driver: usize| -> f64 {
        let without = (0..=all).filter(|set| set >> driver & 1 == 0);
        without
            .map(|set: usize| {
                let weight = shapley_weight(set.count_ones() as usize);
                weight * (value(set | 1 << driver) - value(set))
            })
            .sum()
    };
    Attribution {
        base_log_odds: value(0),
        contributions: std::array::from_fn(contribution),
        log_odds: value(all),
    }
}

/// `s! (n - s - 1)! / n!`: the share of the orders of drivers in which a given one follows a set of
/// size `s`.
fn shapley_weight(before: usize) -> f64 {
    let factorial = |n: usize| (1..=n).product::<usize>() as f64;
    factorial(before) * factorial(DRIVER_COUNT - before - 1) / factorial(DRIVER_COUNT)
}

/// Recomputes features that are derived from several drivers.
fn recompute_derived(row: &mut [f32]) {
    let at = |name: &str| feature_index(name).expect("the kernel computes it");
    let value = |row: &[f32], name: &str| {
        let value = f64::from(row[at(name)]);
        if value.is_finite() { value } else { 0.0 }
    };
    let (log_health, volatility) = (value(row, "log_health_factor"), value(row, "volatility_72h"));
    let drift = value(row, "drift_per_year");
    for horizon in Horizon::ALL {
        let years = horizon.hours() / HOURS_PER_YEAR;
        let sigmas = safety_buffer_sigmas(log_health.exp(), volatility, years);
        let passage = first_passage_probability(log_health, volatility, drift, years);
        row[at(&horizon.column("sigmas_to_liquidation"))] = sigmas as f32;
        row[at(&horizon.column("first_passage"))] = passage as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contributions_add_up_to_the_log_odds() {
        let value = |set: usize| (set as f64).sqrt() - 3.0 + f64::from(set.count_ones()).powi(2);
        let attribution = shapley(value);
        let sum = attribution.base_log_odds + attribution.contributions.iter().sum::<f64>();
        assert!((sum - attribution.log_odds).abs() < 1e-12);
    }

    #[test]
    fn an_additive_function_attributes_each_driver_its_own_term() {
        let terms = [1.0, -2.0, 0.0, 0.5, 4.0];
        let value =
            |set: usize| (0..DRIVER_COUNT).filter(|d| set >> d & 1 == 1).map(|d| terms[d]).sum();
        let parts = shapley(value).contributions;
        assert!(
            parts.iter().zip(terms).all(|(contribution, term)| (contribution - term).abs() < 1e-12)
        );
    }
}
