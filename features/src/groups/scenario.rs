//! The health factor after a fall of all volatile assets.

use super::feature::Feature;
use crate::account_view::AccountView;

/// The group's features.
pub(crate) const FEATURES: [Feature; 3] = [
    Feature::new(
        "log_health_after_fall_10",
        "ln",
        "ln HF if every volatile asset fell by 10 %, collateral and debt alike; volatile is what is not at par and whose absolute return over a day had a median above 0.5 % in the last 720 hours.",
    ),
    Feature::new("log_health_after_fall_20", "ln", "The same after a fall of 20 %."),
    Feature::new("log_health_after_fall_30", "ln", "The same after a fall of 30 %."),
];

const FALLS: [f64; 3] = [0.10, 0.20, 0.30];

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let volatile = |shares: &mut dyn Iterator<Item = (usize, f64)>| -> f64 {
        shares
            .filter(|(asset, _)| view.price_moves.is_volatile(*asset))
            .map(|(_, share)| share)
            .sum()
    };
    let capacity = volatile(&mut view.capacity_shares.iter().copied());
    let debt = volatile(&mut view.debt_shares());
    let fallen = |fall: f64| (-fall * capacity).ln_1p() - (-fall * debt).ln_1p();
    row.extend(FALLS.map(|fall| view.log_health + fallen(fall)));
}
