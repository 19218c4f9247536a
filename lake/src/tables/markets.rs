//! Tables of markets: assets, prices, reserves and liquidity pools.

mod market_assets;
mod oracle_prices;
mod pool_liquidity;
mod pools;
mod reserve_indexes;
mod reserve_parameters;

pub use market_assets::{MarketAsset, PAR_PRICE_SOURCE};
pub use oracle_prices::OraclePrice;
pub use pool_liquidity::PoolLiquidity;
pub use pools::Pool;
pub use reserve_indexes::ReserveIndex;
pub use reserve_parameters::{ReserveParameter, parameter};
