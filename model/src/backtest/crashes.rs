//! Crash windows: the weeks around the days on which the largest shares of accounts were
//! liquidated.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use plimsoll_features::Observations;
use serde::Serialize;

use crate::backtest::alarms::episodes::LiquidationEpisode;
use crate::units::DAY_S;

/// Days of a window before its worst day, and after it.
const MARGIN_DAYS: i64 = 3;
/// Minimum number of liquidated accounts on the worst day.
const MIN_ACCOUNTS: usize = 2;

/// The week around a day on which many accounts were liquidated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrashWindow {
    /// The worst day, as the name of the window.
    pub name: String,
    /// Start of the window.
    pub from: DateTime<Utc>,
    /// End of the window, exclusive.
    pub to: DateTime<Utc>,
    /// Number of accounts whose liquidation started on the worst day.
    pub liquidated_on_worst_day: usize,
    /// Number of accounts with a landmark on the worst day.
    pub accounts_on_worst_day: usize,
    /// Number of liquidation episodes that started in the window.
    pub episodes: usize,
}

impl CrashWindow {
    /// Whether a second lies in the window.
    #[must_use]
    pub fn contains(&self, time_s: i64) -> bool {
        self.from.timestamp() <= time_s && time_s < self.to.timestamp()
    }
}

/// At most `count` windows that do not overlap, in order of time, around the days with the largest
/// share of accounts whose liquidation started.
pub(crate) fn crash_windows(
    rows: &Observations,
    episodes: &[LiquidationEpisode],
    count: usize,
) -> Vec<CrashWindow> {
    let accounts = accounts_by_day(rows);
    let mut liquidated: BTreeMap<i64, BTreeSet<u32>> = BTreeMap::new();
    for episode in episodes {
        let day = episode.start_s.div_euclid(DAY_S);
        liquidated.entry(day).or_default().insert(episode.account);
    }
    let of_day = |day: i64| accounts.get(&day).copied().unwrap_or(0).max(liquidated[&day].len());
    let share = |day: i64| liquidated[&day].len() as f64 / of_day(day) as f64;
    let many = |day: &i64| liquidated[day].len() >= MIN_ACCOUNTS;
    let mut days: Vec<i64> = liquidated.keys().copied().filter(many).collect();
    days.sort_by(|&a, &b| share(b).total_cmp(&share(a)).then(a.cmp(&b)));
    let mut worst: Vec<i64> = Vec::new();
    for day in days {
        if worst.len() < count && worst.iter().all(|other| (other - day).abs() > 2 * MARGIN_DAYS) {
            worst.push(day);
        }
    }
    worst.sort_unstable();
    let crash = |&day: &i64| {
        let time = |day: i64| DateTime::from_timestamp(day * DAY_S, 0).unwrap_or_default();
        let (from, to) = (time(day - MARGIN_DAYS), time(day + MARGIN_DAYS + 1));
        let window = from.timestamp()..to.timestamp();
        CrashWindow {
            name: time(day).format("%F").to_string(),
            from,
            to,
            liquidated_on_worst_day: liquidated[&day].len(),
            accounts_on_worst_day: of_day(day),
            episodes: episodes.iter().filter(|e| window.contains(&e.start_s)).count(),
        }
    };
    worst.iter().map(crash).collect()
}

/// Number of accounts with a landmark on each day since 1970.
fn accounts_by_day(rows: &Observations) -> BTreeMap<i64, usize> {
    let mut accounts = BTreeMap::new();
    let days = rows.account_index.iter().zip(&rows.time_s).map(|(a, t)| (*a, t.div_euclid(DAY_S)));
    let mut last = None;
    for day in days {
        if last != Some(day) {
            *accounts.entry(day.1).or_default() += 1;
        }
        last = Some(day);
    }
    accounts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_surround_the_worst_days_and_do_not_overlap() {
        let mut rows = Observations::default();
        for account in 0..100 {
            for hour in 0..240 {
                rows.account_index.push(account);
                rows.time_s.push(hour * 4 * 3_600);
            }
        }
        let episodes: Vec<LiquidationEpisode> = [(5, 10), (8, 30), (25, 4), (33, 1)]
            .into_iter()
            .flat_map(|(day, accounts)| (0..accounts).map(move |account| (day, account)))
            .map(|(day, account)| {
                let start_s = day * DAY_S + 60;
                LiquidationEpisode { account, start_s, end_s: start_s }
            })
            .collect();
        let found = crash_windows(&rows, &episodes, 8);
        let names: Vec<&str> = found.iter().map(|crash| crash.name.as_str()).collect();
        assert_eq!(names, ["1970-01-09", "1970-01-26"]);
        let worst = &found[0];
        assert_eq!((worst.liquidated_on_worst_day, worst.accounts_on_worst_day), (30, 100));
        assert_eq!(
            (worst.episodes, worst.contains(5 * DAY_S), worst.contains(12 * DAY_S)),
            (40, true, false)
        );
        assert_eq!(crash_windows(&rows, &episodes, 1)[0].name, "1970-01-09");
    }
}
