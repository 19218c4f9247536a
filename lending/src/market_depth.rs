//! Market depth: price impact and slippage of selling collateral.

mod concentrated_liquidity;
mod impact_curve;
mod nelder_mead;

pub use concentrated_liquidity::{
    ConcentratedPool, MAX_TICK, MIN_TICK, PoolPrice, PoolToken, SwapQuote, sqrt_price_at_tick,
};
pub use impact_curve::{ImpactCurve, ImpactQuote};
