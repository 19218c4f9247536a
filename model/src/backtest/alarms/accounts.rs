//! Alarms at landmarks, and their outcomes.

use plimsoll_features::Observations;
use rayon::prelude::*;

use super::episodes::LiquidationEpisode;
use crate::units::{HOUR_S, SECONDS_PER_DAY};

/// Duration of an alarm, hours.
pub(crate) const ALARM_HOURS: i64 = 72;

/// Landmarks by account, with their liquidation episodes.
#[derive(Debug)]
pub(crate) struct MonitoredAccounts {
    time_s: Vec<i64>,
    /// End of each row's follow-up.
    known_until_s: Vec<i64>,
    accounts: Vec<AccountTimeline>,
}

/// The landmarks of one account, as a range of rows, and its episodes.
#[derive(Debug)]
struct AccountTimeline {
    first: usize,
    end: usize,
    episodes: Vec<LiquidationEpisode>,
}

/// One alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alarm {
    /// Time of the alarm.
    pub(crate) raised_s: i64,
    pub(crate) outcome: AlarmOutcome,
}

/// Outcome of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AlarmOutcome {
    /// An episode started while the alarm was active, at this second.
    Hit(i64),
    /// No episode started while the alarm was active.
    FalseAlarm,
    /// No episode is known, but follow-up ended while the alarm was active.
    Censored,
}

impl MonitoredAccounts {
    pub(crate) fn new(rows: &Observations, episodes: &[LiquidationEpisode]) -> Self {
        let known = |row: usize| {
            let ahead = rows.outcome[row].follow_up_days * SECONDS_PER_DAY;
            rows.time_s[row] + ahead.round() as i64
        };
        let mut accounts: Vec<AccountTimeline> = Vec::new();
        for row in 0..rows.len() {
            let account = rows.account_index[row];
            if row == 0 || rows.account_index[row - 1] != account {
                let from = episodes.partition_point(|episode| episode.account < account);
                let account_episodes = episodes[from..].iter().take_while(|e| e.account == account);
                let episodes = account_episodes.copied().collect();
                accounts.push(AccountTimeline { first: row, end: row, episodes });
            }
            accounts.last_mut().expect("one was pushed").end = row + 1;
        }
        Self {
            time_s: rows.time_s.clone(),
            known_until_s: (0..rows.len()).map(known).collect(),
            accounts,
        }
    }

    /// The alarms of all accounts, by account and time.
    ///
    /// An alarm is raised at a landmark whose score reaches the threshold while no alarm is active.
    /// It is active for [`ALARM_HOURS`], or until a liquidation, which makes it true. An alarm that
    /// expires is false, and the next landmark may raise another. Landmarks within an episode raise
    /// none.
    pub(crate) fn alarms(&self, scores: &[f64], threshold: f64) -> Vec<Alarm> {
        let alarms = |account: &AccountTimeline| self.account_alarms(account, scores, threshold);
        self.accounts.par_iter().flat_map_iter(alarms).collect()
    }

