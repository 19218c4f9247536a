//! The protocols that can be ingested: one adapter each.

pub(crate) mod aave_v3;
mod chainlink;
#[cfg(test)]
mod decoder_tests;
mod events;
mod morpho_blue;
pub(crate) mod stream_root;
#[cfg(test)]
mod test_addresses;
mod token;
mod uniswap_v3;

use plimsoll_lake::Table;

use super::error::ChainError;
use super::market_file::MarketFile;
use stream_root::{Adapter, StreamRoot};

/// Every lending protocol; a new one needs a file and an entry here.
const ADAPTERS: [&Adapter; 2] = [&aave_v3::ADAPTER, &morpho_blue::ADAPTER];

/// The tables that every stream of this name's protocol fills.
pub(crate) fn tables_for_stream(stream: &str) -> &'static [&'static Table] {
    let protocol = stream.split('.').next().unwrap_or_default();
    let mut adapters = ADAPTERS.into_iter().chain([const { &uniswap_v3::ADAPTER }]);
    adapters.find(|adapter| adapter.protocol == protocol).map_or(&[], |adapter| adapter.tables)
}

/// The streams of a market: its protocol's own, and one for each pool.
pub(crate) fn stream_roots(market: &MarketFile) -> Result<Vec<StreamRoot>, ChainError> {
    let protocol = market.common.protocol.as_str();
    let adapter = ADAPTERS.into_iter().find(|adapter| adapter.protocol == protocol);
    let adapter = adapter.ok_or_else(|| {
        let known: Vec<_> = ADAPTERS.iter().map(|adapter| adapter.protocol).collect();
        market.error(format!("protocol `{protocol}` is not one of {}", known.join(", ")))
    })?;
    let address = (adapter.root)(market)?;
    let own = StreamRoot::new(adapter, market.name(), address, market.common.from_block);
    let pools = market.common.uniswap_v3_pools.iter().map(uniswap_v3::pool_root);
    Ok(std::iter::once(own).chain(pools).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

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
            assert!(!stream_roots(&market).expect("roots").is_empty(), "{}", path.display());
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
        let roots = stream_roots(&market).expect("roots");
        let from: Vec<_> = roots.iter().map(|root| root.from_block).collect();
        assert_eq!(from, [None, None, Some(7)]);
    }

    #[test]
    fn an_error_names_the_file_and_the_key() {
        let error = |text: &str| {
            let roots = parse(text).and_then(|market| stream_roots(&market).map(drop));
            roots.expect_err("an error").to_string()
        };
        let base = "name = 'a'\nchain_id = 1\n";
        assert!(error("name = 'a'").contains("missing field `chain_id`"));
        let unknown = error(&format!("{base}protocol = 'compound'"));
        assert!(unknown.contains("market.toml") && unknown.contains("`compound`"), "{unknown}");
        let missing = error(&format!("{base}protocol = 'aave-v3'"));
        assert!(missing.contains("missing field `addresses_provider`"), "{missing}");
        let stray = error(&format!("{base}protocol = 'morpho-blue'\nmorfo = '0x1'"));
        assert!(stray.contains("unknown field `morfo`"), "{stray}");
        let name = error("name = 'a/b'\nchain_id = 1\nprotocol = 'aave-v3'");
        assert!(name.contains("`a/b`"), "{name}");
    }
}
