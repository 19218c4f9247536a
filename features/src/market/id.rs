//! The name of a market, and the markets of a lake.

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{MarketAsset, Row};
use plimsoll_lake::{Filter, Partition, Store, Table};

use super::known_until::up_to;
use crate::error::FeatureError;

/// The name of a market in three parts.
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
    /// `<chain>/<protocol>/<market>`, the prefix of the market's account ids.
    #[must_use]
    pub fn name(&self) -> String {
        self.parts().join("/")
    }

    /// `<protocol>/<market>`, which markets of several chains may have.
    #[must_use]
    pub fn name_on_chain(&self) -> String {
        format!("{}/{}", self.protocol, self.market)
    }

    /// Chain, protocol and market.
    #[must_use]
    pub fn parts(&self) -> [&str; 3] {
        [&self.chain, &self.protocol, &self.market]
    }

    /// The market of a name with its chain, or of a name without it that only one of the markets has.
    ///
    /// # Errors
    /// [`FeatureError::UnknownMarket`] or [`FeatureError::AmbiguousMarket`], with the names to choose
    /// from.
    pub fn find<'a>(markets: &'a [Self], named: &str) -> Result<&'a Self, FeatureError> {
        if let Some(market) = markets.iter().find(|market| market.name() == named) {
            return Ok(market);
        }
        let names =
            |markets: &[&Self]| markets.iter().map(|id| id.name()).collect::<Vec<_>>().join(", ");
        let same: Vec<&Self> = markets.iter().filter(|id| id.name_on_chain() == named).collect();
        let named = named.to_owned();
        match same.as_slice() {
            [only] => Ok(only),
            [] => {
                let known = names(&markets.iter().collect::<Vec<_>>());
                Err(FeatureError::UnknownMarket { named, known })
            }
            several => Err(FeatureError::AmbiguousMarket { named, candidates: names(several) }),
        }
    }

    /// Narrows a filter to the market's partition.
    #[must_use]
    pub fn filter(&self, filter: Filter) -> Filter {
        let filter = filter.partition(MarketAsset::CHAIN, &self.chain);
        let filter = filter.partition(MarketAsset::PROTOCOL, &self.protocol);
        filter.partition(MarketAsset::MARKET, &self.market)
    }

    /// The files of the market with rows up to `until`; the reader drops later rows.
    pub(crate) fn filter_until(&self, until: Option<DateTime<Utc>>) -> Filter {
        let filter = self.filter(Filter::default());
        up_to(filter, until)
    }

    /// Whether a table was read for this market, even if it has no rows.
    pub(crate) fn has_table(
        &self,
        store: &Store,
        table: &'static Table,
    ) -> Result<bool, FeatureError> {
        store.check_files(table, &self.filter(Filter::default()))?;
        let own = |file: &plimsoll_lake::FileEntry| Self::from_partition(&file.partition) == *self;
        Ok(store.files(table)?.iter().any(own))
    }

    pub(crate) fn from_partition(partition: &Partition) -> Self {
        let value = |column| partition.value(column).unwrap_or_default().to_owned();
        let (chain, protocol) = (value(MarketAsset::CHAIN), value(MarketAsset::PROTOCOL));
        Self { chain, protocol, market: value(MarketAsset::MARKET) }
    }
}

/// Every market in the lake, in order of name, also one whose file of assets was removed: reading it
/// names the file.
///
/// # Errors
/// [`FeatureError::NoMarket`] if there is none, or the lake's own errors.
pub fn list_markets(store: &Store) -> Result<Vec<MarketId>, FeatureError> {
    let removed = store.partitions_with_removed_files(&MarketAsset::TABLE)?;
    let removed = removed.iter().map(MarketId::from_partition);
    let mut ids: Vec<_> = store
        .files(&MarketAsset::TABLE)?
        .iter()
        .map(|file| MarketId::from_partition(&file.partition))
        .chain(removed)
        .collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() { Err(FeatureError::NoMarket) } else { Ok(ids) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markets() -> Vec<MarketId> {
        [("base", "core"), ("ethereum", "core"), ("ethereum", "prime")]
            .map(|(chain, market)| MarketId {
                chain: chain.to_owned(),
                protocol: "aave-v3".to_owned(),
                market: market.to_owned(),
            })
            .into()
    }

    #[test]
    fn a_name_without_chain_is_accepted_while_one_market_has_it() {
        let markets = markets();
        let named = |name: &str| MarketId::find(&markets, name).map(MarketId::name);
        for full in ["base/aave-v3/core", "ethereum/aave-v3/core"] {
            assert_eq!(named(full).expect("a market"), full);
        }
        assert_eq!(named("aave-v3/prime").expect("a market"), "ethereum/aave-v3/prime");
        let error = named("aave-v3/core").expect_err("two have it").to_string();
        assert!(error.contains("base/aave-v3/core, ethereum/aave-v3/core"), "{error}");
        let error = named("core").expect_err("none has it").to_string();
        assert!(error.contains("ethereum/aave-v3/prime"), "{error}");
    }
}
