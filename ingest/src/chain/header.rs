//! Block headers, as far as they are needed to trust the logs.

use alloy_primitives::{B256, Bloom, U64};
use serde::{Deserialize, Deserializer};

/// A block's place, time and promise of logs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// Its number.
    #[serde(deserialize_with = "quantity")]
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// The hash of the block before it.
    pub parent_hash: B256,
    /// When it was made, seconds since 1970.
    #[serde(rename = "timestamp", deserialize_with = "quantity")]
    pub time_s: u64,
    /// Holds the addresses and topics of all its logs, and some others by chance.
    pub logs_bloom: Bloom,
}

fn quantity<'de, D: Deserializer<'de>>(value: D) -> Result<u64, D::Error> {
    U64::deserialize(value).map(|number| number.to())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn wire() -> Value {
        json!({
            "number": "0x1b4",
            "hash": B256::with_last_byte(2),
            "parentHash": B256::with_last_byte(1),
            "timestamp": "0x55ba467c",
            "logsBloom": Bloom::ZERO,
            "transactions": [],
        })
    }

    #[test]
    fn header_is_read_from_hexadecimal() {
        let header: Header = serde_json::from_value(wire()).unwrap();
        assert_eq!((header.number, header.time_s), (436, 1_438_271_100));
        assert_eq!(header.parent_hash, B256::with_last_byte(1));
    }

    #[test]
    fn pending_block_is_malformed() {
        for field in ["number", "hash", "logsBloom"] {
            let mut pending = wire();
            pending[field] = Value::Null;
            serde_json::from_value::<Header>(pending).unwrap_err();
        }
    }
}
