//! Past moves of the ratio of the account's collateral to its debt.

use super::feature::Feature;
use crate::account_view::AccountView;
use crate::market::{DRAWDOWN_HOURS, RETURN_HOURS};

/// The group's features.
pub(crate) const FEATURES: [Feature; 8] = [
    Feature::new(
        "return_1h",
        "ln",
        "Log return of the portfolio over the last hour: sum of signed weights times log returns.",
    ),
    Feature::new("return_6h", "ln", "The same over six hours."),
    Feature::new("return_24h", "ln", "The same over a day."),
    Feature::new("return_72h", "ln", "The same over three days."),
    Feature::new("return_168h", "ln", "The same over seven days."),
    Feature::new("return_720h", "ln", "The same over thirty days."),
    Feature::new(
        "drawdown_168h",
        "ln",
        "Sum of signed weights times the log distance of each price below its highest of seven days.",
    ),
    Feature::new("drawdown_720h", "ln", "The same over thirty days."),
];

/// The index of seven days in [`DRAWDOWN_HOURS`]; the windows before are those of the group `storm`.
const FIRST_WINDOW: usize = 2;

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let portfolio = |measure: &dyn Fn(usize) -> f64| -> f64 {
        view.portfolio.iter().map(|&(asset, weight)| weight * measure(asset)).sum()
    };
    row.extend(
        (0..RETURN_HOURS.len()).map(|i| portfolio(&|asset| view.price_moves.log_return(i, asset))),
    );
    row.extend(
        (FIRST_WINDOW..DRAWDOWN_HOURS.len())
            .map(|i| portfolio(&|asset| view.price_moves.drawdown(i, asset))),
    );
}
