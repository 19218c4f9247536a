//! Block headers: the fields that verify logs.

use alloy_primitives::{B256, Bloom, U64};
use serde::{Deserialize, Deserializer};

use crate::log::Log;

/// A block's number, hashes, time and logs bloom.
///
/// A block that is known from its logs alone lacks what only a header has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// Its number.
    #[serde(deserialize_with = "quantity")]
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// The hash of the block before it; none if only logs of the block are known.
    pub parent_hash: Option<B256>,
    /// Its timestamp, Unix seconds.
    #[serde(rename = "timestamp", deserialize_with = "quantity")]
    pub time_s: u64,
    /// Bloom filter of the addresses and topics of all its logs; none if only logs of the block are
    /// known, or if the node computes no blooms (`"0x"`).
    #[serde(default, deserialize_with = "bloom")]
    pub logs_bloom: Option<Bloom>,
    /// Base fee per unit of gas, wei; none before EIP-1559.
    #[serde(rename = "baseFeePerGas", default, deserialize_with = "optional_quantity")]
    pub base_fee_wei: Option<u64>,
}

/// Characters of a bloom of 256 bytes, with `0x`.
const BLOOM_TEXT_LENGTH: usize = 2 + 2 * 256;

impl Header {
    /// The block of a log whose node returns the block's time with it.
    pub(crate) fn from_log(log: &Log) -> Option<Self> {
        Some(Self {
            number: log.block,
            hash: log.block_hash,
            parent_hash: None,
            time_s: log.block_time_s?,
            logs_bloom: None,
            base_fee_wei: None,
        })
    }

    /// Whether the bloom has no bit, as if the block had no logs.
    pub(crate) fn has_empty_bloom(&self) -> bool {
        self.logs_bloom.is_none_or(|bloom| bloom.is_zero())
    }
}

/// A bloom; none for `null`, `"0x"`, and other zeros that are too short.
fn bloom<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Bloom>, D::Error> {
    let Some(text) = Option::<std::borrow::Cow<'de, str>>::deserialize(value)? else {
        return Ok(None);
    };
    let is_zero = text.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b == b'0'));
    if is_zero && text.len() < BLOOM_TEXT_LENGTH {
        return Ok(None);
    }
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

fn quantity<'de, D: Deserializer<'de>>(value: D) -> Result<u64, D::Error> {
    U64::deserialize(value).map(|number| number.to())
}

fn optional_quantity<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u64>, D::Error> {
    Option::<U64>::deserialize(value).map(|number| number.map(|number| number.to()))
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
            "baseFeePerGas": "0x3b9aca07",
            "transactions": [],
        })
    }

    #[test]
    fn header_is_read_from_hexadecimal() {
        let header: Header = serde_json::from_value(wire()).unwrap();
        assert_eq!((header.number, header.time_s), (436, 1_438_271_100));
        assert_eq!(header.parent_hash, Some(B256::with_last_byte(1)));
        assert!(header.logs_bloom.is_some() && header.has_empty_bloom());
        assert_eq!(header.base_fee_wei, Some(1_000_000_007));
    }

    #[test]
    fn header_before_eip_1559_has_no_base_fee() {
        let mut absent = wire();
        absent.as_object_mut().unwrap().remove("baseFeePerGas");
        let mut null = wire();
        null["baseFeePerGas"] = Value::Null;
        for early in [absent, null] {
            assert_eq!(serde_json::from_value::<Header>(early).unwrap().base_fee_wei, None);
        }
    }

    #[test]
    fn base_fee_that_is_no_quantity_is_malformed() {
        for fee in [json!("cheap"), json!("-0x1"), json!("0x10000000000000000"), json!(0.5)] {
            let mut header = wire();
            header["baseFeePerGas"] = fee.clone();
            let error = serde_json::from_value::<Header>(header).unwrap_err().to_string();
            assert!(error.contains("8 byte hex string"), "{fee}: {error}");
        }
    }

    #[test]
    fn node_without_blooms_is_read() {
        for bloom in [json!("0x"), json!("0x00"), Value::Null] {
            let mut header = wire();
            header["logsBloom"] = bloom;
            let header: Header = serde_json::from_value(header).unwrap();
            assert!(header.logs_bloom.is_none() && header.has_empty_bloom());
        }
        let mut absent = wire();
        absent.as_object_mut().unwrap().remove("logsBloom");
        assert_eq!(serde_json::from_value::<Header>(absent).unwrap().logs_bloom, None);
        let mut short = wire();
        short["logsBloom"] = json!("0x01");
        serde_json::from_value::<Header>(short).unwrap_err();
    }

    #[test]
    fn header_of_a_pending_block_is_malformed() {
        for field in ["number", "hash"] {
            let mut pending = wire();
            pending[field] = Value::Null;
            serde_json::from_value::<Header>(pending).unwrap_err();
        }
    }
}
