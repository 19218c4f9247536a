//! Attribution of a probability's log odds to drivers.

use ndarray::{Array2, ArrayView1, ArrayView2, aview1};
use plimsoll_features::{feature_count, feature_index};
use plimsoll_lake::Horizon;
use plimsoll_lending::{first_passage_probability, safety_buffer_sigmas};
use serde::Serialize;

use super::ensemble::clamped_log_odds;
use super::incidence::CumulativeIncidence;
use super::model::Model;
use super::shapley::shapley_values;
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
        let sets = log_odds_by_horizon(self, rows.view());
        Ok(std::array::from_fn(|horizon| {
            let value = |set: usize| sets[set][horizon];
            Attribution {
                base_log_odds: value(0),
                contributions: shapley_values(value),
                log_odds: value((1 << DRIVER_COUNT) - 1),
            }
        }))
    }
}

/// Log odds of liquidation within each of [`Horizon::ALL`], for rows of features.
pub(super) fn log_odds_by_horizon(
    model: &Model,
    rows: ArrayView2<'_, f32>,
) -> Vec<[f64; Horizon::COUNT]> {
    let log_odds = |curves: CumulativeIncidence| {
        Horizon::ALL.map(|h| clamped_log_odds(curves.liquidated[horizon_column(h)]))
    };
    let forecasts = model.scorer().score(rows).into_iter();
    forecasts.map(|forecast| log_odds(forecast.incidence)).collect()
}

/// Recomputes features that are derived from several drivers.
pub(super) fn recompute_derived(row: &mut [f32]) {
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
