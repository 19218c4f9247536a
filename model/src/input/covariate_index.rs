//! Names and columns of the covariates: the features, followed by the derived covariates.

use plimsoll_features::{feature_count, feature_index};

/// Covariates derived from features, in the order in which they follow the features in a row.
pub(super) const DERIVED_COVARIATES: [&str; 10] = [
    "log_health",
    "log_volatility_720h",
    "sigmas",
    "near_sigmas",
    "proximity",
    "log_passage_24h",
    "log_passage_7d",
    "log_passage_30d",
    "log_health_above_lowest",
    "log_liquidation_capacity",
];

/// Returns the column of a covariate.
///
/// # Panics
/// If no covariate has that name.
pub(crate) fn covariate_index(name: &str) -> usize {
    let derived = || DERIVED_COVARIATES.iter().position(|derived| *derived == name);
    feature_index(name)
        .or_else(|| derived().map(|column| feature_count() + column))
        .unwrap_or_else(|| panic!("no covariate is named {name}"))
}
