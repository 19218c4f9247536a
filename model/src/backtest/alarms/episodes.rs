//! Liquidation episodes: the liquidations of one account within a day are one episode.

use crate::units::{DAY_S, SECONDS_PER_DAY};
use plimsoll_features::{LIQUIDATED, Observations};

/// A liquidation later than this after the previous one starts a new episode.
const MAX_GAP_S: i64 = DAY_S;

/// Liquidations of one account, each at most a day after the previous one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LiquidationEpisode {
    pub(crate) account: u32,
    pub(crate) start_s: i64,
    /// The last liquidation that is the next event of a landmark.
    pub(crate) end_s: i64,
}

/// The episodes that follow landmarks, by account and time.
///
/// An account that was opened and liquidated between two landmarks has no episode, because no
/// warning was possible.
pub(crate) fn liquidation_episodes(rows: &Observations) -> Vec<LiquidationEpisode> {
    let mut episodes: Vec<LiquidationEpisode> = Vec::new();
    for (row, outcome) in rows.outcome.iter().enumerate() {
        if outcome.event != LIQUIDATED {
            continue;
        }
        let account = rows.account_index[row];
        let ahead_s = (outcome.duration_days * SECONDS_PER_DAY).round() as i64;
        let call_s = rows.time_s[row] + ahead_s;
        match episodes.last_mut() {
            Some(last) if last.account == account && call_s - last.end_s <= MAX_GAP_S => {
                last.end_s = last.end_s.max(call_s);
            }
            _ => episodes.push(LiquidationEpisode { account, start_s: call_s, end_s: call_s }),
        }
    }
    episodes
}

#[cfg(test)]
mod tests {
    use plimsoll_features::{CLOSED, Outcome};

    use super::*;
    use crate::units::HOUR_S;

    #[test]
    fn liquidations_within_a_day_are_one_episode() {
        let mut rows = Observations::default();
        let landmarks = [
            (0, 0, 10, LIQUIDATED),
            (0, 4, 10, LIQUIDATED),
            (0, 12, 30, LIQUIDATED),
            (0, 32, 60, LIQUIDATED),
            (0, 70, 75, CLOSED),
            (1, 0, 61, LIQUIDATED),
        ];
        for (account, time, call, event) in landmarks {
            rows.account_index.push(account);
            rows.time_s.push(time * HOUR_S);
            let duration_days = (call - time) as f64 / 24.0;
            rows.outcome.push(Outcome { duration_days, event, follow_up_days: 30.0 });
        }
        let hours: Vec<_> = liquidation_episodes(&rows)
            .iter()
            .map(|e| (e.account, e.start_s / HOUR_S, e.end_s / HOUR_S))
            .collect();
        assert_eq!(hours, [(0, 10, 30), (0, 60, 60), (1, 61, 61)]);
    }
}
