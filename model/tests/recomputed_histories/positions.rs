//! New positions on a grid of health factors and debts, as in the table of docs/results.md.

use plimsoll_features::{AccountFeatures, Snapshot};

use crate::market::TestMarket;

pub(crate) const HEALTH_FACTORS: [f64; 17] =
    [0.8, 0.9, 0.95, 0.98, 0.99, 1.0, 1.01, 1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0, 32.0];
pub(crate) const DEBTS_USD: [f64; 3] = [50.0, 2_000.0, 200_000.0];

/// A position in ether against USDC, opened at the time of the snapshot.
fn new_position(snapshot: &Snapshot, debt_usd: f64, health_factor: f64) -> AccountFeatures {
    let assets = snapshot.market().assets().len();
    let index = |symbol| snapshot.market().asset_index(symbol).expect("an asset");
    let with = |collateral: f64, debt: f64| {
        let (mut held, mut owed) = (vec![0.0; assets], vec![0.0; assets]);
        (held[index("WETH")], owed[index("USDC")]) = (collateral, debt);
        snapshot.compute_features(&snapshot.newly_opened(held, owed)).expect("open")
    };
    let known = with(1.0, 1_000.0);
    let share = debt_usd / known.debt_usd;
    // Rounding must not move a health factor of 1 below the threshold.
    let collateral = share * health_factor / known.health_factor * (1.0 + 1e-9);
    with(collateral, share * 1_000.0)
}

/// Positions with one debt by health factor, at the last snapshot of a market.
pub(crate) fn by_health_factor(market: &TestMarket, debt_usd: f64) -> Vec<AccountFeatures> {
    let snapshot = market.snapshots.last().expect("snapshots");
    HEALTH_FACTORS.map(|health| new_position(snapshot, debt_usd, health)).to_vec()
}
