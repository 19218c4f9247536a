//! An aToken of release 3.0.0, the contract of `@aave/core-v3` 1.16.2, in a market of release 3.0.2.

use std::fs;

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolValue, sol};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{BalanceChange, MarketAsset};
use serde_json::Value;

use crate::support::cli::ingest;
use crate::support::devnet::devnet_sources;
use crate::support::miner::Miner;

sol! {
    struct InitReserveInput {
        address aTokenImpl;
        address stableDebtTokenImpl;
        address variableDebtTokenImpl;
        uint8 underlyingAssetDecimals;
        address interestRateStrategyAddress;
        address underlyingAsset;
        address treasury;
        address incentivesController;
        string aTokenName;
        string aTokenSymbol;
        string variableDebtTokenName;
        string variableDebtTokenSymbol;
        string stableDebtTokenName;
        string stableDebtTokenSymbol;
        bytes params;
    }
    struct Reserve {
        uint256 configuration;
        uint128 liquidityIndex;
        uint128 currentLiquidityRate;
        uint128 variableBorrowIndex;
        uint128 currentVariableBorrowRate;
        uint128 currentStableBorrowRate;
        uint40 lastUpdateTimestamp;
        uint16 id;
        address aTokenAddress;
        address stableDebtTokenAddress;
        address variableDebtTokenAddress;
        address interestRateStrategyAddress;
        uint128 accruedToTreasury;
        uint128 unbacked;
        uint128 isolationModeTotalDebt;
    }
    contract Market {
        function initReserves(InitReserveInput[] input) external;
        function configureReserveAsCollateral(address asset, uint256 ltv, uint256 threshold, uint256 bonus) external;
        function setReserveBorrowing(address asset, bool enabled) external;
        function setAssetSources(address[] assets, address[] sources) external;
        function getReserveData(address asset) external view returns (Reserve memory);
        function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode) external;
        function borrow(address asset, uint256 amount, uint256 mode, uint16 referralCode, address onBehalfOf) external;
    }
    contract Token {
        function mint(address account, uint256 value) external;
        function approve(address spender, uint256 amount) external;
        function transfer(address to, uint256 amount) external;
        function scaledBalanceOf(address user) external view returns (uint256);
    }
}

const YEAR_S: u64 = 31_536_000;

/// The code of a contract of a package, compiled by its authors.
fn artifact(package: &str, path: &str) -> Bytes {
    let folder = devnet_sources().join("node_modules").join(package).join("artifacts/contracts");
    let text = fs::read_to_string(folder.join(path)).expect("an artifact");
    let artifact: Value = serde_json::from_str(&text).expect("JSON");
    artifact["bytecode"].as_str().expect("code").parse().expect("linked code")
}

