//! The inputs of the feature groups: one account at one time.

use plimsoll_lending::{Account, AssetAmount, ReserveParameters};

use crate::account::state::AccountState;
use crate::aggregates::MarketAggregates;
use crate::market::liquidation_halt::LiquidationHalt;
use crate::market::{HALF_LIVES_HOURS, Market, PriceMoves};

/// One open account at one time, as the feature groups read it.
pub(crate) struct AccountView<'a> {
    pub(crate) market: &'a Market,
    pub(crate) aggregates: &'a MarketAggregates,
    pub(crate) state: &'a AccountState,
    pub(crate) account: &'a Account,
    pub(crate) time_s: i64,
    pub(crate) debt_usd: f64,
    pub(crate) collateral_usd: f64,
    pub(crate) log_health: f64,
    pub(crate) log_health_spot: f64,
    /// Indices and signed weights of the assets that move the health factor.
    pub(crate) portfolio: &'a [(usize, f64)],
    /// Indices of the assets that secure the debt, and their shares of the liquidation capacity.
    pub(crate) capacity_shares: &'a [(usize, f64)],
    /// Prices that the protocol acts on.
    pub(crate) prices: &'a [f64],
    /// Latest published prices.
    pub(crate) spot_prices: &'a [f64],
    /// The reserves' parameters for this account.
    pub(crate) reserves: &'a [ReserveParameters],
    pub(crate) price_moves: PriceMoves<'a>,
    /// Portfolio volatilities by half-life, per square root of a year.
    pub(crate) volatilities: [f64; HALF_LIVES_HOURS.len()],
    /// The volatility that distances are measured by.
    pub(crate) volatility: f64,
    /// Arithmetic drift of the health factor a year: interest, and a correction for volatile debt.
    pub(crate) drift: f64,
    /// Interest on the debt, a fraction a year.
    pub(crate) borrow_rate: f64,
    /// Why the protocol's rules permit no liquidation; `None` if they permit one.
    pub(crate) halt: Option<&'a LiquidationHalt>,
}

impl AccountView<'_> {
    /// The lower of the log health factors at the oracle price and at the latest published one.
    pub(crate) const fn lower_log_health(&self) -> f64 {
        self.log_health.min(self.log_health_spot)
    }

    /// Indices of the borrowed assets, and their shares of the debt.
    pub(crate) fn debt_shares(&self) -> impl Iterator<Item = (usize, f64)> {
        let share =
            |owed: &AssetAmount| (owed.asset.index(), owed.value_usd(self.prices) / self.debt_usd);
        self.account.debt.iter().map(share)
    }
}
