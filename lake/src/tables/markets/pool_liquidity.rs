//! `pool_liquidity`: events of concentrated-liquidity pools.

use chrono::{DateTime, Utc};

use crate::schema::table;

table! {
    /// A concentrated-liquidity pool's price and in-range liquidity after an event.
    PoolLiquidity in "pool_liquidity",
    partitioned by ["chain", "pool"],
    keyed by ["block", "log_index"],
    sorted by ["block", "log_index"],
    ranged by Blocks of "block" {
        /// Chain name, such as `ethereum`.
        CHAIN = chain: String,
        /// Pool address, 0x-prefixed hex.
        POOL = pool: String,
        /// Block number.
        BLOCK = block: u64,
        /// Position of the log in its block.
        LOG_INDEX = log_index: u32,
        /// Block time, UTC.
        TIME = time: DateTime<Utc>,
        /// `initialize`, `swap`, `mint` or `burn`.
        KIND = kind: String,
        /// Price after the event, log base 1.0001 of token1 per token0 in smallest units, with fraction.
        TICK = tick: f64,
        /// Liquidity in range after the event, exact.
        LIQUIDITY = liquidity: i128,
        /// Lower tick of the changed liquidity; null for swaps.
        TICK_LOWER = tick_lower: Option<f64>,
        /// Upper tick of the changed liquidity; null for swaps.
        TICK_UPPER = tick_upper: Option<f64>,
        /// Liquidity added, or removed if negative, exact; null for swaps.
        LIQUIDITY_DELTA = liquidity_delta: Option<i128>,
        /// Token 0 paid into the pool, smallest units, exact; negative if paid out.
        AMOUNT0 = amount0: i128,
        /// Token 1 paid into the pool, smallest units, exact; negative if paid out.
        AMOUNT1 = amount1: i128,
    }
}
