//! How long the account has had a health factor similar to the present one.
//!
//! An owner who has kept a low health factor for weeks probably monitors it; one with a low health
//! factor for the first time may not.

use super::feature::Feature;
use crate::account::health_history::clamp_log_health;
use crate::account_view::AccountView;

/// The group's features.
pub(crate) const FEATURES: [Feature; 5] = [
    Feature::new(
        "health_dwell_720h",
        "ln hours",
        "ln(1 + sum over the whole hours u while open, past debts included, of 2^(-(t - u) / 720 h) exp(-((m(u) - m(t)) / w)^2 / 2)); m: the lower of ln HF at the protocol's and at the published price, from -0.3 to 1.5, to the nearest hundredth for m(u); w = 0.01 + 0.07 |m(t)|.",
    ),
    Feature::new("health_dwell", "ln hours", "The same, nothing forgotten."),
    Feature::new(
        "lowest_log_health_since_action",
        "ln",
        "Lowest m(u) of the whole hours since the owner's last action, m(t) included.",
    ),
    Feature::new(
        "log_health_gap",
        "ln",
        "m(t) less lowest_log_health_since_action, from 0 to 1: how far HF has recovered.",
    ),
    Feature::new(
        "log_hours_lower_720h",
        "ln hours",
        "ln(1 + sum over the whole hours u while open, past debts included, of 2^(-(t - u) / 720 h) where m(u) <= m(t) + 0.01), m as in health_dwell_720h: with the same history it never falls as m(t) rises.",
    ),
];

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let history = &view.state.health_history;
    let log_health = view.lower_log_health();
    row.extend(history.dwell(log_health, view.time_s));
    let lowest = history.lowest_since_action(log_health);
    row.push(lowest);
    row.push((clamp_log_health(log_health) - lowest).clamp(0.0, 1.0));
    row.push(history.log_lower_hours(log_health, view.time_s));
}
