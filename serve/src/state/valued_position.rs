//! A position at its market's prices.

use plimsoll_features::{AccountFeatures, LiquidationHalt};
use plimsoll_lending::{Account, ReserveParameters};

/// A position at its market's prices.
#[derive(Debug)]
pub(crate) struct ValuedPosition {
    /// Balances, debt with interest.
    pub(crate) account: Account,
    /// Parameters of this account where they differ from the market's.
    pub(crate) own_reserves: Option<Vec<ReserveParameters>>,
    /// Debt, USD.
    pub(crate) debt_usd: f64,
    /// Collateral, USD.
    pub(crate) collateral_usd: f64,
    /// Health factor; infinite without debt.
    pub(crate) health_factor: f64,
    /// Features for the model; `None` if the position is not open, or nothing secures it.
    pub(crate) feature_row: Option<AccountFeatures>,
}

impl ValuedPosition {
    /// The parameters of this account by asset, given those of its market.
    pub(crate) fn effective_reserves<'a>(
        &'a self,
        market: &'a [ReserveParameters],
    ) -> &'a [ReserveParameters] {
        self.own_reserves.as_deref().unwrap_or(market)
    }

    /// The features of a position that the model can score.
    pub(crate) fn features(&self) -> Option<&[f32]> {
        self.feature_row.as_ref().map(|mark| mark.features.as_slice())
    }

    /// Why the protocol's rules permit no liquidation; `None` if they permit one.
    pub(crate) fn halt(&self) -> Option<&LiquidationHalt> {
        self.feature_row.as_ref()?.halt.as_ref()
    }

    /// Volatility of the log health factor, per square root of a year.
    pub(crate) fn volatility(&self) -> Option<f64> {
        self.feature_row.as_ref().map(|mark| mark.volatility)
    }
}
