//! The stress of the whole market, equal for all accounts at a time.

use super::feature::Feature;
use crate::account_view::AccountView;
use crate::aggregates::bin_range;

/// The group's features.
pub(crate) const FEATURES: [Feature; 6] = [
    Feature::new(
        "market_debt_share_within_5pct",
        "share",
        "Share of the debt of all open accounts with m(u), as in health_dwell_720h, below 0.05 at the last whole hour; 0 if there is none.",
    ),
    Feature::new("market_debt_share_within_10pct", "share", "The same below 0.10."),
    Feature::new("market_debt_share_within_20pct", "share", "The same below 0.20."),
    Feature::new(
        "log_liquidated_bps_24h",
        "ln basis points",
        "ln(1 + 10000 L / (L + D)); L: debt that liquidations repaid in the last 24 hours, at the oracle price; D: debt of all open accounts; USD.",
    ),
    Feature::new("log_liquidated_bps_168h", "ln basis points", "The same of the last 168 hours."),
    Feature::new(
        "log_base_fee_over_median_168h",
        "ln",
        "ln of the base fee per gas at the last whole hour over its median at the last 168; NaN where no blocks are known.",
    ),
];

/// Log health factors that count as near to liquidation.
const NEAR_LOG_HEALTHS: [f64; 3] = [0.05, 0.10, 0.20];
const WINDOWS_S: [i64; 2] = [86_400, 7 * 86_400];

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let debt_usd =
        |below: f64| view.aggregates.debt_usd(view.time_s, bin_range(f64::NEG_INFINITY, below));
    let all_usd = debt_usd(f64::INFINITY);
    row.extend(
        NEAR_LOG_HEALTHS.map(|near| if all_usd > 0.0 { debt_usd(near) / all_usd } else { 0.0 }),
    );
    row.extend(WINDOWS_S.map(|window_s| log_liquidated_bps(view, all_usd, window_s)));
    row.push(view.market.log_base_fee_over_median(view.time_s));
}

/// `ln(1 + 10000 L / (L + D))` of the liquidations `L` in a window and the debt `D` of all accounts.
pub(super) fn log_liquidated_bps(view: &AccountView<'_>, all_usd: f64, window_s: i64) -> f64 {
    let liquidated_usd = view.aggregates.liquidated_usd(view.time_s, window_s);
    if liquidated_usd > 0.0 {
        (1e4 * liquidated_usd / (liquidated_usd + all_usd)).ln_1p()
    } else {
        0.0
    }
}
