//! A pool rebuilt from its events gives the amounts of Uniswap's quoter.

use alloy_primitives::aliases::{U24, U160};
use alloy_primitives::{Address, U256};
use alloy_sol_types::sol;
use plimsoll_lake::tables::{Pool, PoolLiquidity};
use plimsoll_lending::{ConcentratedPool, PoolPrice, PoolToken};

use crate::support::lake::{SharedLake, shared_lake};

sol! {
    struct Sale {
        address tokenIn;
        address tokenOut;
        uint256 amountIn;
        uint24 fee;
        uint160 sqrtPriceLimitX96;
    }

    contract Quoter {
        function quoteExactInputSingle(Sale memory sale) external returns (uint256 amountOut, uint160 sqrtPriceX96After, uint32 initializedTicksCrossed, uint256 gasEstimate);
    }

    contract UniswapPool {
        function liquidity() external view returns (uint128);
    }
}

#[test]
fn depth_equals_the_quoters() {
    let Some(shared) = shared_lake() else { return };
    let mut worst: f64 = 0.0;
    for row in shared.store.rows::<Pool>().unwrap() {
        for block in [shared.head / 4, shared.head / 2, shared.head] {
            let pool = rebuild_pool(shared, &row, block);
            let address: Address = row.pool.parse().unwrap();
            let liquidity = shared.devnet.node.call(address, UniswapPool::liquidityCall {}, block);
            assert_eq!(pool.liquidity().unsigned_abs(), liquidity, "{} at {block}", row.pool);
            for (token, units) in sales(&row) {
                let quoted = quote_amount_out(shared, &row, token, units, block);
                let found = pool.quote_exact_input(token, units as f64);
                // The contract rounds both amounts at every tick that it crosses.
                let steps = f64::from(found.ticks_crossed) + 2.0;
                let rounded = steps * (1.0 + quoted / units as f64);
                let apart = ((found.amount_out - quoted).abs() - rounded).max(0.0) / quoted;
                assert!(found.filled && apart < 1e-9, "{found:?} {quoted} {units} at {block}");
                worst = worst.max(apart);
            }
        }
    }
    println!("at most {worst:e} apart");
}

/// Small, daily and crash-sized sales in both directions.
fn sales(row: &Pool) -> [(PoolToken, u128); 6] {
    let unit = |tokens: u128, decimals: u32| tokens * 10_u128.pow(decimals);
    let per_token0: u128 = if row.symbol1 == "USDC" { 2_000 } else { 1 };
    let token0 = |tokens| (PoolToken::Token0, unit(tokens, row.decimals0));
    let token1 = |tokens| (PoolToken::Token1, unit(tokens * per_token0, row.decimals1));
    [token0(1), token0(50), token0(500), token1(1), token1(5), token1(20)]
}

fn rebuild_pool(shared: &SharedLake, row: &Pool, block: u64) -> ConcentratedPool {
    let mut events = shared.store.rows::<PoolLiquidity>().unwrap();
    events.retain(|event| event.pool == row.pool && event.block <= block);
    let last = events.last().unwrap();
    let price = PoolPrice::from_tick(last.tick).unwrap();
    let mut pool = ConcentratedPool::new(row.fee, price).unwrap();
    for event in &events {
        if let (Some(lower), Some(upper), Some(delta)) =
            (event.tick_lower, event.tick_upper, event.liquidity_delta)
        {
            pool.apply_liquidity_change(lower as i32, upper as i32, delta).unwrap();
        }
    }
    assert_eq!(pool.liquidity(), last.liquidity, "{} at {block}", row.pool);
    pool
}

fn quote_amount_out(
    shared: &SharedLake,
    row: &Pool,
    token: PoolToken,
    units: u128,
    block: u64,
) -> f64 {
    let tokens: [Address; 2] = [row.token0.parse().unwrap(), row.token1.parse().unwrap()];
    let [sold, bought] = match token {
        PoolToken::Token0 => tokens,
        PoolToken::Token1 => [tokens[1], tokens[0]],
    };
    let sale = Sale {
        tokenIn: sold,
        tokenOut: bought,
        amountIn: U256::from(units),
        fee: U24::from((row.fee * 1e6).round() as u32),
        sqrtPriceLimitX96: U160::ZERO,
    };
    let quoter = shared.devnet.address("/uniswap/quoterV2");
    let quote = shared.devnet.node.call(quoter, Quoter::quoteExactInputSingleCall { sale }, block);
    f64::from(quote.amountOut)
}
