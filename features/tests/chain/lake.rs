//! A lake with the tables of a chain, from the rows of a test.

use chrono::{DateTime, Utc};
use plimsoll_features::{FeatureError, ObservationPlan, Observations, Snapshot, observe};
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Block, Liquidation, MarketAsset, OraclePrice, PAR_PRICE_SOURCE,
    Pool, PoolLiquidity, PositionEvent, ReserveIndex, ReserveParameter, Row, by_name,
};
use plimsoll_lake::{CoveredRange, Partition, Store};

use super::chain_market::{BLOCK_S, ChainMarket, Timed, time};

/// The position of a row.
struct RowPosition<'a> {
    market: &'a ChainMarket,
    second: i64,
    log_index: u32,
}

impl RowPosition<'_> {
    fn block(&self) -> u64 {
        (self.second / BLOCK_S) as u64
    }

    fn time(&self) -> DateTime<Utc> {
        time(self.second)
    }

    fn account(&self, account: u8) -> String {
        self.market.account(account)
    }
}

/// Builds a row of a market; the fields of its position are the same in every table.
macro_rules! row {
    ($row:ident, $position:ident, { $($field:ident: $value:expr),* $(,)? }) => {
        $row {
            chain: "chain".into(),
            protocol: $position.market.protocol.into(),
            market: "main".into(),
            block: $position.block(),
            log_index: $position.log_index,
            time: $position.time(),
            $($field: $value),*
        }
    };
}

impl ChainMarket {
    pub(crate) fn observe(&self) -> Result<Observations, FeatureError> {
        let (_dir, store) = self.lake();
        observe(&store, &self.id(), &ObservationPlan::default())
    }

