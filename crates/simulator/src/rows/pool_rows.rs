//! Rows of pools against a stablecoin, as of Uniswap v3 with one position over all ticks.

use plimsoll_lake::tables::{Pool, PoolLiquidity};
use plimsoll_lake::{DecodedRows, format_address};

use super::addresses::{AddressKind, address};
use super::builder::RowBuilder;
use super::log_cursor::LogCursor;
use crate::asset::{ASSET_CONFIGS, AssetIndex, UNITS_PER_TOKEN};
use crate::borrower::{POOL_FEE_RATE, pool_reserve_usd};
use crate::clock::TICKS_PER_HOUR;

/// The stablecoin that pools trade against.
const QUOTE_ASSET: AssetIndex = 5;
/// The assets with a pool.
const POOL_ASSETS: [AssetIndex; 5] = [0, 1, 2, 3, 4];
/// Largest tick of a pool with spacing 10, as for a fee of 0.05 %.
const MAX_TICK: f64 = 887_270.0;

/// A pool at one hour, in smallest units.
#[derive(Debug, Clone, Copy)]
struct PoolState {
    /// Square root of the price, token 1 per token 0.
    sqrt_price: f64,
    liquidity: f64,
}

impl RowBuilder<'_> {
    /// Every pool.
    pub(crate) fn pools(&self) -> Vec<Pool> {
        let seed = self.simulation.seed;
        let pool = |traded: AssetIndex| {
            let [token0, token1] = sorted_tokens(seed, traded);
            Pool {
                chain: self.market.chain.clone(),
                pool: format_address(address(seed, AddressKind::Pool(traded))),
                token0: format_address(address(seed, AddressKind::Token(token0))),
                token1: format_address(address(seed, AddressKind::Token(token1))),
                symbol0: ASSET_CONFIGS[token0].symbol.to_owned(),
                symbol1: ASSET_CONFIGS[token1].symbol.to_owned(),
                decimals0: ASSET_CONFIGS[token0].decimals,
                decimals1: ASSET_CONFIGS[token1].decimals,
                fee: POOL_FEE_RATE,
            }
        };
        POOL_ASSETS.into_iter().map(pool).collect()
    }

    /// Every hour the price changes first, then the liquidity.
    pub(super) fn pool_rows(&self, tick: usize, cursor: &mut LogCursor, rows: &mut DecodedRows) {
        if !tick.is_multiple_of(TICKS_PER_HOUR) || tick >= self.history.path.end_tick() {
            return;
        }
        for traded in POOL_ASSETS {
            let now = self.pool_state(traded, tick);
            let Some(before) =
                tick.checked_sub(TICKS_PER_HOUR).map(|hour| self.pool_state(traded, hour))
            else {
                let none = PoolState { liquidity: 0.0, ..now };
                rows.pool_liquidity.push(self.pool_row(
                    cursor.next_log(),
                    traded,
                    none,
                    "initialize",
                ));
                rows.pool_liquidity.push(self.liquidity_change_row(
                    cursor.next_log(),
                    traded,
                    none,
                    now,
                ));
                continue;
            };
            let swapped = PoolState { liquidity: before.liquidity, ..now };
            rows.pool_liquidity.push(self.swap_row(cursor.next_log(), traded, before, swapped));
            rows.pool_liquidity.push(self.liquidity_change_row(
                cursor.next_log(),
                traded,
                swapped,
                now,
            ));
        }
    }

    fn pool_state(&self, traded: AssetIndex, tick: usize) -> PoolState {
        let path = &self.history.path;
        let (price, hour) = (path.spot_usd(traded, tick.max(1)), path.hour_at(tick + 1));
        // A constant product over all ticks: its liquidity is the square root of the product of its
        // reserves.
        let dollars = pool_reserve_usd(hour.depth_usd[traded]) * UNITS_PER_TOKEN[QUOTE_ASSET];
        let tokens = dollars / UNITS_PER_TOKEN[QUOTE_ASSET] / price * UNITS_PER_TOKEN[traded];
        let [token0, _] = sorted_tokens(self.simulation.seed, traded);
        let ratio = if token0 == traded { dollars / tokens } else { tokens / dollars };
        PoolState { sqrt_price: ratio.sqrt(), liquidity: (dollars * tokens).sqrt().round() }
    }

    fn swap_row(
        &self,
        cursor: LogCursor,
        traded: AssetIndex,
        before: PoolState,
        after: PoolState,
    ) -> PoolLiquidity {
        let row = self.pool_row(cursor, traded, after, "swap");
        let entered = |now: f64, then: f64| (before.liquidity * (now - then)).round() as i128;
        PoolLiquidity {
            amount0: entered(1.0 / after.sqrt_price, 1.0 / before.sqrt_price),
            amount1: entered(after.sqrt_price, before.sqrt_price),
            ..row
        }
    }

    fn liquidity_change_row(
        &self,
        cursor: LogCursor,
        traded: AssetIndex,
        before: PoolState,
        after: PoolState,
    ) -> PoolLiquidity {
        // Exact, so that the changes add up to the liquidity.
        let delta = after.liquidity as i128 - before.liquidity as i128;
        let row = self.pool_row(cursor, traded, after, if delta < 0 { "burn" } else { "mint" });
        PoolLiquidity {
            tick_lower: Some(-MAX_TICK),
            tick_upper: Some(MAX_TICK),
            liquidity_delta: Some(delta),
            amount0: (delta as f64 / after.sqrt_price).round() as i128,
            amount1: (delta as f64 * after.sqrt_price).round() as i128,
            ..row
        }
    }

    fn pool_row(
        &self,
        cursor: LogCursor,
        traded: AssetIndex,
        depth: PoolState,
        kind: &str,
    ) -> PoolLiquidity {
        PoolLiquidity {
            chain: self.market.chain.clone(),
            pool: format_address(address(self.simulation.seed, AddressKind::Pool(traded))),
            block: cursor.block,
            log_index: cursor.log_index,
            time: cursor.time,
            kind: kind.to_owned(),
            tick: 2.0 * depth.sqrt_price.ln() / 1.0001_f64.ln(),
            liquidity: depth.liquidity as i128,
            tick_lower: None,
            tick_upper: None,
            liquidity_delta: None,
            amount0: 0,
            amount1: 0,
        }
    }
}

/// A pool's tokens, ordered by address.
fn sorted_tokens(seed: u64, traded: AssetIndex) -> [AssetIndex; 2] {
    let token = |asset| address(seed, AddressKind::Token(asset));
    if token(traded) < token(QUOTE_ASSET) { [traded, QUOTE_ASSET] } else { [QUOTE_ASSET, traded] }
}
