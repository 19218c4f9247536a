//! The behaviour of the owner.

use super::feature::Feature;
use crate::account_view::AccountView;
use crate::time::DAY_S;

/// The group's features.
pub(crate) const FEATURES: [Feature; 12] = [
    Feature::new(
        "position_age_days",
        "days",
        "Days since the debt that is open now was first drawn.",
    ),
    Feature::new("account_age_days", "days", "Days since the account was first seen."),
    Feature::new("hours_since_action", "hours", "Hours since the owner's last action."),
    Feature::new("actions", "count", "Blocks in which the owner acted, ever."),
    Feature::new("actions_7d", "count", "The same in the last seven days."),
    Feature::new("actions_30d", "count", "The same in the last thirty days."),
    Feature::new(
        "actions_per_day",
        "per day",
        "Actions over the account's age, which counts as one day at least.",
    ),
    Feature::new(
        "liquidations",
        "count",
        "Liquidations suffered, those within a day counted as one.",
    ),
    Feature::new(
        "days_since_liquidation",
        "days",
        "Days since the last one; 1000 if there was none.",
    ),
    Feature::new("rescues", "count", "Times the owner raised a health factor that was below 1.25."),
    Feature::new(
        "log_health_since_action",
        "ln",
        "ln HF now less ln HF right after the owner's last action.",
    ),
    Feature::new(
        "log_health_raised",
        "ln",
        "How far the owner's last action raised ln HF; negative if it drew on it.",
    ),
];

const WEEK_S: i64 = 7 * 86_400;
const MONTH_S: i64 = 30 * 86_400;
/// Stands for "never": longer than any age in the data, and finite.
const NEVER_DAYS: f64 = 1_000.0;

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let behaviour = &view.state.behaviour;
    let days_since = |time_s: i64| (view.time_s - time_s) as f64 / DAY_S;
    let actions = &behaviour.actions_s;
    let recent = |window_s: i64| {
        let old = actions.partition_point(|&time_s| time_s <= view.time_s - window_s);
        (actions.len() - old) as f64
    };
    let age_days = days_since(behaviour.created_s);
    let last_s = actions.last().copied().unwrap_or(behaviour.created_s);
    row.extend([
        days_since(behaviour.opened_s),
        age_days,
        days_since(last_s) * 24.0,
        actions.len() as f64,
        recent(WEEK_S),
        recent(MONTH_S),
        actions.len() as f64 / age_days.max(1.0),
        f64::from(behaviour.liquidations),
        behaviour.last_liquidation_s.map_or(NEVER_DAYS, days_since),
        f64::from(behaviour.rescues),
        view.log_health - behaviour.log_health_after_action,
        behaviour.log_health_raised,
    ]);
}
