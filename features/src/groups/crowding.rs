//! The debt of other accounts with a similar health factor, and with a lower one.

use super::feature::Feature;
use crate::account_view::AccountView;
use crate::aggregates::bin_range;

/// The group's features.
pub(crate) const FEATURES: [Feature; 2] = [
    Feature::new(
        "crowd_share_within_5pct",
        "share",
        "Share of the others' debt at the last whole hour with m(u), as in health_dwell_720h, within 0.05 of m(t), to the hundredth; 0 if there is none.",
    ),
    Feature::new(
        "crowd_share_nearer",
        "share",
        "Share of the others' debt with m(u) from 0 up to m(t): debt that is liquidated before this account.",
    ),
];

const NEIGHBOURHOOD: f64 = 0.05;

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let log_health = view.lower_log_health();
    let own = view.state.health_history.latest();
    let usd =
        |from: f64, to: f64| view.aggregates.others_debt_usd(view.time_s, bin_range(from, to), own);
    let all_usd = usd(f64::NEG_INFINITY, f64::INFINITY);
    let share = |usd: f64| if all_usd > 0.0 { usd / all_usd } else { 0.0 };
    row.push(share(usd(log_health - NEIGHBOURHOOD, log_health + NEIGHBOURHOOD)));
    row.push(share(usd(0.0, log_health.max(0.0))));
}