    fn account_alarms(
        &self,
        account: &AccountTimeline,
        scores: &[f64],
        threshold: f64,
    ) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        let mut free_from_s = i64::MIN;
        let rows = account.first..account.end;
        for row in rows.filter(|&row| scores[row] >= threshold) {
            let now_s = self.time_s[row];
            if now_s < free_from_s {
                continue;
            }
            let Some((alarm, next)) = self.alarm_at(account, row) else { continue };
            let expires_s = now_s + ALARM_HOURS * HOUR_S;
            free_from_s = next.map_or(expires_s, |episode| episode.end_s + 1);
            alarms.push(alarm);
        }
        alarms
    }

    /// The alarm raised at a landmark, and the episode that makes it true; `None` within an
    /// episode.
    fn alarm_at<'a>(
        &self,
        account: &'a AccountTimeline,
        row: usize,
    ) -> Option<(Alarm, Option<&'a LiquidationEpisode>)> {
        let raised_s = self.time_s[row];
        let index = account.episodes.partition_point(|episode| episode.start_s <= raised_s);
        if index > 0 && raised_s <= account.episodes[index - 1].end_s {
            return None;
        }
        let expires_s = raised_s + ALARM_HOURS * HOUR_S;
        let next = account.episodes.get(index).filter(|e| e.start_s <= expires_s);
        let outcome = match next {
            Some(episode) => AlarmOutcome::Hit(episode.start_s),
            None if self.known_until_s[row] < expires_s => AlarmOutcome::Censored,
            None => AlarmOutcome::FalseAlarm,
        };
        Some((Alarm { raised_s, outcome }, next))
    }

    /// Outcomes of external alarms at some landmarks, each with the index of its account; alarms
    /// within an episode are omitted.
    pub(crate) fn alarm_outcomes(&self, rows: &[usize]) -> Vec<(usize, Alarm)> {
        let alarm = |&row: &usize| {
            let index = self.accounts.partition_point(|account| account.end <= row);
            Some((index, self.alarm_at(&self.accounts[index], row)?.0))
        };
        rows.iter().filter_map(alarm).collect()
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_features::{LIQUIDATED, OPEN, Outcome};

    use super::*;
    use crate::backtest::alarms::episodes::liquidation_episodes;

    /// Ten landmarks of one account, a day apart, with the hours of its liquidations and of the end
    /// of follow-up.
    fn ten_landmarks(calls: &[i64], known: i64) -> MonitoredAccounts {
        let mut rows = Observations::default();
        for now in (0..10).map(|day| day * 24) {
            let next = calls.iter().find(|call| **call > now);
            let (end, event) = next.map_or((known, OPEN), |call| (*call, LIQUIDATED));
            rows.account_index.push(0);
            rows.time_s.push(now * HOUR_S);
            let days = |hours: i64| hours as f64 / 24.0;
            rows.outcome.push(Outcome {
                duration_days: days(end - now),
                event,
                follow_up_days: days(known - now),
            });
        }
        MonitoredAccounts::new(&rows, &liquidation_episodes(&rows))
    }

    fn hours_and_outcomes(alarms: &[Alarm]) -> Vec<(i64, AlarmOutcome)> {
        let hours = |outcome| match outcome {
            AlarmOutcome::Hit(start_s) => AlarmOutcome::Hit(start_s / HOUR_S),
            other => other,
        };
        alarms.iter().map(|a| (a.raised_s / HOUR_S, hours(a.outcome))).collect()
    }

    /// Days:                 0    1    2    3    4    5    6    7    8    9
    const SCORES: [f64; 10] = [0.0, 0.4, 0.1, 0.4, 0.4, 0.4, 0.0, 0.2, 0.4, 0.4];

    #[test]
    fn alarms_of_ten_landmarks() {
        // Liquidated on day 5 at noon and again on day 6 at noon: one episode. The alarm of day 1
        // expires on day 4, false; that of day 4 is true, 36 hours in advance; day 6 is within the
        // episode; the alarm of day 8 is censored, because follow-up ends on day 10.
        let alarms = ten_landmarks(&[132, 156], 240).alarms(&SCORES, 0.3);
        assert_eq!(
            hours_and_outcomes(&alarms),
            [
                (24, AlarmOutcome::FalseAlarm),
                (96, AlarmOutcome::Hit(132)),
                (192, AlarmOutcome::Censored)
            ]
        );
    }

    #[test]
    fn an_alarm_is_raised_again_after_it_expires() {
        let alarms = ten_landmarks(&[], 1_000).alarms(&[1.0; 10], 0.5);
        let raised: Vec<i64> = hours_and_outcomes(&alarms).iter().map(|(hour, _)| *hour).collect();
        assert_eq!(raised, [0, 72, 144, 216]);
    }

    #[test]
    fn an_unreached_threshold_raises_no_alarm() {
        assert!(ten_landmarks(&[132], 240).alarms(&SCORES, 0.5).is_empty());
    }

    #[test]
    fn a_liquidation_ends_the_alarm_and_another_may_be_raised() {
        let alarms = ten_landmarks(&[30, 100], 1_000).alarms(&[1.0; 10], 0.5);
        assert_eq!(
            hours_and_outcomes(&alarms)[..3],
            [
                (0, AlarmOutcome::Hit(30)),
                (48, AlarmOutcome::Hit(100)),
                (120, AlarmOutcome::FalseAlarm)
            ]
        );
    }
}
