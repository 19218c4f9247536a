//! Warnings that somebody else gave, judged as alarms are.

use std::collections::BTreeMap;

use plimsoll_features::Observations;
use serde::Serialize;

use super::accounts::{AlarmOutcome, MonitoredAccounts};
use super::episodes::{LiquidationEpisode, liquidation_episodes};
use super::evaluator::{account_months, landmark_step_s};
use super::lead_times::quartiles;

const SECONDS_PER_HOUR: f64 = 3_600.0;

/// How good warnings were.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AlertScores {
    /// Warnings, those in the midst of a liquidation left out.
    pub warnings: usize,
    /// Warnings that a liquidation followed within 72 hours.
    pub true_warnings: usize,
    /// Warnings that none followed.
    pub false_warnings: usize,
    /// Liquidation episodes that could be warned of.
    pub episodes: usize,
    /// Episodes that a warning came before, within 72 hours.
    pub warned: usize,
    /// Share of episodes warned of; absent without any.
    pub recall: Option<f64>,
    /// Share of true warnings among those whose end is known; absent without any.
    pub precision: Option<f64>,
    /// False warnings for each account watched for a month.
    pub false_per_account_month: f64,
    /// Hours from the first warning to the liquidation: quartiles; absent without a true one.
    pub lead_hours: Option<[f64; 3]>,
}

/// Judges warnings on some landmarks.
#[derive(Debug)]
pub struct AlertEvaluator {
    accounts: MonitoredAccounts,
    episodes: Vec<LiquidationEpisode>,
    account_months: f64,
    step_s: i64,
}

impl AlertEvaluator {
    /// A hearing on landmarks in order of account and time.
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

    /// Account-months watched.
    #[must_use]
    pub const fn account_months(&self) -> f64 {
        self.account_months
    }

    /// How far the landmarks of an account are apart, seconds.
    #[must_use]
    pub const fn step_s(&self) -> i64 {
        self.step_s
    }

    /// Judges warnings given at some landmarks, as rows in order.
    #[must_use]
    pub fn score(&self, rows: &[usize]) -> AlertScores {
        let (mut warnings, mut misses, mut hits) = (0, 0, 0);
        // The first warning within an episode's 72 hours, by account and start.
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
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
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
        // Twenty landmarks of two accounts, a day apart; the first is liquidated on day 5 at noon.
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
        let hearing = AlertEvaluator::new(&rows);
        assert_eq!(hearing.step_s(), 86_400);
        // Day 1 is too early, days 3 and 4 are in time, the other account's day 2 is false and its
        // day 8 is not known to the end.
        let heard = hearing.score(&[1, 3, 4, 12, 18]);
        assert_eq!((heard.warnings, heard.true_warnings, heard.false_warnings), (5, 2, 2));
        assert_eq!((heard.episodes, heard.warned, heard.recall), (1, 1, Some(1.0)));
        assert_eq!((heard.precision, heard.lead_hours), (Some(0.5), Some([60.0; 3])));
        let months = 20.0 * 24.0 / 730.5;
        assert!((heard.false_per_account_month - 2.0 / months).abs() < 1e-12);
        assert_eq!(hearing.score(&[]).recall, Some(0.0));
    }
}
