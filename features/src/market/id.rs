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
    /// `<protocol>/<market>`, the prefix of the market's account ids.
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
        Ok(store.files(table)?.iter().any(|file| Self::from_partition(&file.partition) == *self))
    }

    pub(crate) fn from_partition(partition: &Partition) -> Self {
        let value = |column| partition.value(column).unwrap_or_default().to_owned();
        let (chain, protocol) = (value(MarketAsset::CHAIN), value(MarketAsset::PROTOCOL));
        Self { chain, protocol, market: value(MarketAsset::MARKET) }
    }
}

/// Every market in the lake.
///
/// # Errors
/// [`FeatureError::NoMarket`] if there is none, [`plimsoll_lake::LakeError::MissingFile`] if the file of
/// one was removed, or the lake's own errors.
pub fn list_markets(store: &Store) -> Result<Vec<MarketId>, FeatureError> {
    store.check_files(&MarketAsset::TABLE, &Filter::default())?;
    let ids: Vec<_> = store
        .files(&MarketAsset::TABLE)?
        .iter()
        .map(|file| MarketId::from_partition(&file.partition))
        .collect();
    if ids.is_empty() { Err(FeatureError::NoMarket) } else { Ok(ids) }
}