fn tokens(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

/// Lists a new token with an aToken of release 3.0.0; returns both.
fn list_reserve(miner: &mut Miner, admin: Address) -> (Address, Address) {
    let at = |miner: &Miner, pointer: &str| miner.devnet.address(pointer);
    let (pool, configurator) = (at(miner, "/aave/pool"), at(miner, "/aave/configurator"));
    let mock = artifact("@aave/core-v3", "mocks/tokens/MintableERC20.sol/MintableERC20.json");
    let arguments = ("First".to_owned(), "FIRST".to_owned(), U256::from(18)).abi_encode_params();
    let token = miner.deploy(admin, &mock, &arguments);
    let first = artifact("aave-core-v3-1.16.2", "protocol/tokenization/AToken.sol/AToken.json");
    let implementation = miner.deploy(admin, &first, &pool.abi_encode());
    let weth = Market::getReserveDataCall { asset: at(miner, "/tokens/WETH") };
    let weth = miner.devnet.node.call(pool, weth, miner.devnet.node.head());
    let name = |kind: &str| format!("{kind} FIRST");
    let input = InitReserveInput {
        aTokenImpl: implementation,
        stableDebtTokenImpl: at(miner, "/aave/implementations/stableDebt"),
        variableDebtTokenImpl: at(miner, "/aave/implementations/variableDebt"),
        underlyingAssetDecimals: 18,
        interestRateStrategyAddress: weth.interestRateStrategyAddress,
        underlyingAsset: token,
        treasury: at(miner, "/roles/treasury"),
        incentivesController: Address::ZERO,
        aTokenName: name("a"),
        aTokenSymbol: name("a"),
        variableDebtTokenName: name("v"),
        variableDebtTokenSymbol: name("v"),
        stableDebtTokenName: name("s"),
        stableDebtTokenSymbol: name("s"),
        params: vec![0x10].into(),
    };
    miner.call(admin, configurator, &Market::initReservesCall { input: vec![input] });
    let [ltv, threshold, bonus] = [8_000_u64, 8_250, 10_500].map(U256::from);
    let collateral =
        Market::configureReserveAsCollateralCall { asset: token, ltv, threshold, bonus };
    miner.call(admin, configurator, &collateral);
    miner.call(
        admin,
        configurator,
        &Market::setReserveBorrowingCall { asset: token, enabled: true },
    );
    let source = at(miner, "/aave/reserves/0/sources/0/proxy");
    let sources = Market::setAssetSourcesCall { assets: vec![token], sources: vec![source] };
    miner.call(admin, at(miner, "/aave/oracle"), &sources);
    let reserve = Market::getReserveDataCall { asset: token };
    let reserve = miner.devnet.node.call(pool, reserve, miner.devnet.node.head());
    (token, reserve.aTokenAddress)
}

#[test]
fn transfers_of_the_first_release_leave_the_contracts_balances() {
    let Some(mut miner) = Miner::start("first-release") else { return };
    let admin = miner.devnet.address("/roles/admin");
    let [ann, bob] = ["/users/0", "/users/1"].map(|user| miner.devnet.address(user));
    let (token, a_token) = list_reserve(&mut miner, admin);
    let pool = miner.devnet.address("/aave/pool");
    miner.call(admin, token, &Token::mintCall { account: ann, value: tokens(1_000) });
    miner.call(ann, token, &Token::approveCall { spender: pool, amount: U256::MAX });
    let supply = Market::supplyCall {
        asset: token,
        amount: tokens(1_000),
        onBehalfOf: ann,
        referralCode: 0,
    };
    miner.call(ann, pool, &supply);
    let borrow = Market::borrowCall {
        asset: token,
        amount: tokens(700),
        mode: U256::from(2),
        referralCode: 0,
        onBehalfOf: ann,
    };
    miner.call(ann, pool, &borrow);
    // Interest, so that scaled and other amounts differ.
    miner.wait(YEAR_S);
    miner.call(ann, a_token, &Token::transferCall { to: bob, amount: tokens(50) });
    miner.call(bob, a_token, &Token::transferCall { to: ann, amount: tokens(20) });
    let lake = tempfile::tempdir().unwrap();
    ingest(&miner.devnet.aave(), &[miner.devnet.url()], lake.path(), &[]);
    let rows = Store::open(lake.path()).unwrap().rows::<BalanceChange>().unwrap();
    let head = miner.devnet.node.head();
    let assets = Store::open(lake.path()).unwrap().rows::<MarketAsset>().unwrap();
    let first = &assets.iter().find(|asset| asset.symbol() == "FIRST").unwrap().asset;
    for owner in [ann, bob] {
        let suffix = format!("{owner:#x}");
        let own = rows.iter().filter(|row| {
            row.account.ends_with(&suffix) && row.asset == *first && row.side == "collateral"
        });
        let found: i128 = own.map(|row| row.scaled_exact).sum();
        let call = Token::scaledBalanceOfCall { user: owner };
        let expected = miner.devnet.node.call(a_token, call, head);
        assert_eq!(U256::try_from(found).unwrap(), expected, "{owner}");
        assert!(expected < tokens(980) && expected > tokens(20), "{expected}");
    }
}