    /// The market at the end of the range that was read.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let (_dir, store) = self.lake();
        Snapshot::read(&store, &self.id(), None).expect("a snapshot")
    }

    pub(crate) fn lake(&self) -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::create(dir.path()).expect("a lake");
        merge_rows(&store, &self.partition(), CoveredRange::whole(), &self.market_assets());
        self.put_states(&store);
        self.put_actions(&store);
        self.put_pool(&store);
        self.put_blocks(&store);
        self.put_prices(&store);
        (dir, store)
    }

    fn partition(&self) -> [&str; 3] {
        ["chain", self.protocol, "main"]
    }

    /// Balances and settings of accounts, indexes and parameters of reserves.
    fn put_states(&self, store: &Store) {
        self.put_rows(store, &self.balances, |at, row| {
            row!(BalanceChange, at, {
                account: at.account(row.1), asset: row.2.into(), side: row.3.into(),
                scaled_exact: row.4, amount_exact: row.4, amount: f64::NAN,
            })
        });
        if let Some(settings) = &self.settings {
            self.put_rows(store, settings, |at, row| {
                row!(AccountSetting, at, {
                    account: at.account(row.1), setting: row.2.into(),
                    asset: row.3.map(Into::into), value: row.4,
                })
            });
        }
        self.put_rows(store, &self.indexes, |at, row| {
            row!(ReserveIndex, at, {
                asset: row.1.into(), liquidity_index: ray(row.2), borrow_index: ray(row.3),
                liquidity_rate: row.4, borrow_rate: row.5,
            })
        });
        self.put_rows(store, &self.parameters, |at, row| {
            row!(ReserveParameter, at, {
                tx: None, asset: row.1.into(), parameter: row.2.into(), value: row.3,
            })
        });
    }

    /// Actions of owners and of liquidators.
    fn put_actions(&self, store: &Store) {
        self.put_rows(store, &self.events, |at, row| {
            row!(PositionEvent, at, {
                tx: None, account: at.account(row.1), kind: row.2.into(),
                asset: Some(row.3.into()), amount_exact: Some(1), amount: Some(1e9),
            })
        });
        self.put_rows(store, &self.liquidations, |at, row| {
            row!(Liquidation, at, {
                tx: None, account: at.account(row.1), liquidator: None,
                collateral_asset: row.2.into(), collateral_exact: 1, collateral_amount: 1e9,
                debt_asset: row.3.into(), debt_exact: 1, debt_amount: 1e9, debt_scaled: None,
            })
        });
    }

    fn put_rows<T: Timed, R: Row>(
        &self,
        store: &Store,
        rows: &[T],
        row: impl Fn(RowPosition<'_>, &T) -> R,
    ) {
        let position =
            |log_index, row: &T| RowPosition { market: self, second: row.second(), log_index };
        let rows: Vec<_> =
            (0..).zip(rows).map(|(log_index, item)| row(position(log_index, item), item)).collect();
        let blocks = CoveredRange::blocks(0, (self.until_s / BLOCK_S) as u64).expect("in order");
        merge_rows(store, &self.partition(), blocks, &rows);
    }

    fn market_assets(&self) -> Vec<MarketAsset> {
        let asset = |&(symbol, decimals, par): &(&str, u32, bool)| MarketAsset {
            chain: "chain".into(),
            protocol: self.protocol.into(),
            market: "main".into(),
            asset: symbol.into(),
            address: None,
            decimals,
            price_source: if par { PAR_PRICE_SOURCE.into() } else { "oracle".into() },
            price_asset: symbol.into(),
            oracle_delay_s: 0,
            symbol: None,
            problem: None,
        };
        self.assets.iter().map(asset).collect()
    }

    /// A pool without a fee at 2,000 dollars for an ether.
    fn put_pool(&self, store: &Store) {
        if self.liquidity.is_empty() {
            return;
        }
        let pool = Pool {
            chain: "chain".into(),
            pool: "0x1".into(),
            token0: "0xa".into(),
            token1: "0xb".into(),
            symbol0: "WETH".into(),
            symbol1: "USDC".into(),
            decimals0: 18,
            decimals1: 6,
            fee: 0.0,
        };
        merge_rows(store, &["chain", "0x1"], CoveredRange::whole(), &[pool]);
        let event = |(log_index, &(second, delta)): (u32, &(i64, i128))| PoolLiquidity {
            chain: "chain".into(),
            pool: "0x1".into(),
            block: (second / BLOCK_S) as u64,
            log_index,
            time: time(second),
            kind: "mint".into(),
            tick: (2_000.0 * 1e6 / 1e18_f64).ln() / 1.0001_f64.ln(),
            liquidity: 0,
            tick_lower: Some(-887_270.0),
            tick_upper: Some(887_270.0),
            liquidity_delta: Some(delta),
            amount0: 0,
            amount1: 0,
        };
        let events: Vec<_> = (0..).zip(&self.liquidity).map(event).collect();
        let read = CoveredRange::blocks(0, (self.until_s / BLOCK_S) as u64).expect("in order");
        merge_rows(store, &["chain", "0x1"], read, &events);
    }

    fn put_blocks(&self, store: &Store) {
        let block = |&(second, gwei): &(i64, f64)| Block {
            chain: "chain".into(),
            block: (second / BLOCK_S) as u64,
            time: time(second),
            hash: format!("{second:#x}"),
            parent_hash: Some(String::new()),
            base_fee_gwei: Some(gwei),
        };
        let last = self.fees.last().map_or(0, |fee| fee.0).max(self.until_s);
        let read = CoveredRange::blocks(0, (last / BLOCK_S) as u64).expect("in order");
        if !self.fees.is_empty() {
            merge_rows(store, &["chain"], read, &self.fees.iter().map(block).collect::<Vec<_>>());
        }
    }

    fn put_prices(&self, store: &Store) {
        let price = |&(second, asset, price): &(i64, &str, f64)| OraclePrice {
            block: Some((second / BLOCK_S) as u64),
            ..OraclePrice::spot("oracle", asset, time(second), price)
        };
        let prices: Vec<_> = self.prices.iter().map(price).collect();
        let read = CoveredRange::times(time(0), time(self.until_s)).expect("in order");
        merge_rows(store, &["oracle"], read, &prices);
    }
}

fn merge_rows<R: Row>(store: &Store, partition: &[&str], range: CoveredRange, rows: &[R]) {
    let table = by_name(R::TABLE.name).expect("a table");
    let partition = Partition::new(table, partition).expect("plain names");
    store.merge(&partition, range, &R::to_batch(rows).expect("a batch")).expect("a merge");
}

fn ray(index: f64) -> i128 {
    (index * 1e27) as i128
}
