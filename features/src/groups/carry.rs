//! The effect of interest over time.

use super::feature::Feature;
use crate::account_view::AccountView;

/// The group's features.
pub(crate) const FEATURES: [Feature; 3] = [
    Feature::new(
        "days_to_liquidation_by_interest",
        "days",
        "Days until interest alone brings ln HF to 0: 365 ln HF / (ln(1 + borrow_rate) - ln(1 + supply_rate)), from 0 to 10000; 10000 where interest does not lower HF.",
    ),
    Feature::new(
        "supply_rate",
        "per year",
        "Interest on the collateral, weighted by its share of HF; 0 where it earns none.",
    ),
    Feature::new(
        "debt_supply_over_borrow_rate",
        "share",
        "What lenders of the debt's assets earn over what borrowers pay, weighted by debt: utilisation times one less the reserve factor; NaN where no rates are known.",
    ),
];

const DAYS_PER_YEAR: f64 = 365.0;
/// Stands for "never".
const MAX_DAYS: f64 = 10_000.0;

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let weighted = |value: &dyn Fn(usize) -> f64| {
        let capacity = view.capacity_shares.iter();
        capacity.map(|&(asset, share)| share * value(asset)).sum::<f64>()
    };
    let supply_rate = weighted(&|asset| view.market.supply_rate(asset, view.time_s));
    let decay = view.borrow_rate.ln_1p() - supply_rate.ln_1p();
    let days = if decay > 0.0 { DAYS_PER_YEAR * view.log_health / decay } else { MAX_DAYS };
    row.extend([days.clamp(0.0, MAX_DAYS), supply_rate, supply_over_borrow(view)]);
}

fn supply_over_borrow(view: &AccountView<'_>) -> f64 {
    let share = |asset| view.market.supply_over_borrow_rate(asset, view.time_s);
    view.debt_shares().map(|(asset, owed)| owed * share(asset)).sum()
}
