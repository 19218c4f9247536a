//! What happens to positions that fall to the threshold.

use std::collections::HashMap;

use plimsoll_features::{Crossing, LIQUIDATED, Observations, Outcome};

use crate::input::outcomes::liquidated_within;
use crate::members::liquidatable::below_threshold::MEMBERS_FROM;
use crate::members::liquidatable::monotone_response::Taken;
use crate::units::{DAY_S, SECONDS_PER_DAY};

/// A position below the threshold: its last landmark, and whether it was taken soon.
struct Below {
    row: usize,
    is_taken: bool,
}

/// Positions that fell below the threshold, each with whether it was liquidated within some days.
///
/// Landmarks alone would show only what liquidators left over: positions worth taking are gone
/// before the next landmark. So a liquidation whose position was at or above the threshold at the
/// whole hour before counts as taken within the hour.
///
/// `outcomes`: those known at the end of the training span; what was not known then is left out.
pub(super) fn taken_within(
    within_days: f64,
    observations: &Observations,
    outcomes: &[Outcome],
    margin: impl Fn(usize) -> f64,
) -> Vec<Taken> {
    let mut episodes: HashMap<(u32, i64), Below> = HashMap::new();
    for (row, outcome) in outcomes.iter().enumerate() {
        let crossing = observations.crossing.get(row).copied().unwrap_or_default();
        let Some((days, is_taken)) = first_taken(outcome, &crossing, within_days) else { continue };
        let time_s = observations.time_s[row] + (days * SECONDS_PER_DAY) as i64;
        let key = (observations.account_index[row], time_s.div_euclid(DAY_S / 24));
        // Rows are in order of time, so the last landmark before the crossing remains.
        if days > 0.0 {
            episodes.insert(key, Below { row, is_taken });
        }
    }
    let mut episodes: Vec<Below> = episodes.into_values().collect();
    episodes.sort_unstable_by_key(|episode| episode.row);
    let taken = |Below { row, is_taken }| Taken { margin: margin(row), is_taken, weight: 1.0 };
    episodes.into_iter().map(taken).collect()
}

/// Landmarks at or a little above the threshold whose price fell to it within a day, each with whether
/// it was liquidated in that day.
///
/// `nearness`: what the probability rises with.
pub(super) fn crossed_within_a_day(
    observations: &Observations,
    outcomes: &[Outcome],
    nearness: impl Fn(usize) -> f64,
) -> Vec<Taken> {
    let crossed = |row: usize| {
        let crossing = observations.crossing.get(row)?.present_days?;
        let outcome = &outcomes[row];
        let is_known = crossing > 0.0 && crossing <= 1.0 && outcome.follow_up_days >= 1.0;
        let (margin, is_taken) = (nearness(row), liquidated_within(outcome, 1.0));
        let is_near = margin > -MEMBERS_FROM;
        (is_known && is_near).then_some(Taken { margin, is_taken, weight: 1.0 })
    };
    (0..outcomes.len()).filter_map(crossed).collect()
}

/// When a position fell below the threshold, days after a landmark, and whether it was liquidated
/// within some days of it; `None` if it did not fall below, or the time after it is not known.
fn first_taken(outcome: &Outcome, crossing: &Crossing, within_days: f64) -> Option<(f64, bool)> {
    let is_liquidated = outcome.event == LIQUIDATED;
    match crossing.actual_days.filter(|days| *days <= outcome.duration_days) {
        Some(days) if days + within_days <= outcome.follow_up_days => {
            Some((days, is_liquidated && outcome.duration_days <= days + within_days))
        }
        Some(_) => None,
        None => is_liquidated.then_some((outcome.duration_days, true)),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_features::OPEN;

    use super::*;

    fn of(duration_days: f64, event: u8, crossed_days: Option<f64>) -> Option<(f64, bool)> {
        let outcome = Outcome { duration_days, event, follow_up_days: 5.0 };
        let crossing = Crossing { actual_days: crossed_days, present_days: None };
        first_taken(&outcome, &crossing, 1.0 / 24.0)
    }

    #[test]
    fn a_liquidation_between_two_hours_is_within_the_first_hour() {
        assert_eq!(of(1.01, LIQUIDATED, None), Some((1.01, true)));
        assert_eq!(of(1.01, LIQUIDATED, Some(1.0)), Some((1.0, true)));
        assert_eq!(of(2.0, LIQUIDATED, Some(1.0)), Some((1.0, false)));
    }

    #[test]
    fn what_follows_the_end_of_the_training_span_is_not_used() {
        assert_eq!(of(5.0, OPEN, Some(4.99)), None);
        assert_eq!(of(5.0, OPEN, Some(4.5)), Some((4.5, false)));
        assert_eq!(of(5.0, OPEN, Some(5.5)), None);
        assert_eq!(of(5.0, OPEN, None), None);
    }
}
