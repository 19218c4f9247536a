//! A market as known at any time: its assets, prices, parameters and rates.

mod asset_lookup;
mod assets;
mod base_fees;
pub(crate) mod borrowing_rules;
mod emodes;
mod hourly_prices;
mod hourly_states;
pub(crate) mod id;
mod interest;
mod known_until;
pub(crate) mod liquidation_halt;
pub(crate) mod liquidation_terms;
mod oracle_prices;
mod parameters;
mod pool_depth;
mod price_feed;
pub(crate) mod price_history;
mod price_series;
pub(crate) mod reference_prices;
mod reserve_parameters;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{AccountSetting, BalanceChange, MarketAsset, Row};
use plimsoll_lake::{Filter, Store, with_chain};
use plimsoll_lending::{RateIndex, ReserveParameters};

use crate::error::FeatureError;
use assets::MarketAssets;
use base_fees::BaseFees;
use borrowing_rules::BorrowingRules;
pub(crate) use emodes::Emode;
pub use hourly_prices::{HourlyPrice, HourlyPrices};
pub(crate) use hourly_states::HourlyAssetState;
use hourly_states::HourlyAssetStates;
pub use id::{MarketId, list_markets};
use parameters::MarketParameters;
use pool_depth::PoolDepth;
use price_feed::{PriceFeed, PriceSampling, Quotes};
use price_series::PriceSeries;
pub(crate) use price_series::{
    DRAWDOWN_HOURS, HALF_LIVES_HOURS, PARKINSON_HOURS, PriceMoves, RETURN_HOURS,
};
use reference_prices::{Reference, ReferencePrices};

/// The data of a market, up to the end of the lake or an earlier time.
#[derive(Debug)]
pub struct Market {
    id: MarketId,
    assets: MarketAssets,
    feeds: Vec<PriceFeed>,
    /// By asset, the source that its feed is compared with.
    references: Vec<Option<Reference>>,
    /// By asset, its quotes without departures from the market, where there are some.
    clean_quotes: Vec<Option<Quotes>>,
    parameters: MarketParameters,
    series: PriceSeries,
    hourly: HourlyAssetStates,
    base_fees: BaseFees,
    pool_depth: PoolDepth,
    has_exact_balances: bool,
    has_collateral_settings: bool,
}

impl Market {
    /// Reads a market from the lake, up to `until`.
    ///
    /// # Errors
    /// [`FeatureError::NoPrice`] if no asset has a price, or on a chain, where they may be listed late,
    /// if their source was never read; or the errors of the lake. An asset without a price leaves out
    /// only the accounts that hold it, see [`Market::unpriced_assets`].
    pub fn read(
        store: &Store,
        id: &MarketId,
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        let assets: Vec<MarketAsset> = store.rows_where(&id.filter(Filter::default()))?;
        let has_exact_balances = id.has_table(store, const { &BalanceChange::TABLE })?;
        let has_collateral_settings = id.has_table(store, const { &AccountSetting::TABLE })?;
        let sampling =
            if has_exact_balances { PriceSampling::OnChange } else { PriceSampling::Periodic };
        let feed = |asset| PriceFeed::read(store, asset, sampling, until);
        let feeds = assets.iter().map(feed).collect::<Result<Vec<_>, _>>()?;
        price_feed::check_any_known(id, &assets, &feeds)?;
        let parameters = MarketParameters::read(store, id, &assets, until)?;
        let all = ReferencePrices::read(store, until)?;
        let references = assets.iter().map(|asset| {
            let source = &asset.price_source;
            all.get(source, &asset.price_asset).or_else(|| all.get(source, &asset.asset)).cloned()
        });
        let references: Vec<Option<Reference>> = references.collect();
        let clean = feeds.iter().zip(&references).map(|(feed, reference)| match feed {
            PriceFeed::Par => None,
            PriceFeed::Quoted(quotes) => reference.as_ref().map(|known| known.clean(quotes)),
        });
        let clean_quotes: Vec<Option<Quotes>> = clean.collect();
        let series = PriceSeries::from_feeds(&feeds, &clean_quotes)?;
        let hours = HourlyAssetStates::new(series.hour_span(), &assets, &feeds, &parameters);
        let fees = BaseFees::read(store, &id.chain, series.hour_span(), until);
        let books = PoolDepth::read(store, &assets, series.hour_span(), until)?;
        let id = id.clone();
        Ok(Self {
            id,
            assets: MarketAssets::new(assets),
            feeds,
            references,
            clean_quotes,
            parameters,
            series,
            hourly: hours,
            base_fees: fees,
            pool_depth: books,
            has_exact_balances,
            has_collateral_settings,
        })
    }

    /// The market's name.
    #[must_use]
    pub const fn id(&self) -> &MarketId {
        &self.id
    }

