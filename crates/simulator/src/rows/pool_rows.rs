//! Pools of what floats against dollars, as Uniswap v3 tells of them: one position over all ticks.

use plimsoll_lake::tables::{Pool, PoolLiquidity};

use super::super::asset::{ASSET, AssetIndex};
use super::super::borrower::{POOL_FEE, reserve_usd};
use super::super::clock::HOUR;
use super::super::names::{Name, address};
use super::{Place, Scribe};
use plimsoll_lake::hex;
use plimsoll_lake::Rows;

/// The dollar that pools trade against.
const DOLLAR: AssetIndex = 5;
/// What is traded against it.
const TRADED: [AssetIndex; 5] = [0, 1, 2, 3, 4];
/// The widest ticks of a pool with spacing 10, as a fee of 0.05 % has.
const WIDEST: f64 = 887_270.0;

/// A pool at one hour, in smallest units.
#[derive(Debug, Clone, Copy)]
struct Depth {
    /// Square root of the price, token 1 per token 0.
    root: f64,
    liquidity: f64,
}

impl Scribe<'_> {
    /// Every pool.
    pub(in super::super) fn pools(&self) -> Vec<Pool> {
        let seed = self.simulation.seed;
        let pool = |traded: AssetIndex| {
            let [token0, token1] = order(seed, traded);
            Pool {
                chain: self.name.chain.clone(),
                pool: hex(address(seed, Name::Pool(traded))),
                token0: hex(address(seed, Name::Token(token0))),
                token1: hex(address(seed, Name::Token(token1))),
                symbol0: ASSET[token0].symbol.to_owned(),
                symbol1: ASSET[token1].symbol.to_owned(),
                decimals0: ASSET[token0].decimals,
                decimals1: ASSET[token1].decimals,
                fee: POOL_FEE,
            }
        };
        TRADED.into_iter().map(pool).collect()
    }

    /// Every hour the price moves first, then the liquidity.
    pub(super) fn pool_rows(&self, tick: usize, place: &mut Place, rows: &mut Rows) {
        if !tick.is_multiple_of(HOUR) || tick >= self.history.path.until() {
            return;
        }
        for traded in TRADED {
            let now = self.depth(traded, tick);
            let Some(before) = tick.checked_sub(HOUR).map(|hour| self.depth(traded, hour)) else {
                let none = Depth { liquidity: 0.0, ..now };
                rows.pool_liquidity.push(self.row(place.next(), traded, none, "initialize"));
                rows.pool_liquidity.push(self.moved(place.next(), traded, none, now));
                continue;
            };
            let swapped = Depth { liquidity: before.liquidity, ..now };
            rows.pool_liquidity.push(self.swap(place.next(), traded, before, swapped));
            rows.pool_liquidity.push(self.moved(place.next(), traded, swapped, now));
        }
    }

    fn depth(&self, traded: AssetIndex, tick: usize) -> Depth {
        let path = &self.history.path;
        let (price, hour) = (path.spot(traded, tick.max(1)), path.hour(tick + 1));
        // A constant product over all ticks: its liquidity is the root of its reserves' product.
        let dollars = reserve_usd(hour.depth_usd[traded]) * ASSET[DOLLAR].unit();
        let tokens = dollars / ASSET[DOLLAR].unit() / price * ASSET[traded].unit();
        let [token0, _] = order(self.simulation.seed, traded);
        let ratio = if token0 == traded { dollars / tokens } else { tokens / dollars };
        Depth { root: ratio.sqrt(), liquidity: (dollars * tokens).sqrt().round() }
    }

    fn swap(&self, place: Place, traded: AssetIndex, before: Depth, after: Depth) -> PoolLiquidity {
        let row = self.row(place, traded, after, "swap");
        let entered = |now: f64, then: f64| (before.liquidity * (now - then)).round() as i128;
        PoolLiquidity {
            amount0: entered(1.0 / after.root, 1.0 / before.root),
            amount1: entered(after.root, before.root),
            ..row
        }
    }

    fn moved(
        &self,
        place: Place,
        traded: AssetIndex,
        before: Depth,
        after: Depth,
    ) -> PoolLiquidity {
        // Exact, so that changes add up to what is told.
        let delta = after.liquidity as i128 - before.liquidity as i128;
        let row = self.row(place, traded, after, if delta < 0 { "burn" } else { "mint" });
        PoolLiquidity {
            tick_lower: Some(-WIDEST),
            tick_upper: Some(WIDEST),
            liquidity_delta: Some(delta),
            amount0: (delta as f64 / after.root).round() as i128,
            amount1: (delta as f64 * after.root).round() as i128,
            ..row
        }
    }

    fn row(&self, place: Place, traded: AssetIndex, depth: Depth, kind: &str) -> PoolLiquidity {
        PoolLiquidity {
            chain: self.name.chain.clone(),
            pool: hex(address(self.simulation.seed, Name::Pool(traded))),
            block: place.block,
            log_index: place.log_index,
            time: place.time,
            kind: kind.to_owned(),
            tick: 2.0 * depth.root.ln() / 1.0001_f64.ln(),
            liquidity: depth.liquidity as i128,
            tick_lower: None,
            tick_upper: None,
            liquidity_delta: None,
            amount0: 0,
            amount1: 0,
        }
    }
}

/// A pool's tokens in the order of their addresses.
fn order(seed: u64, traded: AssetIndex) -> [AssetIndex; 2] {
    let token = |asset| address(seed, Name::Token(asset));
    if token(traded) < token(DOLLAR) { [traded, DOLLAR] } else { [DOLLAR, traded] }
}
