//! The results of the demonstration.

use plimsoll_govern::Proposal;
use plimsoll_lake::tables::Forecast;
use plimsoll_model::Evaluation;
use plimsoll_serve::SentAlert;

use crate::truth::TruthComparison;

/// The results of the demonstration.
pub(super) struct Results {
    /// Scores on the months after the training span.
    pub(super) evaluation: Evaluation,
    /// Forecasts compared with the true probabilities.
    pub(super) comparison: TruthComparison,
    /// Forecasts of every account that is open at the end.
    pub(super) forecasts: Vec<Forecast>,
    /// The proposal.
    pub(super) proposal: Proposal,
    /// The messages sent to owners.
    pub(super) warnings: Vec<SentAlert>,
}

/// Forecasts by probability of liquidation within a day, the greatest first.
pub(super) fn sorted_by_risk(forecasts: &[Forecast]) -> Vec<&Forecast> {
    let mut forecasts: Vec<&Forecast> = forecasts.iter().collect();
    forecasts.sort_by(|a, b| b.p_liquidated_24h.total_cmp(&a.p_liquidated_24h));
    forecasts
}
