//! Habits of the owner: leverage, hours of activity, tolerated health factors.

use super::feature::Feature;
use crate::account_view::AccountView;
use crate::time::HOUR_S;

/// The group's features.
pub(crate) const FEATURES: [Feature; 5] = [
    Feature::new(
        "loops",
        "count",
        "Times the owner put up collateral within ten minutes after drawing debt, or in one block with drawing more of a debt already open: leverage on leverage.",
    ),
    Feature::new(
        "actions_near_this_hour_share",
        "share",
        "Share of the owner's actions in hours of the day (UTC) at most 3 from this one, as if 4 more had been spread evenly over the day: (n + 4 * 7/24) / (actions + 4).",
    ),
    Feature::new(
        "log_health_at_rescues",
        "ln",
        "Mean ln HF, -0.3 at least, from which the owner's rescues raised it; 0 if there was none.",
    ),
    Feature::new(
        "lowest_log_health_since_opened",
        "ln",
        "Lowest m(u), as in health_dwell_720h, of the whole hours since the debt that is open now was first drawn, m(t) included.",
    ),
    Feature::new(
        "low_health_hours_share",
        "share",
        "Share of the whole hours while open, past debts included, with m(u) below ln 1.25; 0 if there was none.",
    ),
];

/// Hours of the day to either side that count as near.
const NEAR_HOURS: usize = 3;
/// Number of prior actions, spread evenly over the day.
const PRIOR_ACTIONS: f64 = 4.0;

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let (behaviour, history) = (&view.state.behaviour, &view.state.health_history);
    let log_health = view.lower_log_health();
    let hour = view.time_s.div_euclid(HOUR_S).rem_euclid(24) as usize;
    row.extend([
        f64::from(behaviour.loops),
        near_share(&behaviour.actions_by_hour, hour),
        behaviour.rescue_log_health_sum / f64::from(behaviour.rescues.max(1)),
        history.lowest_since_opened(log_health),
        history.low_health_share(),
    ]);
}

fn near_share(by_hour: &[u32; 24], hour: usize) -> f64 {
    let near = (0..=2 * NEAR_HOURS).map(|i| by_hour[(hour + 24 + i - NEAR_HOURS) % 24]);
    let all: u32 = by_hour.iter().sum();
    let evenly = (2 * NEAR_HOURS + 1) as f64 / 24.0;
    (f64::from(near.sum::<u32>()) + PRIOR_ACTIONS * evenly) / (f64::from(all) + PRIOR_ACTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_share_wraps_around_midnight_and_starts_uniform() {
        let mut by_hour = [0; 24];
        assert!((near_share(&by_hour, 5) - 7.0 / 24.0).abs() < 1e-15);
        by_hour[23] = 6;
        by_hour[3] = 2;
        let share = |near: f64| (near + 4.0 * 7.0 / 24.0) / 12.0;
        for (hour, near) in [(2, 8.0), (1, 8.0), (23, 6.0), (20, 6.0), (6, 2.0), (12, 0.0)] {
            assert!((near_share(&by_hour, hour) - share(near)).abs() < 1e-15, "{hour}");
        }
    }
}
