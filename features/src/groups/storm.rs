//! The first hours of a storm: what has happened since the last whole hour, or within a day.

use super::feature::Feature;
use super::stress::log_liquidated_bps;
use crate::account_view::AccountView;
use crate::aggregates::bin_range;
use crate::time::HOUR_S;

/// The group's features.
pub(crate) const FEATURES: [Feature; 7] = [
    Feature::new(
        "return_now",
        "ln",
        "Log return of the portfolio from the last whole hour to the latest published prices: sum of signed weights times log returns; an asset without a price at that hour counts as unchanged.",
    ),
    Feature::new(
        "fall_from_high_6h",
        "ln",
        "Sum of signed weights times the log distance, 0 at most, of each latest published price below its highest of the 6 hours up to the last whole hour; the highest within an hour where the source has ranges, otherwise of the prices published.",
    ),
    Feature::new("fall_from_high_24h", "ln", "The same over 24 hours."),
    Feature::new(
        "oracle_updates_1h",
        "ln",
        "ln(1 + number of prices published in the last hour of the assets that move HF).",
    ),
    Feature::new(
        "log_liquidated_bps_1h",
        "ln basis points",
        "As log_liquidated_bps_24h, of the last hour.",
    ),
    Feature::new("log_liquidated_bps_6h", "ln basis points", "The same of the last 6 hours."),
    Feature::new(
        "log_base_fee_now_over_median_168h",
        "ln",
        "ln of the base fee per gas of the latest block over its median at the last 168 whole hours; NaN where no blocks are known.",
    ),
];

/// Windows of the highest price, as indices of [`DRAWDOWN_HOURS`](crate::market::DRAWDOWN_HOURS).
const HIGH_WINDOWS: [usize; 2] = [0, 1];
const LIQUIDATION_WINDOWS_S: [i64; 2] = [HOUR_S, 6 * HOUR_S];

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let known = view.market.hourly_states(view.time_s.div_euclid(HOUR_S));
    let return_now = |asset: usize| {
        let since = known.map_or(f64::NAN, |known| view.spot_prices[asset] / known[asset].spot_usd);
        if since.is_finite() { since.ln() } else { 0.0 }
    };
    let (mut total, mut falls) = (0.0, [0.0; HIGH_WINDOWS.len()]);
    let mut updates = 0;
    for &(asset, weight) in view.portfolio {
        let since = return_now(asset);
        total += weight * since;
        for (fall, window) in falls.iter_mut().zip(HIGH_WINDOWS) {
            // The minimum of NaN and 0 would be 0.
            let distance = view.price_moves.drawdown(window, asset) + since;
            *fall += weight * if distance > 0.0 { 0.0 } else { distance };
        }
        updates += view.market.price_updates(asset, view.time_s - HOUR_S, view.time_s);
    }
    row.push(total);
    row.extend(falls);
    row.push((updates as f64).ln_1p());
    let all_usd =
        view.aggregates.debt_usd(view.time_s, bin_range(f64::NEG_INFINITY, f64::INFINITY));
    row.extend(LIQUIDATION_WINDOWS_S.map(|window_s| log_liquidated_bps(view, all_usd, window_s)));
    row.push(view.market.log_base_fee_now_over_median(view.time_s));
}
