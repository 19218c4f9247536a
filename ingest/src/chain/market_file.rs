//! A market file: the chain, the protocol, and the address that all other contracts are found from.

pub(crate) mod keys;

use std::path::{Path, PathBuf};

use alloy_primitives::Address;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::ChainError;
use keys::{AAVE_V3, AaveV3Keys};

/// Prices without logs are read about every twenty minutes on a chain like Ethereum.
const SAMPLE_EVERY_BLOCKS: u64 = 100;

/// A market to ingest, described by a TOML file.
///
/// | Key | Meaning |
/// |---|---|
/// | `name` | The market's name in the lake |
/// | `chain_id` | The chain's number; an endpoint of another chain is rejected |
/// | `chain` | The chain's name in the lake; `chain-<id>` if absent |
/// | `protocol` | `aave-v3` or `morpho-blue` |
/// | `from_block` | The block of the protocol's deployment; searched for if absent |
/// | `sample_every_blocks` | How often prices without logs are read, in blocks; 100 if absent |
/// | `uniswap_v3_pools` | Pools to follow: addresses, or tables of `address` and `from_block` |
/// | others | The protocol's own: `addresses_provider` for Aave v3; `morpho`, `markets` for Morpho Blue |
#[derive(Debug, Clone)]
pub struct MarketFile {
    /// Its path.
    pub(crate) path: PathBuf,
    /// The keys of every protocol.
    pub(crate) common: CommonKeys,
    /// The protocol's own keys.
    protocol_keys: toml::Table,
}

/// The keys of every protocol.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CommonKeys {
    pub(crate) name: String,
    pub(crate) chain_id: u64,
    #[serde(default)]
    pub(crate) chain: String,
    pub(crate) protocol: String,
    pub(crate) from_block: Option<u64>,
    #[serde(default = "sample_every_blocks")]
    pub(crate) sample_every_blocks: u64,
    #[serde(default)]
    pub(crate) uniswap_v3_pools: Vec<PoolEntry>,
}

/// A pool, with the block of its creation if it is known.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum PoolEntry {
    Address(Address),
    #[serde(rename_all = "snake_case")]
    From {
        address: Address,
        from_block: u64,
    },
}

const COMMON_KEYS: [&str; 7] = [
    "name",
    "chain_id",
    "chain",
    "protocol",
    "from_block",
    "sample_every_blocks",
    "uniswap_v3_pools",
];

const fn sample_every_blocks() -> u64 {
    SAMPLE_EVERY_BLOCKS
}

impl MarketFile {
    /// Reads a market file.
    ///
    /// # Errors
    /// [`ChainError::MarketFile`] if it cannot be read or is invalid.
    pub fn read(path: &Path) -> Result<Self, ChainError> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| market_file_error(path, error.to_string()))?;
        Self::parse(path, &text)
    }

    /// Reads a market file's text; `path` is for messages.
    ///
    /// # Errors
    /// [`ChainError::MarketFile`] if it is invalid.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ChainError> {
        let explain =
            |error: toml::de::Error| market_file_error(path, format_toml_error(text, &error));
        let mut common: CommonKeys = toml::from_str(text).map_err(explain)?;
        let mut own: toml::Table = toml::from_str(text).map_err(explain)?;
        own.retain(|key, _| !COMMON_KEYS.contains(&key));
        if common.chain.is_empty() {
            common.chain = format!("chain-{}", common.chain_id);
        }
        for name in [&common.name, &common.chain] {
            if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
                return Err(market_file_error(
                    path,
                    format!("`{name}` may have letters, digits, - and _ only"),
                ));
            }
        }
        if common.sample_every_blocks == 0 {
            return Err(market_file_error(path, "sample_every_blocks must be at least 1".into()));
        }
        Ok(Self { path: path.to_owned(), common, protocol_keys: own })
    }

    /// The market's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.common.name
    }

    /// The chain's number.
    #[must_use]
    pub const fn chain_id(&self) -> u64 {
        self.common.chain_id
    }

    /// The chain's name in the lake.
    #[must_use]
    pub fn chain(&self) -> &str {
        &self.common.chain
    }

    /// The protocol.
    #[must_use]
    pub fn protocol(&self) -> &str {
        &self.common.protocol
    }

    /// The `PoolAddressesProvider` of a market of Aave v3.
    ///
    /// # Errors
    /// [`ChainError::MarketFile`] if the market is of another protocol.
    pub fn addresses_provider(&self) -> Result<Address, ChainError> {
        if self.protocol() != AAVE_V3 {
            return Err(self.error(format!("`{}` is not aave-v3", self.protocol())));
        }
        Ok(self.protocol_keys::<AaveV3Keys>()?.addresses_provider)
    }

    /// The protocol's own keys.
    pub(crate) fn protocol_keys<T: DeserializeOwned>(&self) -> Result<T, ChainError> {
        let own: Result<T, _> = self.protocol_keys.clone().try_into();
        own.map_err(|error| {
            market_file_error(&self.path, error.to_string().trim().replace('\n', " "))
        })
    }

    /// An error of this file.
    pub(crate) fn error(&self, problem: String) -> ChainError {
        market_file_error(&self.path, problem)
    }
}

/// A parser's error in one line, without its excerpt of the file.
fn format_toml_error(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().replace('\n', ", ");
    match error.span() {
        Some(span) if span.start > 0 => {
            let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
            format!("line {line}: {message}")
        }
        _ => message,
    }
}

fn market_file_error(path: &Path, problem: String) -> ChainError {
    ChainError::MarketFile { path: path.to_owned(), problem }
}