    /// The id of one of the market's accounts, with the chain that ids of older lakes lack.
    pub(crate) fn account_id<'a>(&self, id: &'a str) -> Cow<'a, str> {
        with_chain(self.id.parts(), id)
    }

    /// Whether the lake has every exact balance change; otherwise balances are sums of events.
    pub(crate) const fn has_exact_balances(&self) -> bool {
        self.has_exact_balances
    }

    /// Whether owners choose which assets count as collateral; otherwise all do.
    pub(crate) const fn has_collateral_settings(&self) -> bool {
        self.has_collateral_settings
    }

    /// The number of an asset's smallest units in a token.
    pub(crate) fn units_per_token(&self, asset: usize) -> f64 {
        10_f64.powi(self.assets()[asset].decimals.try_into().unwrap_or(i32::MAX))
    }

    /// The reserves' own parameters in force at `time_s`, by asset; those of an account may differ, see
    /// [`AccountState::effective_reserves`](crate::AccountState::effective_reserves).
    #[must_use]
    pub fn reserves(&self, time_s: i64) -> &[ReserveParameters] {
        self.parameters.reserves(time_s)
    }

    /// The reserves' rules on borrowing and supplying at `time_s`, by asset.
    #[must_use]
    pub fn borrowing_rules(&self, time_s: i64) -> &[BorrowingRules] {
        self.parameters.borrowing_rules(time_s)
    }

    /// The first second after `time_s` at which a parameter changes.
    pub(crate) fn next_parameter_change_s(&self, time_s: i64) -> i64 {
        self.parameters.next_change_s(time_s)
    }

    /// The first whole hour of prices, since 1970, and the number of hours.
    pub(crate) const fn hour_span(&self) -> (i64, usize) {
        self.series.hour_span()
    }

    /// The share of its value that a sale of `tokens` of an asset would lose, fee included, in the
    /// cheapest pool at the last whole hour; NaN without a pool.
    #[must_use]
    pub fn selling_cost(&self, asset: usize, tokens: f64, time_s: i64) -> f64 {
        self.pool_depth.selling_cost(asset, tokens, time_s)
    }

    /// The tokens of an asset that its deepest pool takes at a cost of 10 %; NaN without a pool.
    pub(crate) fn depth_tokens(&self, asset: usize, time_s: i64) -> f64 {
        self.pool_depth.depth_tokens(asset, time_s)
    }

    /// ln of the base fee at the last whole hour over its weekly median; NaN without blocks.
    pub(crate) fn log_base_fee_over_median(&self, time_s: i64) -> f64 {
        self.base_fees.log_over_median(time_s)
    }

    /// The prices and indexes at a whole hour since 1970, by asset; `None` without any price.
    pub(crate) fn hourly_states(&self, hour: i64) -> Option<&[HourlyAssetState]> {
        self.hourly.at(hour)
    }

    /// The efficiency mode with a number at `time_s`; `None` for 0, which means none.
    pub(crate) fn emode(&self, number: u32, time_s: i64) -> Option<&Emode> {
        self.parameters.emode(number, time_s)
    }

    /// The numbers of the efficiency modes at `time_s`, in order.
    #[must_use]
    pub fn emode_numbers(&self, time_s: i64) -> Vec<u32> {
        self.parameters.emode_numbers(time_s)
    }

    /// The interest index of one asset's debt.
    #[must_use]
    pub fn borrow_index(&self, asset: usize) -> &RateIndex {
        self.parameters.interest(asset).borrow_index()
    }

    /// The interest index of one asset's collateral at `time_s`; 1 if it earns no interest.
    #[must_use]
    pub fn supply_index_at(&self, asset: usize, time_s: i64) -> f64 {
        self.parameters.interest(asset).supply_index_at(time_s)
    }

    /// The effective rate on one asset's debt at `time_s`, a fraction a year.
    pub(crate) fn borrow_rate(&self, asset: usize, time_s: i64) -> f64 {
        self.parameters.interest(asset).borrow_rate(time_s)
    }

    /// The effective rate that one asset's collateral earns at `time_s`, a fraction a year.
    pub(crate) fn supply_rate(&self, asset: usize, time_s: i64) -> f64 {
        self.parameters.interest(asset).supply_rate(time_s)
    }

    /// The rate that lenders of an asset earn at `time_s` over the rate that borrowers pay; NaN if not
    /// known.
    pub(crate) fn supply_over_borrow_rate(&self, asset: usize, time_s: i64) -> f64 {
        self.parameters.interest(asset).supply_over_borrow_rate(time_s)
    }

    /// The measures of price moves at `time_s`; `None` before the first hour of prices.
    pub(crate) fn price_moves(&self, time_s: i64) -> Option<PriceMoves<'_>> {
        self.series.at(time_s)
    }

    /// Whether an asset moved on most days of the 30 days before `time_s`, or has prices for less than
    /// a day; false for an asset at par.
    #[must_use]
    pub fn is_volatile(&self, asset: usize, time_s: i64) -> bool {
        self.price_moves(time_s).is_some_and(|moves| moves.is_volatile(asset))
    }

    /// The last second at which the prices of all quoted assets are known.
    #[must_use]
    pub fn priced_until_s(&self) -> Option<i64> {
        self.feeds.iter().filter_map(PriceFeed::known_until_s).min()
    }
}
