//! Attribution of a change of log odds to its causes.

use std::collections::HashMap;

use ndarray::Array2;
use plimsoll_features::{AccountFeatures, ChangeSource, feature_count};
use plimsoll_lake::Horizon;
use plimsoll_numerics::logistic;
use serde::Serialize;

use super::attribution::{log_odds_by_horizon, recompute_derived};
use super::model::Model;
use super::shapley::shapley_values;
use crate::error::ModelError;
use crate::input::driver::Driver;

const CAUSE_COUNT: usize = ChangeCause::ALL.len();

/// A cause of a change of an account's probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeCause {
    /// Prices in values and in the health factor.
    Price,
    /// Actions of the owner, and liquidations.
    Balances,
    /// Interest on both sides.
    Interest,
    /// Liquidation thresholds and other parameters.
    Parameters,
    /// Everything else: depth, other accounts, gas, rates, and the passing of time.
    Other,
    /// Volatility and recent moves of prices.
    Volatility,
}

impl ChangeCause {
    /// Every cause: the sources of features in their order, then volatility, which is split from the
    /// last of them.
    pub const ALL: [Self; 6] = [
        Self::Price,
        Self::Balances,
        Self::Interest,
        Self::Parameters,
        Self::Other,
        Self::Volatility,
    ];
}

/// The change of one probability of liquidation; the contributions add up to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ChangeAttribution {
    /// Log odds before.
    pub log_odds_before: f64,
    /// Contribution of each of [`ChangeCause::ALL`].
    pub contributions: [f64; CAUSE_COUNT],
    /// Log odds now: those before plus all contributions.
    pub log_odds: f64,
}

impl ChangeAttribution {
    /// The probability before.
    #[must_use]
    pub fn probability_before(&self) -> f64 {
        logistic(self.log_odds_before)
    }

    /// The probability now.
    #[must_use]
    pub fn probability(&self) -> f64 {
        logistic(self.log_odds)
    }
}

impl Model {
    /// Attributes the change of an account's log odds of liquidation within each of [`Horizon::ALL`] to
    /// causes.
    ///
    /// A cause's contribution is its baseline Shapley value (Sundararajan and Najmi 2020, arXiv
    /// 1908.08474) with the earlier account as the baseline, computed exactly over all sets of causes.
    /// Replacing causes in one order would also add up, but the parts would depend on the order,
    /// since log odds are far from additive near the threshold.
    ///
    /// `rows`: those of
    /// [`Snapshot::compute_change_rows`](plimsoll_features::Snapshot::compute_change_rows). Volatility
    /// is split from the other sources by its features; features derived from both are recomputed.
    ///
    /// # Errors
    /// [`ModelError::FeatureMismatch`] if there is not a row for each set of sources.
    pub fn attribute_change(
        &self,
        rows: &[AccountFeatures],
    ) -> Result<[ChangeAttribution; Horizon::COUNT], ModelError> {
        if rows.len() != 1 << ChangeSource::ALL.len() {
            let found = format!("there are {} rows, not one for each set of sources", rows.len());
            return Err(ModelError::FeatureMismatch(found));
        }
        let volatility = Driver::Volatility.feature_columns();
        let sets = (0..1 << CAUSE_COUNT).map(|set| mixed_row(rows, &volatility, set));
        let (distinct, index) = distinct_rows(sets);
        let shape = (distinct.len(), feature_count());
        let features = Array2::from_shape_vec(shape, distinct.concat())
            .map_err(|error| ModelError::FeatureMismatch(error.to_string()))?;
        let distinct = log_odds_by_horizon(self, features.view());
        let sets: Vec<[f64; Horizon::COUNT]> = index.iter().map(|&row| distinct[row]).collect();
        Ok(std::array::from_fn(|horizon| {
            let value = |set: usize| sets[set][horizon];
            ChangeAttribution {
                log_odds_before: value(0),
                contributions: shapley_values(value),
                log_odds: value((1 << CAUSE_COUNT) - 1),
            }
        }))
    }
}

/// The features with the causes in a set as of now and the others as before.
fn mixed_row(rows: &[AccountFeatures], volatility_columns: &[usize], set: usize) -> Vec<f32> {
    let sources = set % rows.len();
    let volatility_now = set / rows.len() == 1;
    let other = ChangeSource::Other.bit();
    let mut row = rows[sources].features.clone();
    if volatility_now == (sources & other != 0) {
        return row;
    }
    let donor = &rows[sources ^ other].features;
    volatility_columns.iter().for_each(|&column| row[column] = donor[column]);
    recompute_derived(&mut row);
    row
}

/// The distinct rows in order of first appearance, and the index of each row among them: most causes do
/// nothing on most days, and a row is scored once.
fn distinct_rows(rows: impl Iterator<Item = Vec<f32>>) -> (Vec<Vec<f32>>, Vec<usize>) {
    let (mut distinct, mut index) = (Vec::new(), Vec::new());
    let mut known: HashMap<Vec<u32>, usize> = HashMap::new();
    for row in rows {
        let bits = row.iter().map(|value| value.to_bits()).collect();
        let next = distinct.len();
        let at = *known.entry(bits).or_insert(next);
        if at == next {
            distinct.push(row);
        }
        index.push(at);
    }
    (distinct, index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_scored_once() {
        let rows = [vec![1.0, f32::NAN], vec![2.0, 3.0], vec![1.0, f32::NAN], vec![2.0, 3.5]];
        let (distinct, index) = distinct_rows(rows.into_iter());
        assert_eq!((distinct.len(), index), (3, vec![0, 1, 0, 2]));
    }

    #[test]
    fn volatility_is_exchanged_by_its_columns_only() {
        let features = |value: f32| AccountFeatures {
            account: plimsoll_lending::Account::new(Vec::new(), Vec::new()),
            health_factor: 1.5,
            debt_usd: 1.0,
            collateral_usd: 1.0,
            volatility: 0.5,
            halt: None,
            features: vec![value; feature_count()],
        };
        let rows: Vec<_> =
            (0..1 << ChangeSource::ALL.len()).map(|set| features(set as f32)).collect();
        let volatility = Driver::Volatility.feature_columns();
        let other = ChangeSource::Other.bit();
        let row = mixed_row(&rows, &volatility, rows.len());
        let price = Driver::PriceDistance.feature_columns()[0];
        assert_eq!((row[volatility[0]], row[price]), (other as f32, 0.0));
        let all = mixed_row(&rows, &volatility, 2 * rows.len() - 1);
        assert_eq!(all, rows[rows.len() - 1].features);
    }
}
