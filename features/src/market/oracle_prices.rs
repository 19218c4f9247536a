//! Prices of a market's assets: those that the protocol uses, and those of the market.

use plimsoll_lake::tables::MarketAsset;
use plimsoll_lending::Account;

use super::Market;
use super::hourly_prices::HourlyPrices;
use super::price_feed::PriceFeed;
use super::reference_prices::OracleDeparture;

impl Market {
    /// Writes the oracle prices at `time_s`, delay included, USD per token, of an account's assets;
    /// other entries are unchanged.
    ///
    /// Returns false if one is not yet known.
    pub(crate) fn write_oracle_prices(
        &self,
        account: &Account,
        time_s: i64,
        prices: &mut [f64],
    ) -> bool {
        self.write_prices(account, prices, |asset| time_s - i64::from(asset.oracle_delay_s))
    }

    /// Writes the latest prices published at `time_s`, USD per token, of an account's assets; a
    /// delayed oracle uses them next.
    pub(crate) fn write_spot_prices(
        &self,
        account: &Account,
        time_s: i64,
        prices: &mut [f64],
    ) -> bool {
        self.write_prices(account, prices, |_| time_s)
    }

    fn write_prices(
        &self,
        account: &Account,
        prices: &mut [f64],
        known_at: impl Fn(&MarketAsset) -> i64,
    ) -> bool {
        let mut known = true;
        for asset in
            account.collateral.iter().chain(&account.debt).map(|holding| holding.asset.index())
        {
            prices[asset] = self.feeds[asset].price_at(known_at(&self.assets()[asset]));
            known &= prices[asset].is_finite();
        }
        known
    }

    /// The oracle price at `time_s`, delay included, USD per token; NaN before the first.
    #[must_use]
    pub fn oracle_price(&self, asset: usize, time_s: i64) -> f64 {
        self.feeds[asset].price_at(time_s - i64::from(self.assets()[asset].oracle_delay_s))
    }

    /// The oracle prices at `time_s`, delay included, USD per token by asset; `None` before all are
    /// known.
    #[must_use]
    pub fn oracle_prices_at(&self, time_s: i64) -> Option<Vec<f64>> {
        let known_at = |asset: &MarketAsset| time_s - i64::from(asset.oracle_delay_s);
        let feeds = self.feeds.iter().zip(self.assets());
        let prices: Vec<f64> = feeds.map(|(feed, asset)| feed.price_at(known_at(asset))).collect();
        prices.iter().all(|price| price.is_finite()).then_some(prices)
    }

    /// An asset's published prices by hour, over all hours of the market, with the market's price where
    /// the source departs from it.
    #[must_use]
    pub fn hourly_prices(&self, asset: usize) -> HourlyPrices {
        let span = self.series.hour_span();
        match (&self.feeds[asset], &self.clean_quotes[asset]) {
            (PriceFeed::Par, _) => HourlyPrices::par(span),
            (_, Some(clean)) => HourlyPrices::from_quotes(clean, span),
            (PriceFeed::Quoted(quotes), None) => HourlyPrices::from_quotes(quotes, span),
        }
    }

    /// How the price that the protocol uses at `time_s` departs from the market: it is more than 10 %
    /// outside the range of another source over the three hours before. `None` if it does not, or
    /// without another source in the lake.
    #[must_use]
    pub fn oracle_departure(&self, asset: usize, time_s: i64) -> Option<OracleDeparture> {
        let reference = self.references[asset].as_ref()?;
        let price_usd = self.oracle_price(asset, time_s);
        let clean = self.clean_quotes[asset].as_ref()?;
        let known_s = time_s - i64::from(self.assets()[asset].oracle_delay_s);
        let is_market = clean.price_at(known_s) == Some(price_usd);
        let departure = reference.departure(price_usd, time_s)?;
        (reference.is_certain || !is_market).then_some(departure)
    }
}
