//! How long the account has had a health factor similar to the present one.
//!
//! An owner who has kept a low health factor for weeks probably monitors it; one with a low health
//! factor for the first time may not.

use super::feature::Feature;
use crate::account_view::AccountView;

/// The group's features.
pub(crate) const FEATURES: [Feature; 3] = [
    Feature::new(
        "health_dwell_720h",
        "ln hours",
        "ln(1 + sum over the whole hours u while open, past debts included, of 2^(-(t - u) / 720 h) exp(-((m(u) - m(t)) / w)^2 / 2)); m: the lower of ln HF at the protocol's and at the published price, from -0.1 to 1, to the nearest hundredth for m(u); w = 0.01 + 0.07 |m(t)|.",
    ),
    Feature::new("health_dwell", "ln hours", "The same, nothing forgotten."),
    Feature::new(
        "lowest_log_health_since_action",
        "ln",
        "Lowest m(u) of the whole hours since the owner's last action, m(t) included.",
    ),
];

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let history = &view.state.health_history;
    let log_health = view.log_health.min(view.log_health_spot);
    row.extend(history.dwell(log_health, view.time_s));
    row.push(history.lowest_since_action(log_health));
}
