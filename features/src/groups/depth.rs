//! The cost of selling the collateral, and the debt that would be sold earlier.

use super::feature::Feature;
use crate::account_view::AccountView;
use crate::aggregates::bin_range;

/// The group's features.
pub(crate) const FEATURES: [Feature; 3] = [
    Feature::new(
        "selling_cost",
        "share",
        "Share of its value lost by selling the collateral that secures the debt at once, each asset into the pool that loses least, fee and price impact included; assets that are not volatile, as in log_health_after_fall_10, cost nothing; between 0.5, 1, 2, 5, 10, 20, 35, 50 and 70 % cost is linear in the amount; NaN where no pool trades a volatile one.",
    ),
    Feature::new(
        "log_nearer_debt_over_depth",
        "ln",
        "ln(1 + N / Q); N: others' debt nearer to liquidation, as in crowd_share_nearer, USD; Q: what the deepest pools take of the account's volatile collateral assets at a cost of 10 %, USD; 0 without volatile collateral, NaN where no pool trades it.",
    ),
    Feature::new(
        "log_depth_over_168h",
        "ln",
        "ln of Q over the same with each asset's depth replaced by its mean of the last 168 hours with a known pool, at present prices; 0 without volatile collateral, NaN where no pool trades it.",
    ),
];

/// Minimum depth of a pool, USD.
const MIN_DEPTH_USD: f64 = 1.0;

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let (mut value_usd, mut lost_usd) = (0.0, 0.0);
    let (mut depth_usd, mut mean_depth_usd) = (0.0, 0.0);
    let mut volatile = false;
    for amount in &view.account.collateral {
        let asset = amount.asset.index();
        if view.capacity_shares.iter().all(|(enabled, _)| *enabled != asset) {
            continue;
        }
        let usd = amount.value_usd(view.prices);
        value_usd += usd;
        if view.price_moves.is_volatile(asset) {
            volatile = true;
            lost_usd += usd * view.market.selling_cost(asset, amount.amount, view.time_s);
            depth_usd += view.market.depth_tokens(asset, view.time_s) * view.prices[asset];
            mean_depth_usd +=
                view.market.mean_depth_tokens(asset, view.time_s) * view.prices[asset];
        }
    }
    let log_health = view.lower_log_health().max(0.0);
    let own = view.state.health_history.latest();
    let nearer_usd = view.aggregates.others_debt_usd(view.time_s, bin_range(0.0, log_health), own);
    row.push(lost_usd / value_usd);
    let (depth_usd, mean_depth_usd) =
        (at_least(depth_usd, MIN_DEPTH_USD), at_least(mean_depth_usd, MIN_DEPTH_USD));
    row.push(if volatile { (nearer_usd / depth_usd).ln_1p() } else { 0.0 });
    row.push(if volatile { (depth_usd / mean_depth_usd).ln() } else { 0.0 });
}

/// The greater value; unlike `f64::max`, NaN stays NaN.
const fn at_least(value: f64, least: f64) -> f64 {
    if value < least { least } else { value }
}
