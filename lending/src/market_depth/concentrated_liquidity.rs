//! Concentrated-liquidity pools, as in Uniswap v3.

mod pool;
mod price;
mod ranges;
mod slippage;
mod swap;
mod ticks;

pub use pool::ConcentratedPool;
pub use price::{MAX_TICK, MIN_TICK, PoolPrice, PoolToken, sqrt_price_at_tick};
pub use swap::SwapQuote;
