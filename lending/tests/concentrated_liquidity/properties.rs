//! Properties of swaps.

use plimsoll_lending::{ConcentratedPool, MAX_TICK, MIN_TICK, PoolPrice, PoolToken, SwapQuote};
use proptest::prelude::*;

use crate::arbitrary::{StartPrice, capacity, fixed_seed, pool_case, token};

fn is_close(value: f64, expected: f64, tolerance: f64) -> bool {
    (value - expected).abs() <= tolerance * expected.abs()
}

fn other(token: PoolToken) -> PoolToken {
    match token {
        PoolToken::Token0 => PoolToken::Token1,
        PoolToken::Token1 => PoolToken::Token0,
    }
}

fn pool_after(pool: &ConcentratedPool, quote: &SwapQuote) -> ConcentratedPool {
    let mut pool = pool.clone();
    pool.set_price(quote.price_after);
    pool
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn split_swap_equals_one_swap(
        case in pool_case(),
        token in token(),
        share in 0.0..1.0_f64,
        part in 0.0..1.0_f64,
    ) {
        let pool = case.pool();
        let amount = share * capacity(&pool, token);
        let direct = pool.quote_exact_input(token, amount);
        let first = pool.quote_exact_input(token, part * amount);
        let second = pool_after(&pool, &first).quote_exact_input(token, amount - part * amount);
        prop_assert!(is_close(first.amount_out + second.amount_out, direct.amount_out, 1e-11));
        let price = second.price_after.sqrt_price();
        prop_assert!(is_close(price, direct.price_after.sqrt_price(), 1e-11));
    }

    #[test]
    fn swap_without_fee_is_reversible(
        case in pool_case(),
        token in token(),
        share in 1e-3..0.99_f64,
    ) {
        let pool = case.free_pool();
        let amount = share * capacity(&pool, token);
        prop_assume!(amount > 0.0);
        let there = pool.quote_exact_input(token, amount);
        let back = pool_after(&pool, &there).quote_exact_input(other(token), there.amount_out * (1.0 - 1e-12));
        prop_assert!(is_close(back.amount_out, amount, 1e-9));
        // A price without liquidity cannot be restored, and with little liquidity a rounding error
        // of the amount causes a larger error of the price.
        if matches!(case.start, StartPrice::Within(_)) && pool.liquidity() > 0 {
            let shallow = amount * pool.price().token_price(token).sqrt() / pool.liquidity() as f64;
            let price = back.price_after.sqrt_price();
            prop_assert!(is_close(price, pool.price().sqrt_price(), 1e-11 * (1.0 + shallow)));
        }
    }

    #[test]
    fn a_full_range_keeps_the_constant_product(
        tick in -100_000.0..100_000.0_f64,
        token in token(),
        liquidity in 1_i128..1 << 100,
        digits in -6.0..2.0_f64,
    ) {
        let mut pool = ConcentratedPool::new(0.003, PoolPrice::from_tick(tick).unwrap()).unwrap();
        pool.apply_liquidity_change(MIN_TICK, MAX_TICK, liquidity).unwrap();
        let price = pool.price().token_price(token);
        let (sold, bought) = (liquidity as f64 / price.sqrt(), liquidity as f64 * price.sqrt());
        let amount = sold * 10.0_f64.powf(digits);
        // (x + .997 dx) (y - dy) = x y
        let expected = bought * 0.997 * amount / (sold + 0.997 * amount);
        prop_assert!(is_close(pool.quote_exact_input(token, amount).amount_out, expected, 1e-12));
    }

    #[test]
    fn marginal_proceeds_never_rise(
        case in pool_case(),
        token in token(),
        share in 0.01..1.2_f64,
    ) {
        let pool = case.pool();
        let piece = share * capacity(&pool, token) / 50.0;
        let out: Vec<f64> =
            (0..=50).map(|pieces| pool.quote_exact_input(token, f64::from(pieces) * piece).amount_out).collect();
        let gains: Vec<f64> = out.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let rounding = 1e-13 * out[50];
        prop_assert!(gains.iter().all(|&gain| gain >= -rounding));
        prop_assert!(gains.windows(2).all(|pair| pair[1] <= pair[0] + rounding));
    }

    #[test]
    fn a_mirrored_pool_gives_the_same_for_the_other_token(
        case in pool_case(),
        token in token(),
        share in 0.0..1.2_f64,
    ) {
        let (pool, mirrored) = (case.pool(), case.mirrored());
        prop_assert_eq!(pool.liquidity(), mirrored.liquidity());
        let amount = share * capacity(&pool, token);
        let (quote, image) = (pool.quote_exact_input(token, amount), mirrored.quote_exact_input(other(token), amount));
        prop_assert!(is_close(quote.amount_out, image.amount_out, 1e-9));
        prop_assert_eq!(quote.ticks_crossed, image.ticks_crossed);
    }

    #[test]
    fn the_ticks_crossed_lie_between_the_prices(
        case in pool_case(),
        token in token(),
        share in 0.0..1.2_f64,
    ) {
        let pool = case.pool();
        let quote = pool.quote_exact_input(token, share * capacity(&pool, token));
        let (before, after) = (pool.price().tick(), quote.price_after.tick());
        let crossed = match token {
            PoolToken::Token0 => after + 1..=before,
            PoolToken::Token1 => before + 1..=after,
        };
        let expected = pool.net_liquidity().filter(|(tick, _)| crossed.contains(tick)).count();
        prop_assert_eq!(quote.ticks_crossed as usize, expected);
    }

    #[test]
    fn max_amount_for_slippage_has_that_slippage(
        case in pool_case(),
        token in token(),
        slippage in 0.0..1.0_f64,
    ) {
        let pool = case.pool();
        let amount = pool.max_amount_for_slippage(token, slippage);
        prop_assert!(amount >= 0.0 && amount <= capacity(&pool, token) * (1.0 + 1e-12));
        if amount > 0.0 {
            prop_assert!(pool.slippage(token, amount) <= slippage + 1e-12);
        }
        if amount < capacity(&pool, token) * (1.0 - 1e-9) {
            prop_assert!(pool.slippage(token, amount * (1.0 + 1e-6) + 1.0) > slippage);
        }
    }

    #[test]
    fn max_amount_for_slippage_inverts_slippage(case in pool_case(), token in token(), digits in -3.0..-0.01_f64) {
        let pool = case.pool();
        let amount = capacity(&pool, token) * 10.0_f64.powf(digits);
        prop_assume!(amount > 0.0);
        let slippage = pool.slippage(token, amount);
        // The flatter the slippage, the less precisely it determines the amount.
        let steepness = (pool.slippage(token, 1.01 * amount) - slippage) / 0.01;
        prop_assert!(is_close(pool.max_amount_for_slippage(token, slippage), amount, 1e-14 / steepness));
    }

    #[test]
    fn more_slippage_sells_no_less(
        case in pool_case(),
        token in token(),
        low in 0.0..1.0_f64,
        more in 0.0..1.0_f64,
    ) {
        let pool = case.pool();
        let (less, more) = (pool.max_amount_for_slippage(token, low), pool.max_amount_for_slippage(token, low + more));
        prop_assert!(less <= more);
        prop_assert_eq!(pool.max_amount_for_slippage(token, pool.fee()), 0.0);
        prop_assert!(is_close(pool.max_amount_for_slippage(token, 1.0), capacity(&pool, token), 1e-12));
    }
}
