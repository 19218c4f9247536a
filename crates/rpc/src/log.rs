//! Logs as nodes return them, and filters of logs.

use alloy_primitives::{Address, B256, Bytes, U64};
use serde::Deserialize;
use serde_json::{Value, json};

/// The most topics a log can have.
const MAX_TOPICS: usize = 4;

/// One log of a contract, with its position on the chain.
///
/// Logs are equal whether or not the node returned the block's time with them.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RpcLog")]
pub struct Log {
    /// The contract that wrote it.
    pub address: Address,
    /// The event's signature, then its indexed parameters; at most 4.
    pub topics: Vec<B256>,
    /// The other parameters, ABI-encoded.
    pub data: Bytes,
    /// Number of the block.
    pub block: u64,
    /// Hash of the block.
    pub block_hash: B256,
    /// Hash of the transaction.
    pub tx: B256,
    /// Index among the block's logs, from 0.
    pub log_index: u32,
    /// The block's timestamp, Unix seconds; none if the node does not return it with logs.
    pub block_time_s: Option<u64>,
}

impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        let Self { address, topics, data, block, block_hash, tx, log_index, block_time_s: _ } =
            self;
        (block, log_index, block_hash, tx)
            == (&other.block, &other.log_index, &other.block_hash, &other.tx)
            && (address, topics, data) == (&other.address, &other.topics, &other.data)
    }
}

impl Eq for Log {}

/// Logs of any of the contracts with any of the signatures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogFilter {
    /// The contracts; an empty list matches no log.
    pub addresses: Vec<Address>,
    /// The signatures, which are the first topics; an empty list matches any.
    pub topics: Vec<B256>,
}

impl LogFilter {
    /// Whether the filter matches a log.
    #[must_use]
    pub fn matches(&self, log: &Log) -> bool {
        let signed = |topic: &B256| self.topics.contains(topic);
        self.addresses.contains(&log.address)
            && (self.topics.is_empty() || log.topics.first().is_some_and(signed))
    }

    /// The length of the longer one of its lists.
    pub(crate) fn longest_list(&self) -> usize {
        self.addresses.len().max(self.topics.len())
    }

    /// The parameters of `eth_getLogs` for the blocks `from..=to`.
    pub fn range_params(&self, from: u64, to: u64) -> Value {
        let place = json!({ "fromBlock": U64::from(from), "toBlock": U64::from(to) });
        self.with_addresses_and_topics(place)
    }

    /// The parameters of `eth_getLogs` for one block.
    pub fn block_params(&self, hash: B256) -> Value {
        self.with_addresses_and_topics(json!({ "blockHash": hash }))
    }

    fn with_addresses_and_topics(&self, mut filter: Value) -> Value {
        filter["address"] = json!(self.addresses);
        if !self.topics.is_empty() {
            filter["topics"] = json!([self.topics]);
        }
        json!([filter])
    }
}

/// A log in JSON-RPC.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RpcLog {
    address: Address,
    topics: Vec<B256>,
    data: Bytes,
    block_number: Option<U64>,
    block_hash: Option<B256>,
    transaction_hash: Option<B256>,
    log_index: Option<U64>,
    #[serde(default)]
    block_timestamp: Option<U64>,
    #[serde(default)]
    removed: bool,
}

/// Why a log is not on the chain.
#[derive(Debug, thiserror::Error)]
enum InvalidLog {
    #[error("a log of {0} is not in any block yet")]
    Pending(Address),
    #[error("a log of {0} was removed with its block")]
    Removed(Address),
    #[error("a log of {address} has {topics} topics, where {MAX_TOPICS} are the most")]
    TooManyTopics { address: Address, topics: usize },
    #[error("a log of {address} is number {index} of its block, beyond 32 bits")]
    LogIndexTooLarge { address: Address, index: U64 },
}

impl TryFrom<RpcLog> for Log {
    type Error = InvalidLog;

    fn try_from(wire: RpcLog) -> Result<Self, InvalidLog> {
        let address = wire.address;
        if wire.removed {
            return Err(InvalidLog::Removed(address));
        }
        if wire.topics.len() > MAX_TOPICS {
            return Err(InvalidLog::TooManyTopics { address, topics: wire.topics.len() });
        }
        let pending = || InvalidLog::Pending(address);
        let index = wire.log_index.ok_or_else(pending)?;
        Ok(Self {
            address,
            topics: wire.topics,
            data: wire.data,
            block: wire.block_number.ok_or_else(pending)?.to(),
            block_hash: wire.block_hash.ok_or_else(pending)?,
            tx: wire.transaction_hash.ok_or_else(pending)?,
            log_index: index
                .try_into()
                .map_err(|_| InvalidLog::LogIndexTooLarge { address, index })?,
            block_time_s: wire.block_timestamp.map(|time| time.to()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire() -> Value {
        json!({
            "address": "0x00000000000000000000000000000000000000aa",
            "topics": ["0x0000000000000000000000000000000000000000000000000000000000000001"],
            "data": "0x0102",
            "blockNumber": "0x10",
            "blockHash": "0x0000000000000000000000000000000000000000000000000000000000000002",
            "transactionHash": "0x0000000000000000000000000000000000000000000000000000000000000003",
            "transactionIndex": "0x0",
            "logIndex": "0x7",
            "removed": false,
            "blockTimestamp": "0x5",
        })
    }

    fn with(field: &str, value: Value) -> Result<Log, String> {
        let mut log = wire();
        log[field] = value;
        serde_json::from_value(log).map_err(|error| error.to_string())
    }

    #[test]
    fn log_is_read_with_its_position() {
        let log: Log = serde_json::from_value(wire()).unwrap();
        assert_eq!((log.block, log.log_index, log.data.len()), (16, 7, 2));
        assert_eq!(log.topics, [B256::with_last_byte(1)]);
        assert_eq!(log.block_time_s, Some(5));
        let mut without = wire();
        without.as_object_mut().unwrap().remove("blockTimestamp");
        let without: Log = serde_json::from_value(without).unwrap();
        assert_eq!((without.block_time_s, &without), (None, &log));
    }

    #[test]
    fn log_without_a_block_is_malformed() {
        assert!(with("blockNumber", Value::Null).unwrap_err().contains("not in any block"));
        assert!(with("blockHash", Value::Null).unwrap_err().contains("not in any block"));
        assert!(with("removed", json!(true)).unwrap_err().contains("removed"));
        assert!(with("topics", json!(vec![B256::ZERO; 5])).unwrap_err().contains("5 topics"));
        assert!(with("logIndex", json!("0x100000000")).unwrap_err().contains("32 bits"));
    }

    #[test]
    fn filter_matches_any_address_and_any_signature() {
        let log: Log = serde_json::from_value(wire()).unwrap();
        let addresses = vec![Address::ZERO, log.address];
        let filter = |topics: &[u8]| LogFilter {
            addresses: addresses.clone(),
            topics: topics.iter().copied().map(B256::with_last_byte).collect(),
        };
        assert!(filter(&[]).matches(&log) && filter(&[9, 1]).matches(&log));
        assert!(!filter(&[9]).matches(&log));
        assert!(!LogFilter { addresses: vec![], topics: vec![] }.matches(&log));
        let bare = Log { topics: vec![], ..log };
        assert!(filter(&[]).matches(&bare) && !filter(&[1]).matches(&bare));
    }
}
