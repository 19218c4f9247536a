//! An example of a lending pool, and the features of its accounts.

use plimsoll_features::{AccountFeatures, AccountState, Snapshot};
use plimsoll_lake::tables::parameter::{LIQUIDATION_BONUS, LIQUIDATION_THRESHOLD, MAX_LTV};
use plimsoll_lake::tables::{kind, setting, side};

use super::chain_market::{ChainMarket, HOUR_S};

pub(crate) const ETHER: i128 = 1_000_000_000_000_000_000;
pub(crate) const DOLLAR: i128 = 1_000_000;
/// The price of one ether without price moves.
pub(crate) const PRICE: f64 = 2_000.0;

/// Account 1 has ten ether as collateral and a debt of 10,000 dollars from the first hour on.
pub(crate) fn example() -> ChainMarket {
    ChainMarket {
        protocol: "aave-v3",
        assets: vec![("LINK", 18, false), ("USDC", 6, false), ("WETH", 18, false)],
        prices: vec![(0, "USDC", 1.0), (0, "WETH", PRICE), (5 * HOUR_S + 60, "WETH", PRICE)],
        balances: vec![
            (HOUR_S, 1, "WETH", side::COLLATERAL, 10 * ETHER),
            (HOUR_S, 1, "USDC", side::DEBT, 10_000 * DOLLAR),
        ],
        settings: Some(vec![(HOUR_S, 1, setting::COLLATERAL, Some("WETH"), 1)]),
        indexes: vec![],
        parameters: vec![
            (0, "WETH", LIQUIDATION_THRESHOLD, 0.83),
            (0, "WETH", MAX_LTV, 0.80),
            (0, "WETH", LIQUIDATION_BONUS, 0.05),
        ],
        events: vec![(HOUR_S, 1, kind::DEPOSIT, "WETH"), (HOUR_S, 1, kind::BORROW, "USDC")],
        liquidations: vec![],
        fees: vec![],
        liquidity: vec![],
        until_s: 100 * HOUR_S,
    }
}

pub(crate) fn state(snapshot: &Snapshot, account: u8) -> &AccountState {
    &snapshot.states()[&format!("chain/{}/main/{account}", snapshot.market().id().protocol)]
}

pub(crate) fn compute_features(market: &ChainMarket, account: u8) -> AccountFeatures {
    let snapshot = market.snapshot();
    snapshot.compute_features(state(&snapshot, account)).expect("an open account")
}
