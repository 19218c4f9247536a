//! A market as it was known at any time: its assets, prices, parameters and rates.

mod books;
mod emodes;
mod feed;
mod fees;
mod hours;
mod interest;
mod parameters;
mod reserve;
mod series;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{AccountSetting, BalanceChange, MarketAsset, PAR, Row};
use plimsoll_lake::{Filter, Partition, Store, Table};
use plimsoll_lending::{Account, AssetId, RateIndex, ReserveParameters};

use crate::FeatureError;
use books::Books;
pub(crate) use emodes::Emode;
use feed::{Feed, Telling};
use fees::Fees;
use hours::Hours;
pub(crate) use hours::{AssetHour, HOUR_S};
use parameters::Parameters;
pub(crate) use series::{
    DRAWDOWN_HOURS, HALF_LIVES_HOURS, Moves, PARKINSON_HOURS, RETURN_HOURS, Series,
};

/// A market's name in three parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MarketId {
    /// Chain, such as `ethereum`.
    pub chain: String,
    /// Protocol, such as `maker`.
    pub protocol: String,
    /// Market within the protocol, such as `eth-b`.
    pub market: String,
}

impl MarketId {
    /// `<protocol>/<market>`, with which the market's account ids begin.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("{}/{}", self.protocol, self.market)
    }

    /// Narrows a filter to the market's partition.
    #[must_use]
    pub fn filter(&self, filter: Filter) -> Filter {
        let filter = filter.partition(MarketAsset::CHAIN, &self.chain);
        let filter = filter.partition(MarketAsset::PROTOCOL, &self.protocol);
        filter.partition(MarketAsset::MARKET, &self.market)
    }

    /// The market's rows that may have been known at `until`, which a reader holds against it.
    pub(crate) fn known(&self, until: Option<DateTime<Utc>>) -> Filter {
        let filter = self.filter(Filter::default());
        if let Some(until) = until { filter.to(until) } else { filter }
    }

    /// Whether a table was read for this market, even if there was nothing to find.
    fn is_in(&self, store: &Store, table: &'static Table) -> Result<bool, FeatureError> {
        Ok(store.files(table)?.iter().any(|file| Self::of(&file.partition) == *self))
    }

    fn of(partition: &Partition) -> Self {
        let value = |column| partition.value(column).unwrap_or_default().to_owned();
        let (chain, protocol) = (value(MarketAsset::CHAIN), value(MarketAsset::PROTOCOL));
        Self { chain, protocol, market: value(MarketAsset::MARKET) }
    }
}

/// Every market that the lake knows.
///
/// # Errors
/// [`FeatureError::NoMarket`] if there is none, or the lake's own errors.
pub fn markets(store: &Store) -> Result<Vec<MarketId>, FeatureError> {
    let ids: Vec<_> = store
        .files(&MarketAsset::TABLE)?
        .iter()
        .map(|file| MarketId::of(&file.partition))
        .collect();
    if ids.is_empty() { Err(FeatureError::NoMarket) } else { Ok(ids) }
}

/// What was known about a market, up to the end of a lake.
#[derive(Debug)]
pub struct Market {
    id: MarketId,
    assets: Vec<MarketAsset>,
    feeds: Vec<Feed>,
    parameters: Parameters,
    series: Series,
    hours: Hours,
    fees: Fees,
    books: Books,
    tells_balances: bool,
    tells_collateral: bool,
}

impl Market {
    /// Reads a market from the lake, with nothing known after `until`.
    ///
    /// # Errors
    /// [`FeatureError::NoPrice`] if an asset has no price, or on a chain, where one may be listed
    /// late, if its source was never read; or the lake's own errors.
    pub fn read(
        store: &Store,
        id: &MarketId,
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        let assets: Vec<MarketAsset> = store.rows_where(&id.filter(Filter::default()))?;
        let tells_balances = id.is_in(store, const { &BalanceChange::TABLE })?;
        let tells_collateral = id.is_in(store, const { &AccountSetting::TABLE })?;
        let telling = if tells_balances { Telling::Stepwise } else { Telling::Sampled };
        let feed = |asset| Feed::read(store, id, asset, telling, until);
        let feeds = assets.iter().map(feed).collect::<Result<Vec<_>, _>>()?;
        let parameters = Parameters::read(store, id, &assets, until)?;
        let series = Series::of(&feeds)?;
        let hours = Hours::of(series.span(), &assets, &feeds, &parameters);
        let fees = Fees::read(store, &id.chain, series.span(), until)?;
        let books = Books::read(store, &assets, series.span(), until)?;
        let id = id.clone();
        Ok(Self {
            id,
            assets,
            feeds,
            parameters,
            series,
            hours,
            fees,
            books,
            tells_balances,
            tells_collateral,
        })
    }

    /// The market's name.
    #[must_use]
    pub const fn id(&self) -> &MarketId {
        &self.id
    }

    /// The market's assets; an [`AssetId`](plimsoll_lending::AssetId) is a place in this list.
    #[must_use]
    pub fn assets(&self) -> &[MarketAsset] {
        &self.assets
    }

