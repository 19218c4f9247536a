//! Markets of one name on two chains, and a market with an asset without a price.

use plimsoll_features::Snapshot;
use plimsoll_lake::Store;
use plimsoll_lake::tables::PositionEvent;

use super::lake::{AAVE, id, put_market, put_vaults};
use super::vaults::{Vaults, aave_accounts};
use super::with_lake;

/// The market with the name of [`AAVE`] on another chain.
pub(crate) const NAMESAKE: &str = "base/aave-v3/core";
/// A market whose asset LST has no price.
pub(crate) const UNPRICED: &str = "ethereum/aave-v3/lst";
/// A market without any price.
pub(crate) const PRICELESS: &str = "ethereum/morpho-blue/stranger";

/// The accounts of [`AAVE`], as those of another market.
fn accounts_of(name: &str, renamed: &dyn Fn(&str) -> String) -> Vaults {
    let market = id(name);
    let event = |event: PositionEvent| PositionEvent {
        chain: market.chain.clone(),
        protocol: market.protocol.clone(),
        market: market.market.clone(),
        account: event.account.replacen(AAVE, name, 1),
        asset: event.asset.as_deref().map(renamed),
        ..event
    };
    let Vaults { events, liquidations } = aave_accounts();
    Vaults { events: events.into_iter().map(event).collect(), liquidations }
}

/// The snapshots of both markets of one name.
pub(crate) fn namesakes() -> Vec<Snapshot> {
    read(|store| {
        let assets = [("ETH", 0.83, 0.01), ("USDC", 0.8, 0.03), ("WBTC", 0.75, 0.0)];
        put_market(store, NAMESAKE, &assets, &[]);
        put_vaults(store, NAMESAKE, &accounts_of(NAMESAKE, &str::to_owned));
        vec![snapshot(store, AAVE), snapshot(store, NAMESAKE)]
    })
}

/// A market in which one of two accounts has an asset without a price.
pub(crate) fn with_unpriced_asset() -> Snapshot {
    read(|store| {
        let assets = [("ETH", 0.83, 0.01), ("USDC", 0.8, 0.03), ("LST", 0.75, 0.0)];
        put_market(store, UNPRICED, &assets, &[]);
        let lst = |asset: &str| asset.replace("WBTC", "LST");
        put_vaults(store, UNPRICED, &accounts_of(UNPRICED, &lst));
        snapshot(store, UNPRICED)
    })
}

/// Adds a market of one asset without a price, and one at par.
pub(crate) fn fill_priceless(store: &Store) {
    put_market(store, PRICELESS, &[("DAI", 0.0, 0.02), ("LST", 0.8, 0.0)], &[]);
}

fn snapshot(store: &Store, name: &str) -> Snapshot {
    Snapshot::read(store, &id(name), None).expect("a snapshot")
}

fn read<T: Send>(read: impl FnOnce(&Store) -> T + Send) -> T {
    // Polars cannot be called from a test's runtime, which has only one thread.
    std::thread::scope(|scope| scope.spawn(|| with_lake(read)).join().expect("it is read"))
}
