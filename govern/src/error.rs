//! Errors of threshold recommendations.

use plimsoll_features::FeatureError;
use plimsoll_model::ModelError;
use thiserror::Error;

/// An error that names the value at fault and its limit.
#[derive(Debug, Error)]
pub enum GovernError {
    /// A policy value is outside its range.
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
    /// An asset has no price at the given time.
    #[error("{asset}: no price is known at {time_s} s")]
    NoPrice {
        /// Symbol of the asset.
        asset: String,
        /// Unix seconds.
        time_s: i64,
    },
    /// The number of forecasts differs from the number of accounts.
    #[error("{forecast} forecasts were made for {accounts} accounts")]
    ForecastCount {
        /// Forecasts made.
        forecast: usize,
        /// Accounts to forecast.
        accounts: usize,
    },
    /// The market data could not be read.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// The model could not predict.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Checks a policy value against its closed range.
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
