//! Scores of alerts of any origin, evaluated as alarms are.

use std::collections::BTreeMap;

use plimsoll_features::Observations;
use serde::Serialize;

use super::accounts::{AlarmOutcome, MonitoredAccounts};
use super::episodes::{LiquidationEpisode, liquidation_episodes};
use super::lead_times::quartiles;
use super::observed_time::{account_months, landmark_step_s};
use crate::units::SECONDS_PER_HOUR;

/// Scores of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AlertScores {
    /// Number of alerts, except those within an episode.
    pub warnings: usize,
    /// Number of alerts followed by a liquidation within 72 hours.
    pub true_warnings: usize,
    /// Number of alerts without a following liquidation.
    pub false_warnings: usize,
    /// Number of liquidation episodes.
    pub episodes: usize,
    /// Number of episodes preceded by an alert within 72 hours.
    pub warned: usize,
    /// Share of episodes preceded by an alert; absent without episodes.
    pub recall: Option<f64>,
    /// Share of true alerts among those with a known outcome; absent without any.
    pub precision: Option<f64>,
    /// False alerts per account-month.
    pub false_per_account_month: f64,
    /// Quartiles of hours from the first alert to the liquidation; absent without a true alert.
    pub lead_hours: Option<[f64; 3]>,
}

/// Scores alerts on some landmarks.
#[derive(Debug)]
pub struct AlertEvaluator {
    accounts: MonitoredAccounts,
    episodes: Vec<LiquidationEpisode>,
    account_months: f64,
    step_s: i64,
}

impl AlertEvaluator {
    /// Creates an evaluator for landmarks in order of account and time.
    #[must_use]
    pub fn new(rows: &Observations) -> Self {
        let episodes = liquidation_episodes(rows);
        let accounts = MonitoredAccounts::new(rows, &episodes);
        Self {
            accounts,
            episodes,
            account_months: account_months(rows),
            step_s: landmark_step_s(rows),
        }
    }

    /// Number of observed account-months.
    #[must_use]
    pub const fn account_months(&self) -> f64 {
        self.account_months
    }

    /// Interval between an account's landmarks, seconds.
    #[must_use]
    pub const fn step_s(&self) -> i64 {
        self.step_s
    }

    /// Scores alerts given at some landmarks, as ascending row indices.
    #[must_use]
    pub fn score(&self, rows: &[usize]) -> AlertScores {
        let (mut warnings, mut misses, mut hits) = (0, 0, 0);
        // The first alert within an episode's 72 hours, by account and start.
        let mut first_s: BTreeMap<(usize, i64), i64> = BTreeMap::new();
        for (account, alarm) in self.accounts.alarm_outcomes(rows) {
            warnings += 1;
            match alarm.outcome {
                AlarmOutcome::Hit(start_s) => {
                    hits += 1;
                    first_s.entry((account, start_s)).or_insert(alarm.raised_s);
                }
                AlarmOutcome::FalseAlarm => misses += 1,
                AlarmOutcome::Censored => {}
            }
        }
        let lead = |((_, start_s), raised_s): (&(usize, i64), &i64)| {
            (start_s - raised_s) as f64 / SECONDS_PER_HOUR
        };
        let mut leads: Vec<f64> = first_s.iter().map(lead).collect();
        leads.sort_unstable_by(f64::total_cmp);
        let share = |count: usize, total: usize| (total > 0).then(|| count as f64 / total as f64);
        AlertScores {
            warnings,
            true_warnings: hits,
            false_warnings: misses,
            episodes: self.episodes.len(),
            warned: leads.len(),
            recall: share(leads.len(), self.episodes.len()),
            precision: share(hits, hits + misses),
            false_per_account_month: misses as f64 / self.account_months,
            lead_hours: quartiles(&leads),
        }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_features::{LIQUIDATED, OPEN, Outcome};

    use super::*;

    #[test]
    fn scores_of_five_warnings() {
        // Twenty landmarks of two accounts, a day apart; the first account is liquidated on day 5
        // at noon.
        let mut rows = Observations::default();
        for account in 0..2 {
            for day in 0..10 {
                let call = (account == 0 && day <= 5).then_some(5.5 - f64::from(day));
                let follow_up_days = f64::from(10 - day);
                rows.account_index.push(account);
                rows.time_s.push(i64::from(day) * 86_400);
                rows.outcome.push(Outcome {
                    duration_days: call.unwrap_or(follow_up_days),
                    event: if call.is_some() { LIQUIDATED } else { OPEN },
                    follow_up_days,
                });
            }
        }
        let evaluator = AlertEvaluator::new(&rows);
        assert_eq!(evaluator.step_s(), 86_400);
        // Day 1 is too early, days 3 and 4 are in time, the other account's day 2 is false and its
        // day 8 is censored.
        let scores = evaluator.score(&[1, 3, 4, 12, 18]);
        assert_eq!((scores.warnings, scores.true_warnings, scores.false_warnings), (5, 2, 2));
        assert_eq!((scores.episodes, scores.warned, scores.recall), (1, 1, Some(1.0)));
        assert_eq!((scores.precision, scores.lead_hours), (Some(0.5), Some([60.0; 3])));
        let months = 20.0 * 24.0 / 730.5;
        assert!((scores.false_per_account_month - 2.0 / months).abs() < 1e-12);
        assert_eq!(evaluator.score(&[]).recall, Some(0.0));
    }
}
