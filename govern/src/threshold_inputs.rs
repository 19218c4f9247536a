//! Inputs of a threshold recommendation, as known at one time.

mod snapshot;

use std::borrow::Cow;
use std::fmt;

use plimsoll_features::HourlyPrices;
use plimsoll_lending::{Account, AssetId, ReserveParameters, health_factor};

use crate::error::GovernError;
use crate::risk::DepthCurve;
pub use snapshot::next_day_forecasts;

/// A market at one time: plain values, and an optional forecaster of the next day.
#[derive(Debug, Clone)]
pub struct ThresholdInputs<'a> {
    /// The market's name, `<chain>/<protocol>/<market>`.
    pub market: String,
    /// The time, Unix seconds.
    pub as_of_s: i64,
    /// The assets, by [`AssetId`].
    pub assets: Vec<AssetInputs>,
    /// Every account with debt and collateral.
    pub borrowers: Vec<Borrower>,
    /// Forecaster of the next 24 hours, if there is a model.
    pub next_day: Option<NextDayForecaster<'a>>,
}

/// One asset at that time.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetInputs {
    /// Its label: its symbol, with its address where another asset has the same one.
    pub symbol: String,
    /// Its contract, 0x-prefixed hex, where known.
    pub address: Option<String>,
    /// The price used by the protocol, USD.
    pub price_usd: f64,
    /// The parameters in force.
    pub reserve: ReserveParameters,
    /// Whether its price is nearly constant.
    pub stable: bool,
    /// Delay of the protocol's oracle, seconds.
    pub oracle_delay_s: u32,
    /// Its published prices up to that time.
    pub prices: HourlyPrices,
    /// Cost of selling it, if pools are known.
    pub depth: Option<DepthCurve>,
}

/// One account with debt.
#[derive(Debug, Clone, PartialEq)]
pub struct Borrower {
    /// Its id.
    pub id: String,
    /// Collateral and debt, with interest.
    pub account: Account,
    /// Parameters that replace the reserve's for this account, for example in an efficiency mode; a
    /// change of the reserve does not affect them.
    pub reserve_overrides: Vec<(AssetId, ReserveParameters)>,
}

/// Predicts each borrower's probability of liquidation within 24 hours under the given reserve
/// parameters, in the order of the borrowers.
#[derive(Clone, Copy)]
pub struct NextDayForecaster<'a>(pub &'a ForecastFn<'a>);

type ForecastFn<'a> = dyn Fn(&[ReserveParameters]) -> Result<Vec<f64>, GovernError> + 'a;

impl fmt::Debug for NextDayForecaster<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NextDay")
    }
}

impl ThresholdInputs<'_> {
    /// Checks that every asset supplied or borrowed has a price.
    pub(crate) fn check_prices(&self) -> Result<(), GovernError> {
        let accounts = self.borrowers.iter().map(|borrower| &borrower.account);
        let mut held = accounts.flat_map(|account| account.collateral.iter().chain(&account.debt));
        let priced = |asset: AssetId| self.assets[asset.index()].price_usd.is_finite();
        held.find(|held| !priced(held.asset)).map_or(Ok(()), |held| {
            let asset = self.assets[held.asset.index()].symbol.clone();
            Err(GovernError::NoPrice { asset, time_s: self.as_of_s })
        })
    }

    /// The prices used by the protocol, USD by asset.
    #[must_use]
    pub fn prices_usd(&self) -> Vec<f64> {
        self.assets.iter().map(|asset| asset.price_usd).collect()
    }

    /// The parameters in force, by asset.
    #[must_use]
    pub fn reserves(&self) -> Vec<ReserveParameters> {
        self.assets.iter().map(|asset| asset.reserve).collect()
    }

    /// The assets whose prices are nearly constant.
    #[must_use]
    pub fn stable_assets(&self) -> Vec<AssetId> {
        (0..).map(AssetId).zip(&self.assets).filter(|(_, a)| a.stable).map(|(id, _)| id).collect()
    }
}

impl Borrower {
    /// The parameters that apply to this account under the given reserve parameters.
    #[must_use]
    pub fn effective_reserves<'r>(
        &self,
        reserves: &'r [ReserveParameters],
    ) -> Cow<'r, [ReserveParameters]> {
        let mut reserves = Cow::Borrowed(reserves);
        for (asset, own) in &self.reserve_overrides {
            reserves.to_mut()[asset.index()] = *own;
        }
        reserves
    }

    /// Whether it is liquidatable at these prices under the given reserve parameters.
    ///
    /// # Panics
    /// If it has an asset without a price or reserve.
    #[must_use]
    pub fn is_liquidatable(&self, prices_usd: &[f64], reserves: &[ReserveParameters]) -> bool {
        health_factor(&self.account, prices_usd, &self.effective_reserves(reserves)) < 1.0
    }

    /// The part of its debt, USD, secured by one collateral: its share of all collateral.
    #[must_use]
    pub fn secured_debt_usd(&self, collateral: AssetId, prices_usd: &[f64]) -> f64 {
        let held_usd = self.account.collateral_amount(collateral) * prices_usd[collateral.index()];
        if held_usd > 0.0 {
            self.account.debt_usd(prices_usd) * held_usd / self.account.collateral_usd(prices_usd)
        } else {
            0.0
        }
    }
}
