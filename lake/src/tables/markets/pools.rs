//! `pools`: tokens and fees of liquidity pools.

use crate::schema::table;

table! {
    /// One concentrated-liquidity pool.
    Pool in "pools",
    partitioned by ["chain", "pool"], keyed by ["pool"], sorted by ["pool"],
    ranged by Whole of "pool" {
        /// Chain name, such as `ethereum`.
        CHAIN = chain: String,
        /// Pool address, 0x-prefixed hex.
        POOL = pool: String,
        /// Token 0's address, 0x-prefixed hex.
        TOKEN0 = token0: String,
        /// Token 1's address, 0x-prefixed hex.
        TOKEN1 = token1: String,
        /// Token 0's symbol.
        SYMBOL0 = symbol0: String,
        /// Token 1's symbol.
        SYMBOL1 = symbol1: String,
        /// Decimal digits between token 0's smallest unit and a token.
        DECIMALS0 = decimals0: u32,
        /// Decimal digits between token 1's smallest unit and a token.
        DECIMALS1 = decimals1: u32,
        /// Fee on the amount paid in, a fraction.
        FEE = fee: f64,
    }
}
