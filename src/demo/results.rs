//! The results of the demonstration.

use plimsoll_govern::Proposal;
use plimsoll_lake::tables::Forecast;
use plimsoll_model::{Evaluation, PositionState};
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

/// Forecasts by probability of liquidation within a day, the greatest first; without accounts that
/// are stuck below the threshold.
pub(super) fn sorted_by_risk(forecasts: &[Forecast]) -> Vec<&Forecast> {
    let mut forecasts: Vec<&Forecast> = forecasts.iter().filter(|f| !is_stuck(f)).collect();
    forecasts.sort_by(|a, b| b.p_liquidated_24h.total_cmp(&a.p_liquidated_24h));
    forecasts
}

/// Forecasts of accounts that are stuck below the threshold, by debt, the greatest first.
pub(super) fn stuck_by_debt(forecasts: &[Forecast]) -> Vec<&Forecast> {
    let mut forecasts: Vec<&Forecast> = forecasts.iter().filter(|f| is_stuck(f)).collect();
    let debt = |forecast: &Forecast| forecast.debt_usd.unwrap_or_default();
    forecasts.sort_by(|a, b| debt(b).total_cmp(&debt(a)));
    forecasts
}

/// Whether an account can be liquidated now, and has not been for a day.
pub(super) fn is_liquidatable(forecast: &Forecast) -> bool {
    forecast.state.as_deref() == Some(PositionState::Liquidatable.name())
}

fn is_stuck(forecast: &Forecast) -> bool {
    forecast.state.as_deref() == Some(PositionState::Stuck.name())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn forecast(account: &str, p: f64, debt_usd: f64, state: PositionState) -> Forecast {
        let curve = [p; Forecast::EDGES];
        let forecast = Forecast::new(account.to_owned(), DateTime::UNIX_EPOCH, curve, curve);
        Forecast { debt_usd: Some(debt_usd), ..forecast.with_state(state.name(), 1.0) }
    }

    #[test]
    fn stuck_accounts_are_apart_from_the_ranking() {
        let forecasts = [
            forecast("open", 0.1, 5.0, PositionState::Open),
            forecast("stuck", 0.4, 1.0, PositionState::Stuck),
            forecast("now", 0.3, 2.0, PositionState::Liquidatable),
            forecast("larger", 0.2, 9.0, PositionState::Stuck),
        ];
        let names = |some: Vec<&Forecast>| -> Vec<String> {
            some.into_iter().map(|forecast| forecast.account.clone()).collect()
        };
        assert_eq!(names(sorted_by_risk(&forecasts)), ["now", "open"]);
        assert_eq!(names(stuck_by_debt(&forecasts)), ["larger", "stuck"]);
        assert!(is_liquidatable(&forecasts[2]) && !is_liquidatable(&forecasts[0]));
    }
}
