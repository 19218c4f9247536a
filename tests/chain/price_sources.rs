//! Prices of sources that are no plain aggregators equal what the protocol's oracle answers.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use alloy_primitives::{Address, I256};
use alloy_sol_types::{SolCall, SolValue, sol};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{MarketAsset, OraclePrice};

use crate::support::cli::{Run, ingest, plimsoll_command};
use crate::support::miner::{Miner, SLOT_S};
use crate::support::solc::{Compiled, compile};

sol! {
    contract AaveOracle {
        function setAssetSources(address[] assets, address[] sources) external;
        function getAssetPrice(address asset) external view returns (uint256);
    }
    contract Sources {
        function transmit(int256 answer) external;
        function transmitSecondary() external;
        function setPriceCap(int256 cap) external;
        function setRatio(int256 ratio) external;
    }
}

/// The interval of calls without a trigger, blocks.
const SAMPLE_EVERY: u64 = 5;
const FILE: &str = "PriceSources.sol";

/// A dev-net of its own whose market takes prices from the test's contracts.
struct Testbed {
    miner: Miner,
    compiled: Compiled,
    admin: Address,
}

impl Testbed {
    fn start() -> Option<Self> {
        let miner = Miner::start("price-sources")?;
        let compiled = compile(&[(FILE, include_str!("contracts/PriceSources.sol"))]);
        let admin = miner.devnet.address("/roles/admin");
        Some(Self { miner, compiled, admin })
    }

    fn call<C: SolCall>(&mut self, to: Address, call: &C) {
        self.miner.call(self.admin, to, call);
    }

    fn deploy(&mut self, contract: &str, arguments: &[u8]) -> Address {
        let code = self.compiled.code(FILE, contract);
        self.miner.deploy(self.admin, &code, arguments)
    }

    fn pass(&mut self, blocks: u64) {
        self.miner.pass(blocks);
    }

    /// The market file with the test's interval of calls.
    fn market(&self) -> PathBuf {
        let text = fs::read_to_string(self.miner.devnet.aave()).unwrap();
        let path = self.miner.devnet.folder().join("price-sources.toml");
        fs::write(&path, format!("sample_every_blocks = {SAMPLE_EVERY}\n{text}")).unwrap();
        path
    }
}

/// An answer with 8 decimals.
fn dollars(dollars: i64) -> I256 {
    I256::try_from(dollars * 100_000_000).unwrap()
}

