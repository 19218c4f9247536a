//! Events and view functions of Uniswap v3 pools.

use alloy_sol_types::sol;

use crate::chain::adapter::events::impl_contract_events;

impl_contract_events!(Pool::PoolEvents);

sol! {
    /// `IUniswapV3Pool`.
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments)]
    contract Pool {
        event Initialize(uint160 sqrtPriceX96, int24 tick);
        event Mint(address sender, address indexed owner, int24 indexed tickLower, int24 indexed tickUpper, uint128 amount, uint256 amount0, uint256 amount1);
        event Burn(address indexed owner, int24 indexed tickLower, int24 indexed tickUpper, uint128 amount, uint256 amount0, uint256 amount1);
        event Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick);

        function token0() external view returns (address);
        function token1() external view returns (address);
        function fee() external view returns (uint24);
    }
}
