//! The covariates that are inputs of the net.

use ndarray::{Array2, ArrayView2, Axis};

use super::covariate_index::covariate_index;

/// Inputs of the net: the first ones correct first passage, and closings are forecast from all of
/// them.
///
/// Covariates that identify the date rather than the account are left out. Protocol rates and
/// long-horizon market returns are equal for all accounts, so with a handful of crashes in the
/// training data a net learns from them when the crashes occurred. Liquidations are so rare that
/// even an owner's actions years ago can identify the account.
pub(crate) const NET_INPUTS: [&str; 40] = [
    "log_health_factor",
    "log_health_factor_spot",
    "log_passage_24h",
    "log_passage_7d",
    "sigmas",
    "near_sigmas",
    "proximity",
    "health_dwell_720h",
    "health_dwell",
    "log_health_above_lowest",
    "lowest_log_health_since_action",
    "log_debt_usd",
    "sigmas_to_liquidation_1h",
    "sigmas_to_liquidation_24h",
    "first_passage_24h",
    "first_passage_7d",
    "volatility_6h",
    "volatility_24h",
    "volatility_72h",
    "volatility_ratio",
    "parkinson_24h",
    "return_1h",
    "return_6h",
    "return_24h",
    "position_age_days",
    "account_age_days",
    "hours_since_action",
    "actions",
    "actions_7d",
    "actions_30d",
    "actions_per_day",
    "liquidations",
    "rescues",
    "log_health_since_action",
    "log_health_raised",
    "log_collateral_usd",
    "loops",
    "actions_near_this_hour_share",
    "lowest_log_health_since_opened",
    "low_health_hours_share",
];
/// Number of the inputs that correct first passage.
pub(crate) const LIQUIDATION_INPUT_COUNT: usize = 12;

/// Columns of the inputs in a row of covariates.
#[derive(Debug, Clone)]
pub(crate) struct NetInputs {
    columns: [usize; NET_INPUTS.len()],
}

impl NetInputs {
    /// Looks up the columns.
    pub(crate) fn new() -> Self {
        Self { columns: NET_INPUTS.map(covariate_index) }
    }

    /// Selects the inputs from one row of covariates.
    pub(crate) fn select_row<'a>(
        &'a self,
        covariates: &'a [f32],
    ) -> impl Iterator<Item = f32> + 'a {
        self.columns.iter().map(|&column| covariates[column])
    }

    /// Selects the inputs from rows of covariates.
    pub(crate) fn select(&self, covariates: ArrayView2<'_, f32>) -> Array2<f32> {
        covariates.select(Axis(1), &self.columns)
    }
}
