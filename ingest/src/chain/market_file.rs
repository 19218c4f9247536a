//! A market file: which chain, which protocol, and the one address that all else follows from.

use std::path::{Path, PathBuf};

use alloy_primitives::Address;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::adapter::aave_v3;
use super::error::ChainError;

/// Where no log tells a price, it is read about every twenty minutes of a chain like Ethereum.
const SAMPLE_EVERY_BLOCKS: u64 = 100;

/// A market to ingest, as its TOML file says.
///
/// | Key | Meaning |
/// |---|---|
/// | `name` | The market's name in the lake |
/// | `chain_id` | The chain's number; an endpoint of another chain is refused |
/// | `chain` | The chain's name in the lake; `chain-<id>` if absent |
/// | `protocol` | `aave-v3` or `morpho-blue` |
/// | `from_block` | The block of the protocol's deployment; looked for if absent |
/// | `sample_every_blocks` | How often prices are read that no log tells; 100 if absent |
/// | `uniswap_v3_pools` | Pools to follow: addresses, or tables of `address` and `from_block` |
/// | others | The protocol's own: `addresses_provider` for Aave v3; `morpho`, `markets` for Morpho Blue |
#[derive(Debug, Clone)]
pub struct MarketFile {
    /// Where it was read from.
    pub(crate) path: PathBuf,
    /// The keys that every protocol has.
    pub(crate) common: CommonKeys,
    /// The protocol's own keys.
    protocol_keys: toml::Table,
}

/// The keys that every protocol has.
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
    /// [`ChainError::MarketFile`] if it cannot be read or says what cannot be meant.
    pub fn read(path: &Path) -> Result<Self, ChainError> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| market_file_error(path, error.to_string()))?;
        Self::parse(path, &text)
    }

    /// Reads a market file's text; `path` is for messages.
    ///
    /// # Errors
    /// [`ChainError::MarketFile`] if it says what cannot be meant.
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
    /// [`ChainError::MarketFile`] if it is another protocol's.
    pub fn addresses_provider(&self) -> Result<Address, ChainError> {
        if self.protocol() != aave_v3::PROTOCOL {
            return Err(self.error(format!("`{}` is not aave-v3", self.protocol())));
        }
        aave_v3::root(self)
    }

    /// The keys that are the protocol's own.
    pub(crate) fn protocol_keys<T: DeserializeOwned>(&self) -> Result<T, ChainError> {
        let own: Result<T, _> = self.protocol_keys.clone().try_into();
        own.map_err(|error| {
            market_file_error(&self.path, error.to_string().trim().replace('\n', " "))
        })
    }

    /// A fault of this file.
    pub(crate) fn error(&self, problem: String) -> ChainError {
        market_file_error(&self.path, problem)
    }
}

/// A reader's error without the picture of the place.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::adapter::StreamRoot;

    fn parse(text: &str) -> Result<MarketFile, ChainError> {
        MarketFile::parse(Path::new("market.toml"), text)
    }

    #[test]
    fn shipped_market_files_are_valid() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("markets");
        let mut names = std::collections::BTreeSet::new();
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let market = MarketFile::read(&path).expect("a market file");
            assert!(
                !StreamRoot::from_market_file(&market).expect("roots").is_empty(),
                "{}",
                path.display()
            );
            let name = (market.common.chain, market.common.protocol, market.common.name);
            assert!(names.insert(name), "{} repeats a name", path.display());
        }
        assert!(names.len() >= 10);
    }

    #[test]
    fn a_pool_is_an_address_or_a_table() {
        let text = r#"
            name = "core"
            chain_id = 5
            protocol = "aave-v3"
            addresses_provider = "0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e"
            uniswap_v3_pools = [
                "0x88e6A0c2dDD26FEEb64F039a2c41296FcB3f5640",
                { address = "0xCBCdF9626bC03E24f779434178A73a0B4bad62eD", from_block = 7 },
            ]
        "#;
        let market = parse(text).expect("a market file");
        assert_eq!(market.chain(), "chain-5");
        let roots = StreamRoot::from_market_file(&market).expect("roots");
        let from: Vec<_> = roots.iter().map(|root| root.from_block).collect();
        assert_eq!(from, [None, None, Some(7)]);
    }

    #[test]
    fn an_error_names_the_file_and_the_key() {
        let fault = |text: &str| {
            let roots =
                parse(text).and_then(|market| StreamRoot::from_market_file(&market).map(drop));
            roots.expect_err("a fault").to_string()
        };
        let base = "name = 'a'\nchain_id = 1\n";
        assert!(fault("name = 'a'").contains("missing field `chain_id`"));
        let unknown = fault(&format!("{base}protocol = 'compound'"));
        assert!(unknown.contains("market.toml") && unknown.contains("`compound`"), "{unknown}");
        let missing = fault(&format!("{base}protocol = 'aave-v3'"));
        assert!(missing.contains("missing field `addresses_provider`"), "{missing}");
        let stray = fault(&format!("{base}protocol = 'morpho-blue'\nmorfo = '0x1'"));
        assert!(stray.contains("unknown field `morfo`"), "{stray}");
        let name = fault("name = 'a/b'\nchain_id = 1\nprotocol = 'aave-v3'");
        assert!(name.contains("`a/b`"), "{name}");
    }
}
