//! Selection of mutually independent rows.

use plimsoll_features::Observations;
use rayon::prelude::*;

use crate::input::grid::{INTERVALS, edges_days};
use crate::units::DAY_S;
use plimsoll_metrics::hashed_index;

/// Landmarks of each account whose horizons do not overlap, ascending: the first, and then always
/// the next one at least a horizon later.
pub(crate) fn non_overlapping_landmarks(observations: &Observations) -> Vec<usize> {
    let horizon_s = edges_days()[INTERVALS] as i64 * DAY_S;
    let mut last: Option<(u32, i64)> = None;
    let mut is_apart = |&row: &usize| {
        let (account, time_s) = (observations.account_index[row], observations.time_s[row]);
        let is_taken =
            last.is_none_or(|(other, last_s)| other != account || time_s - last_s >= horizon_s);
        if is_taken {
            last = Some((account, time_s));
        }
        is_taken
    };
    (0..observations.len()).filter(|row| is_apart(row)).collect()
}

/// One row per group, ascending, for rows that depend on each other within a group: all accounts of
/// one simulated future share its prices.
///
/// `groups` contains each row's group. The row within a group is selected by a hash of the group's
/// number, so it is reproducible, and its position varies.
#[must_use]
pub fn one_row_per_group(groups: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.par_sort_by_key(|&row| groups[row]);
    let mut rows: Vec<usize> = order
        .chunk_by(|&a, &b| groups[a] == groups[b])
        .map(|group| group[hashed_index(group.len(), u64::from(groups[group[0]]))])
        .collect();
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_one_row() {
        let groups: Vec<u32> = (0..3_000).map(|row| row * 7 % 100).collect();
        let rows = one_row_per_group(&groups);
        let mut is_taken: Vec<u32> = rows.iter().map(|&row| groups[row]).collect();
        is_taken.sort_unstable();
        assert_eq!(is_taken, (0..100).collect::<Vec<u32>>());
        assert!(rows.is_sorted());
    }

    #[test]
    fn rows_have_varied_positions_in_their_groups() {
        let groups: Vec<u32> = (0..3_000).map(|row| row / 30).collect();
        let mut positions = [false; 30];
        one_row_per_group(&groups).iter().for_each(|row| positions[row % 30] = true);
        assert!(positions.iter().filter(|is_taken| **is_taken).count() > 20);
    }

    #[test]
    fn landmarks_of_one_account_are_a_horizon_apart() {
        let days = [(0, 0), (0, 29), (0, 30), (0, 59), (0, 61), (1, 62), (1, 63)];
        let observations = Observations {
            account_index: days.map(|(account, _)| account).to_vec(),
            time_s: days.map(|(_, day)| day * DAY_S).to_vec(),
            ..Observations::default()
        };
        assert_eq!(non_overlapping_landmarks(&observations), [0, 2, 4, 5]);
    }
}
