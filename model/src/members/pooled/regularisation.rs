//! Regularisation by the number of independent episodes.

use plimsoll_features::Outcome;
use plimsoll_trees::TreeOptions;

use crate::input::outcomes::liquidated_within;
use crate::units::{DAY_S, SECONDS_PER_DAY};

/// Information (the sum of `w p (1 - p)`) that one episode contributes. Landmarks of an episode are
/// not independent, so it is much less than their number. Chosen on held-out blocks of time.
const INFORMATION_PER_EPISODE: f64 = 8.0;
/// Minimum information of a leaf, whatever the number of episodes.
const LEAF_INFORMATION: f64 = 24.0;
/// Ridge penalty of a leaf's value, in information.
const RIDGE_INFORMATION: f64 = 10.0;
/// Numbers of episodes from which trees are one level deeper than [`MIN_DEPTH`].
const DEEPER_FROM_EPISODES: [usize; 2] = [400, 2_500];
const MIN_DEPTH: usize = 3;
const ROUNDS: usize = 75;
const LEARNING_RATE: f64 = 0.1;
/// Share of rows and of inputs drawn for each tree.
const SUBSAMPLE: f64 = 0.6;

/// Number of independent episodes among rows: liquidations within `days` that differ in account or
/// day.
pub(crate) fn count_episodes(rows: impl Iterator<Item = (u32, i64, Outcome)>, days: f64) -> usize {
    let episode = |(account, time_s, outcome): (u32, i64, Outcome)| {
        let event_s = time_s + (outcome.duration_days * SECONDS_PER_DAY) as i64;
        liquidated_within(&outcome, days)
            .then_some((account, event_s.div_euclid(SECONDS_PER_DAY as i64)))
    };
    let mut episodes: Vec<(u32, i64)> = rows.filter_map(episode).collect();
    episodes.sort_unstable();
    episodes.dedup();
    // Bites of one vault around midnight are one episode.
    episodes.dedup_by(|next, before| next.0 == before.0 && next.1 - before.1 <= 1);
    episodes.len()
}

/// Number of weeks in which liquidations within `days` of a row happened. Accounts that are
/// liquidated in one storm are one observation of how the members compare.
pub(crate) fn count_weeks_with_events(
    rows: impl Iterator<Item = (i64, Outcome)>,
    days: f64,
) -> usize {
    let events = rows.filter(|(_, outcome)| liquidated_within(outcome, days));
    let mut weeks: Vec<i64> = events
        .map(|(time_s, outcome)| {
            (time_s + (outcome.duration_days * SECONDS_PER_DAY) as i64).div_euclid(7 * DAY_S)
        })
        .collect();
    weeks.sort_unstable();
    weeks.dedup();
    weeks.len()
}

/// Information of all rows together: that of the episodes, but no more than one for each landmark
/// that is followed by a liquidation.
pub(super) fn total_information(episodes: usize, followed_landmarks: usize) -> f64 {
    (INFORMATION_PER_EPISODE * episodes as f64).min(followed_landmarks as f64).max(1.0)
}

/// Options of the trees, without constraints.
pub(super) fn tree_options(episodes: usize, seed: u64) -> TreeOptions {
    let deeper = DEEPER_FROM_EPISODES.iter().filter(|&&from| episodes >= from).count();
    TreeOptions {
        rounds: ROUNDS * (1 + deeper),
        learning_rate: LEARNING_RATE,
        depth: MIN_DEPTH + deeper,
        lambda: RIDGE_INFORMATION,
        min_child_weight: LEAF_INFORMATION,
        subsample: SUBSAMPLE,
        colsample: SUBSAMPLE,
        bins: 128,
        seed,
        ..TreeOptions::default()
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_features::{CLOSED, LIQUIDATED};

    use super::*;

    #[test]
    fn bites_of_one_vault_on_neighbouring_days_are_one_episode() {
        let row = |account: u32, hour: i64, hours_to_event: f64, event: u8| {
            let duration_days = hours_to_event / 24.0;
            (account, hour * 3_600, Outcome { duration_days, event, follow_up_days: 99.0 })
        };
        let rows = [
            row(0, 0, 23.0, LIQUIDATED),
            row(0, 4, 19.0, LIQUIDATED),
            row(0, 20, 5.0, LIQUIDATED),
            row(0, 200, 5.0, LIQUIDATED),
            row(1, 0, 23.0, LIQUIDATED),
            row(1, 900, 5.0, CLOSED),
            row(2, 0, 900.0, LIQUIDATED),
        ];
        assert_eq!(count_episodes(rows.into_iter(), 30.0), 3);
    }
}
