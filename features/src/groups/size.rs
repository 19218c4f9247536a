//! The size of the account and the cost of its debt.

use super::feature::Feature;
use crate::account_view::AccountView;

/// The group's features.
pub(crate) const FEATURES: [Feature; 4] = [
    Feature::new("log_debt_usd", "ln USD", "ln of the debt with interest, USD."),
    Feature::new("log_collateral_usd", "ln USD", "ln of the collateral, USD."),
    Feature::new("borrow_rate", "per year", "Interest on the debt, an effective fraction a year."),
    Feature::new(
        "debt_over_minimum",
        "ln",
        "ln of the debt over the minimum debt of the protocol; 0 where it has none.",
    ),
];

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let reserves = view.market.reserves(view.time_s);
    let minimum_usd = |asset: usize| reserves[asset].minimum_debt_usd;
    let minimum =
        view.account.debt.iter().map(|owed| minimum_usd(owed.asset.index())).fold(0.0, f64::max);
    let over = if minimum > 0.0 { (view.debt_usd / minimum).ln() } else { 0.0 };
    row.extend([view.debt_usd.ln(), view.collateral_usd.ln(), view.borrow_rate, over]);
}
