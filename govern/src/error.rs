//! What keeps a line from being drawn.

use plimsoll_features::FeatureError;
use plimsoll_model::ModelError;
use thiserror::Error;

/// A refusal that names the value at fault and the limit it broke.
#[derive(Debug, Error)]
pub enum GovernError {
    /// A policy's value lies outside of its range.
    #[error("policy: {field} is {value}, outside {lower} to {upper}")]
    Policy {
        /// Name of the field.
        field: &'static str,
        /// Value given.
        value: f64,
        /// Least value allowed.
        lower: f64,
        /// Greatest value allowed.
        upper: f64,
    },
    /// The market has no collateral with a threshold above 0.
    #[error("{market}: nothing counts as collateral")]
    NoCollateral {
        /// The market's name.
        market: String,
    },
    /// An asset has no price at the time.
    #[error("{asset}: no price is known at {time_s} s")]
    NoPrice {
        /// Symbol of the asset.
        asset: String,
        /// Unix seconds.
        time_s: i64,
    },
    /// A forecast does not fit the accounts.
    #[error("{forecast} forecasts were made for {accounts} accounts")]
    ForecastCount {
        /// Forecasts made.
        forecast: usize,
        /// Accounts to be forecast.
        accounts: usize,
    },
    /// What was known of the market could not be read.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// The model could not be asked.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Holds a policy's value against its closed range.
pub(crate) fn check_range(
    field: &'static str,
    value: f64,
    lower: f64,
    upper: f64,
) -> Result<(), GovernError> {
    if (lower..=upper).contains(&value) {
        Ok(())
    } else {
        Err(GovernError::Policy { field, value, lower, upper })
    }
}
