//! How much an owner's action changes the log health factor, by kind.

use plimsoll_lending::{Account, AssetAmount};

use super::labels::ActionSizes;
use crate::account::state::{AccountState, MIN_OPEN_USD};
use crate::market::Market;

/// A change by one action counts as this at most: repaying a debt of which almost nothing remains
/// would otherwise change ln HF without limit.
const MAX_SIZE: f64 = 3.0;
/// A smaller change is one of rounding.
const MIN_SIZE: f64 = 1e-9;

/// The landmark at whose prices actions are sized.
#[derive(Clone, Copy)]
pub(super) struct PricedLandmark<'a> {
    pub(super) market: &'a Market,
    pub(super) landmark_s: i64,
}

/// An account's balances before an action, with interest.
pub(super) struct BalancesBefore {
    account: Account,
    time_s: i64,
}

impl BalancesBefore {
    pub(super) fn new(state: &AccountState, market: &Market, time_s: i64) -> Self {
        Self { account: state.account(market, time_s), time_s }
    }

    /// The sizes of what changed the balances into those of `after`: absolute changes of the
    /// logarithms of debt and of liquidation capacity, at the oracle prices of the landmark and the
    /// thresholds after the action, so that a change of a setting has no size.
    ///
    /// Debt and capacity count as one dollar at least.
    pub(super) fn sizes_of_change(
        &self,
        after: &AccountState,
        at: PricedLandmark<'_>,
    ) -> ActionSizes {
        let now = after.account(at.market, self.time_s);
        let thresholds = after.effective_reserves(at.market, self.time_s);
        let price_usd = |asset: usize| {
            let usd = at.market.oracle_price(asset, at.landmark_s);
            // An asset that had no price at the landmark has the price of the action.
            if usd.is_finite() { usd } else { at.market.oracle_price(asset, self.time_s) }
        };
        let debt_usd = |owed: &AssetAmount| owed.amount * price_usd(owed.asset.index());
        let capacity_usd = |held: &AssetAmount| {
            let asset = held.asset.index();
            held.amount * price_usd(asset) * thresholds[asset].liquidation_threshold
        };
        let debt = log_change(&self.account.debt, &now.debt, debt_usd);
        let capacity = log_change(&self.account.collateral, &now.collateral, capacity_usd);
        ActionSizes {
            repaid: size(-debt),
            added: size(capacity),
            borrowed: size(debt),
            withdrawn: size(-capacity),
        }
    }
}

/// ln of the value of `after` over that of `before`; both count as one dollar at least.
fn log_change(
    before: &[AssetAmount],
    after: &[AssetAmount],
    usd: impl Fn(&AssetAmount) -> f64,
) -> f64 {
    let total = |amounts: &[AssetAmount]| amounts.iter().map(&usd).sum::<f64>().max(MIN_OPEN_USD);
    (total(after) / total(before)).ln()
}

fn size(change: f64) -> f64 {
    if change > MIN_SIZE { change.min(MAX_SIZE) } else { 0.0 }
}