#[test]
fn prices_of_adapters_equal_the_oracles_answers() {
    let Some(mut testbed) = Testbed::start() else { return };
    let oracle = testbed.miner.devnet.address("/aave/oracle");
    let token = |symbol: &str| testbed.miner.devnet.address(&format!("/tokens/{symbol}"));
    let tokens = ["WETH", "WBTC", "USDC", "DAI"].map(token);
    // A dual aggregator behind a proxy, and adapters over that proxy.
    let dual = testbed.deploy("DualAggregator", &[]);
    testbed.call(dual, &Sources::transmitCall { answer: dollars(2_000) });
    testbed.call(dual, &Sources::transmitSecondaryCall {});
    let proxy = testbed.deploy("FeedProxy", &dual.abi_encode());
    let capped = testbed.deploy("CappedAdapter", &(proxy, dollars(2_100)).abi_encode());
    let provider = testbed.deploy("RatioProvider", &[]);
    let ratio = testbed.deploy("RatioAdapter", &(proxy, provider).abi_encode());
    let broken = testbed.deploy("BrokenSource", &[]);
    let sources = vec![proxy, capped, ratio, broken];
    let call = AaveOracle::setAssetSourcesCall { assets: tokens.to_vec(), sources };
    testbed.call(oracle, &call);
    let from = testbed.miner.devnet.node.head();

    // A primary answer alone, the secondary round three blocks later.
    testbed.call(dual, &Sources::transmitCall { answer: dollars(1_900) });
    testbed.pass(2);
    testbed.call(dual, &Sources::transmitSecondaryCall {});
    testbed.pass(3);
    // A primary answer that counts after the cutoff time, without a log.
    testbed.call(dual, &Sources::transmitCall { answer: dollars(1_850) });
    testbed.pass(9);
    // Above the cap, which grows; and a new cap.
    testbed.call(dual, &Sources::transmitCall { answer: dollars(2_300) });
    testbed.call(dual, &Sources::transmitSecondaryCall {});
    testbed.pass(7);
    testbed.call(capped, &Sources::setPriceCapCall { cap: dollars(2_250) });
    testbed.pass(3);
    // A ratio without a log.
    let more = I256::try_from(1_100_000_000_000_000_000_i64).unwrap();
    testbed.call(provider, &Sources::setRatioCall { ratio: more });
    testbed.pass(8);

    let lake = tempfile::tempdir().unwrap();
    let market = testbed.market();
    ingest(&market, &[testbed.miner.devnet.url()], lake.path(), &[]);
    let store = Store::open(lake.path()).unwrap();
    let head = testbed.miner.devnet.node.head();
    let blocks: Vec<u64> = (from..=head).collect();
    let onchain = |asset: Address| {
        let call = AaveOracle::getAssetPriceCall { asset };
        testbed.miner.devnet.node.call_over(oracle, &call, &blocks)
    };
    // The series over the oracle's answer, minus 1, at each block.
    let errors = |asset: Address| -> Vec<f64> {
        let series = series(&store, asset);
        let answers = onchain(asset).into_iter().map(|answer| f64::from(answer.unwrap()) / 1e8);
        let found = blocks.iter().map(|block| *series.range(..=block).next_back().unwrap().1);
        found.zip(answers).map(|(found, answer)| found / answer - 1.0).collect()
    };
    // Exact at every block, though the answer changes without a log of an answer.
    let weth = errors(tokens[0]);
    assert!(weth.iter().all(|error| error.abs() < 1e-12), "WETH from {from}: {weth:?}");
    // One block of each interval is sampled, so less than two intervals lie between two samples: off by
    // what the cap grows in that time at most.
    let growth = (2 * SAMPLE_EVERY * SLOT_S * 100) as f64 / 2_000e8;
    let wbtc = errors(tokens[1]);
    assert!(wbtc.iter().all(|error| error.abs() <= growth), "WBTC from {from}: {wbtc:?}");
    // Wrong for less than two intervals after the ratio changed.
    let usdc = errors(tokens[2]);
    let wrong = usdc.iter().filter(|error| error.abs() > 1e-12).count() as u64;
    assert!(wrong < 2 * SAMPLE_EVERY, "USDC from {from}: {usdc:?}");
    // The broken source keeps its last price, and nothing else stops.
    let broken = onchain(tokens[3]);
    assert!(broken.iter().all(Option::is_none));
    assert!(series(&store, tokens[3]).range(..from).next().is_some());
    assert_reconciled_prices(&testbed, &market, lake.path(), head);
}

/// `reconcile` reports each asset's error.
fn assert_reconciled_prices(
    testbed: &Testbed,
    market: &std::path::Path,
    lake: &std::path::Path,
    head: u64,
) {
    let mut command =
        plimsoll_command(&["reconcile", "--rpc", testbed.miner.devnet.url(), "--json"]);
    command.arg("--market").arg(market).arg("--lake").arg(lake);
    let run: Run = command.args(["--block", &head.to_string()]).output().expect("it runs").into();
    let report = run.json();
    let prices = report["prices"].as_array().expect("prices");
    let price = |asset: &str| prices.iter().find(|row| row["asset"] == asset).expect("an asset");
    assert!(price("WETH")["samples"].as_u64() > Some(10), "{report}");
    assert_eq!(price("WETH")["max_relative_error"], 0.0, "{report}");
    assert!(price("DAI")["missing"].as_u64() > Some(0), "{report}");
}

/// An asset's prices by block.
fn series(store: &Store, asset: Address) -> BTreeMap<u64, f64> {
    let assets = store.rows::<MarketAsset>().unwrap();
    let address = format!("{asset:#x}");
    let asset = assets.iter().find(|row| row.address.as_deref() == Some(&address)).unwrap();
    let rows = store.rows::<OraclePrice>().unwrap().into_iter();
    let own = rows.filter(|row| row.source == asset.price_source && row.asset == asset.price_asset);
    own.map(|row| (row.block.unwrap(), row.price_usd)).collect()
}
