//! Evaluation of forecasts against outcomes, baselines, peers and true probabilities.

pub(crate) mod account_lookup;
pub(crate) mod agreement;
pub(crate) mod baselines;
pub(crate) mod comparison;
pub(crate) mod evaluate;
pub(crate) mod evaluated_forecasts;
pub(crate) mod forecast_scorer;
pub(crate) mod ground_truth;
pub(crate) mod independence;
mod matching;
pub(crate) mod owner_actions;
pub(crate) mod reference_rate;
pub(crate) mod report;
pub(crate) mod time_range;
