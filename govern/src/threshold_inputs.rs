//! All that a line is drawn from, as it was known at one time.

use std::borrow::Cow;
use std::fmt;

use plimsoll_features::HourlyPrices;
use plimsoll_lending::{Account, AssetId, ReserveParameters, health_factor};

use crate::GovernError;
use crate::depth_curve::DepthCurve;

/// A market at one time: pure values, and whom to ask what a day will bring.
#[derive(Debug, Clone)]
pub struct ThresholdInputs<'a> {
    /// The market's name, `<protocol>/<market>`.
    pub market: String,
    /// The time, Unix seconds.
    pub as_of_s: i64,
    /// The assets, by [`AssetId`].
    pub assets: Vec<AssetInputs>,
    /// Every account with debt and collateral that counts.
    pub borrowers: Vec<Borrower>,
    /// Forecasts of the next 24 hours, where there is a model.
    pub next_day: Option<NextDayForecaster<'a>>,
}

/// One asset at that time.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetInputs {
    /// Its symbol.
    pub symbol: String,
    /// Its contract, 0x-prefixed hex, where known.
    pub address: Option<String>,
    /// The price that the protocol acts on, USD.
    pub price_usd: f64,
    /// The parameters in force.
    pub reserve: ReserveParameters,
    /// Whether its price hardly moves.
    pub stable: bool,
    /// What the protocol's oracle is late by, seconds.
    pub oracle_delay_s: u32,
    /// Its published prices up to that time.
    pub prices: HourlyPrices,
    /// What selling it costs, where pools are known.
    pub depth: Option<DepthCurve>,
}

/// One account with debt.
#[derive(Debug, Clone, PartialEq)]
pub struct Borrower {
    /// Its id.
    pub id: String,
    /// Pledged collateral and debt, with interest.
    pub account: Account,
    /// Parameters that hold for it in the place of the reserve's own, as an efficiency mode has
    /// them; a change of the reserve does not reach these.
    pub reserve_overrides: Vec<(AssetId, ReserveParameters)>,
}

/// Asks for each borrower's probability of liquidation within 24 hours, in their order, were these
/// the reserves' parameters.
#[derive(Clone, Copy)]
pub struct NextDayForecaster<'a>(pub &'a ForecastFn<'a>);

type ForecastFn<'a> = dyn Fn(&[ReserveParameters]) -> Result<Vec<f64>, GovernError> + 'a;

impl fmt::Debug for NextDayForecaster<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NextDay")
    }
}

impl ThresholdInputs<'_> {
    /// Whether all that is held or owed has a price.
    pub(crate) fn check_prices(&self) -> Result<(), GovernError> {
        let accounts = self.borrowers.iter().map(|borrower| &borrower.account);
        let mut held = accounts.flat_map(|account| account.collateral.iter().chain(&account.debt));
        let priced = |asset: AssetId| self.assets[asset.index()].price_usd.is_finite();
        held.find(|held| !priced(held.asset)).map_or(Ok(()), |held| {
            let asset = self.assets[held.asset.index()].symbol.clone();
            Err(GovernError::NoPrice { asset, time_s: self.as_of_s })
        })
    }

    /// The prices that the protocol acts on, USD by asset.
    #[must_use]
    pub fn prices_usd(&self) -> Vec<f64> {
        self.assets.iter().map(|asset| asset.price_usd).collect()
    }

    /// The parameters in force, by asset.
    #[must_use]
    pub fn reserves(&self) -> Vec<ReserveParameters> {
        self.assets.iter().map(|asset| asset.reserve).collect()
    }

    /// The assets whose prices hardly move.
    #[must_use]
    pub fn stable_assets(&self) -> Vec<AssetId> {
        (0..).map(AssetId).zip(&self.assets).filter(|(_, a)| a.stable).map(|(id, _)| id).collect()
    }
}

impl Borrower {
    /// The parameters that hold for this account, were these the reserves' own.
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

    /// Whether it can be liquidated at these prices, were these the reserves' parameters.
    ///
    /// # Panics
    /// If it holds an asset without a price or reserve.
    #[must_use]
    pub fn is_liquidatable(&self, prices_usd: &[f64], reserves: &[ReserveParameters]) -> bool {
        health_factor(&self.account, prices_usd, &self.effective_reserves(reserves)) < 1.0
    }

    /// The part of its debt, USD, that one collateral stands for: its share of all collateral.
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
