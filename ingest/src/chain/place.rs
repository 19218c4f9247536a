//! Where a row belongs: chain, protocol, market, block, log.

use alloy_primitives::{Address, B256};
use chrono::{DateTime, Utc};

use super::header::Header;
use super::log::Log;

/// A market's name in three parts, and the account ids within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarketName {
    pub(crate) chain: String,
    pub(crate) protocol: String,
    pub(crate) market: String,
}

impl MarketName {
    /// An account's id, `<protocol>/<market>/<address>`.
    pub(crate) fn account(&self, owner: Address) -> String {
        format!("{}/{}/{}", self.protocol, self.market, hex(owner))
    }

    /// The values of partitions by chain, protocol and market.
    pub(crate) fn partition(&self) -> [&str; 3] {
        [&self.chain, &self.protocol, &self.market]
    }

    /// The `source` of the market's own prices.
    pub(crate) fn price_source(&self) -> String {
        format!("{}.{}.{}", self.chain, self.protocol, self.market)
    }
}

/// An address as tables hold it: 0x-prefixed, lower case.
pub(crate) fn hex(address: Address) -> String {
    format!("{address:#x}")
}

/// A hash as tables hold it: 0x-prefixed, lower case.
pub(crate) fn hash(hash: B256) -> String {
    format!("{hash:#x}")
}

/// A block's time.
pub(crate) fn time(header: &Header) -> DateTime<Utc> {
    let seconds = i64::try_from(header.time_s).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A log's place, as the tables' columns want it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) block: u64,
    pub(crate) log_index: u32,
    pub(crate) tx: String,
    pub(crate) time: DateTime<Utc>,
}

impl Place {
    pub(crate) fn of(log: &Log, header: &Header) -> Self {
        let Log { block, log_index, tx, .. } = *log;
        Self { block, log_index, tx: hash(tx), time: time(header) }
    }
}