    /// The place of an asset.
    ///
    /// # Errors
    /// [`FeatureError::UnknownAsset`] if the market does not declare it.
    pub fn asset(&self, symbol: &str) -> Result<usize, FeatureError> {
        let place = self.assets.iter().position(|asset| asset.asset == symbol);
        place.ok_or_else(|| FeatureError::UnknownAsset {
            market: self.id.prefix(),
            asset: symbol.to_owned(),
            known: self.assets.iter().map(|a| a.asset.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    /// Whether the market tells how every balance moves, exactly; else balances are summed up from
    /// what owners did.
    pub(crate) const fn tells_balances(&self) -> bool {
        self.tells_balances
    }

    /// Whether owners say what counts as collateral; else all does that they put up.
    pub(crate) const fn tells_collateral(&self) -> bool {
        self.tells_collateral
    }

    /// How many of an asset's smallest units make a token.
    pub(crate) fn unit(&self, asset: usize) -> f64 {
        10_f64.powi(self.assets[asset].decimals.try_into().unwrap_or(i32::MAX))
    }

    /// Writes the prices the protocol acts on at `time_s`, oracle delay included, USD per token, of
    /// what an account holds or owes; the others stay.
    ///
    /// Returns false if one is not yet known.
    pub(crate) fn oracle_prices(&self, of: &Account, time_s: i64, prices: &mut [f64]) -> bool {
        self.prices(of, prices, |asset| time_s - i64::from(asset.oracle_delay_s))
    }

    /// Writes the latest prices published at `time_s`, USD per token, of what an account holds or
    /// owes: what a delayed oracle will act on next.
    pub(crate) fn spot_prices(&self, of: &Account, time_s: i64, prices: &mut [f64]) -> bool {
        self.prices(of, prices, |_| time_s)
    }

    fn prices(
        &self,
        of: &Account,
        prices: &mut [f64],
        known_at: impl Fn(&MarketAsset) -> i64,
    ) -> bool {
        let mut known = true;
        for asset in of.collateral.iter().chain(&of.debt).map(|holding| holding.asset.index()) {
            prices[asset] = self.feeds[asset].price_at(known_at(&self.assets[asset]));
            known &= prices[asset].is_finite();
        }
        known
    }

    /// The price the protocol acts on at `time_s`, USD per token; NaN before the first.
    pub(crate) fn oracle_price(&self, asset: usize, time_s: i64) -> f64 {
        self.feeds[asset].price_at(time_s - i64::from(self.assets[asset].oracle_delay_s))
    }

    /// The prices the protocol acts on at `time_s`, USD per token by asset; `None` before all are
    /// known.
    #[must_use]
    pub fn prices_at(&self, time_s: i64) -> Option<Vec<f64>> {
        let known_at = |asset: &MarketAsset| time_s - i64::from(asset.oracle_delay_s);
        let feeds = self.feeds.iter().zip(&self.assets);
        let prices: Vec<f64> = feeds.map(|(feed, asset)| feed.price_at(known_at(asset))).collect();
        prices.iter().all(|price| price.is_finite()).then_some(prices)
    }

    /// The reserves' own parameters in force at `time_s`, by asset; an account's may differ, see
    /// [`AccountState::reserves`](crate::AccountState::reserves).
    #[must_use]
    pub fn reserves(&self, time_s: i64) -> &[ReserveParameters] {
        self.parameters.reserves(time_s)
    }

    /// The first second after `time_s` at which a parameter changes.
    pub(crate) fn parameters_change_s(&self, time_s: i64) -> i64 {
        self.parameters.change_after(time_s)
    }

    /// The first whole hour of prices, since 1970, and how many there are.
    pub(crate) const fn hours(&self) -> (i64, usize) {
        self.series.span()
    }

    /// Share of its worth that selling so many tokens of an asset at once would lose, fee included,
    /// in the pool that loses least at the last whole hour; NaN where there is none.
    pub(crate) fn selling_cost(&self, asset: usize, tokens: f64, time_s: i64) -> f64 {
        self.books.selling_cost(asset, tokens, time_s)
    }

    /// Tokens of an asset that its deepest pool takes at a cost of 10 %; NaN where there is none.
    pub(crate) fn depth_tokens(&self, asset: usize, time_s: i64) -> f64 {
        self.books.depth_tokens(asset, time_s)
    }

    /// ln of the base fee at the last whole hour over its median of a week; NaN if not told.
    pub(crate) fn log_base_fee_over_median(&self, time_s: i64) -> f64 {
        self.fees.log_over_median(time_s)
    }

    /// What was known at a whole hour since 1970, by asset; `None` where no price was.
    pub(crate) fn at_hour(&self, hour: i64) -> Option<&[AssetHour]> {
        self.hours.at(hour)
    }

    /// What an efficiency mode overrides at `time_s`; `None` for number 0, which is none.
    pub(crate) fn emode(&self, number: u32, time_s: i64) -> Option<&Emode> {
        self.parameters.emode(number, time_s)
    }

    /// The interest index of one asset's debt.
    #[must_use]
    pub fn borrow_index(&self, asset: usize) -> &RateIndex {
        self.parameters.interest(asset).borrow_index()
    }

    /// The interest index of one asset's collateral at `time_s`; 1 where collateral earns nothing.
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

    /// What lenders of an asset earn at `time_s` over what borrowers pay; NaN if not told.
    pub(crate) fn supply_over_borrow_rate(&self, asset: usize, time_s: i64) -> f64 {
        self.parameters.interest(asset).supply_over_borrow_rate(time_s)
    }

    /// How prices had moved up to `time_s`; `None` before the first hour of prices.
    pub(crate) fn moves(&self, time_s: i64) -> Option<Moves<'_>> {
        self.series.at(time_s)
    }

    /// Whether an asset's price moved on most days of the month before `time_s`, or is not known for
    /// a day; one at par never does.
    #[must_use]
    pub fn is_volatile(&self, asset: AssetId, time_s: i64) -> bool {
        self.moves(time_s).is_some_and(|moves| moves.is_volatile(asset.index()))
    }

    /// The last second at which prices are known, of all assets that ever had one.
    #[must_use]
    pub fn priced_until_s(&self) -> Option<i64> {
        self.feeds.iter().filter_map(Feed::known_until_s).min()
    }
}

/// Whether an asset is held at one dollar by its protocol.
pub(crate) fn is_par(asset: &MarketAsset) -> bool {
    asset.price_source == PAR
}
