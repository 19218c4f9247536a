//! Laws of sales.

use plimsoll_lending::{ConcentratedPool, MAX_TICK, MIN_TICK, PoolPrice, PoolToken, SaleQuote};
use proptest::prelude::*;

use crate::arbitrary::{Start, capacity, case, fixed, token};

fn close(value: f64, expected: f64, tolerance: f64) -> bool {
    (value - expected).abs() <= tolerance * expected.abs()
}

fn other(token: PoolToken) -> PoolToken {
    match token {
        PoolToken::Token0 => PoolToken::Token1,
        PoolToken::Token1 => PoolToken::Token0,
    }
}

fn after(pool: &ConcentratedPool, quote: &SaleQuote) -> ConcentratedPool {
    let mut pool = pool.clone();
    pool.set_price(quote.price_after);
    pool
}

proptest! {
    #![proptest_config(fixed())]

    #[test]
    fn a_sale_in_two_is_the_sale_in_one(
        case in case(),
        token in token(),
        share in 0.0..1.0_f64,
        part in 0.0..1.0_f64,
    ) {
        let pool = case.pool();
        let amount = share * capacity(&pool, token);
        let whole = pool.sell(token, amount);
        let first = pool.sell(token, part * amount);
        let second = after(&pool, &first).sell(token, amount - part * amount);
        prop_assert!(close(first.amount_out + second.amount_out, whole.amount_out, 1e-11));
        let price = second.price_after.sqrt_price();
        prop_assert!(close(price, whole.price_after.sqrt_price(), 1e-11));
    }

    #[test]
    fn without_a_fee_a_sale_can_be_undone(
        case in case(),
        token in token(),
        share in 1e-3..0.99_f64,
    ) {
        let pool = case.free_pool();
        let amount = share * capacity(&pool, token);
        prop_assume!(amount > 0.0);
        let there = pool.sell(token, amount);
        let back = after(&pool, &there).sell(other(token), there.amount_out * (1.0 - 1e-12));
        prop_assert!(close(back.amount_out, amount, 1e-9));
        // A price without liquidity is nobody's to come back to, and with little liquidity a
        // rounding error of the amount is a larger one of the price.
        if matches!(case.start, Start::Within(_)) && pool.liquidity() > 0 {
            let shallow = amount * pool.price().price_of(token).sqrt() / pool.liquidity() as f64;
            let price = back.price_after.sqrt_price();
            prop_assert!(close(price, pool.price().sqrt_price(), 1e-11 * (1.0 + shallow)));
        }
    }

    #[test]
    fn a_full_range_keeps_the_constant_product(
        tick in -100_000.0..100_000.0_f64,
        token in token(),
        liquidity in 1_i128..1 << 100,
        digits in -6.0..2.0_f64,
    ) {
        let mut pool = ConcentratedPool::new(0.003, PoolPrice::at_tick(tick).unwrap()).unwrap();
        pool.apply_liquidity_change(MIN_TICK, MAX_TICK, liquidity).unwrap();
        let price = pool.price().price_of(token);
        let (sold, bought) = (liquidity as f64 / price.sqrt(), liquidity as f64 * price.sqrt());
        let amount = sold * 10.0_f64.powf(digits);
        // (x + .997 dx) (y - dy) = x y
        let expected = bought * 0.997 * amount / (sold + 0.997 * amount);
        prop_assert!(close(pool.sell(token, amount).amount_out, expected, 1e-12));
    }

    #[test]
    fn the_more_is_sold_the_less_the_rest_brings(
        case in case(),
        token in token(),
        share in 0.01..1.2_f64,
    ) {
        let pool = case.pool();
        let piece = share * capacity(&pool, token) / 50.0;
        let out: Vec<f64> =
            (0..=50).map(|pieces| pool.sell(token, f64::from(pieces) * piece).amount_out).collect();
        let gains: Vec<f64> = out.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let rounding = 1e-13 * out[50];
        prop_assert!(gains.iter().all(|&gain| gain >= -rounding));
        prop_assert!(gains.windows(2).all(|pair| pair[1] <= pair[0] + rounding));
    }

    #[test]
    fn a_mirrored_pool_gives_the_same_for_the_other_token(
        case in case(),
        token in token(),
        share in 0.0..1.2_f64,
    ) {
        let (pool, mirrored) = (case.pool(), case.mirrored());
        prop_assert_eq!(pool.liquidity(), mirrored.liquidity());
        let amount = share * capacity(&pool, token);
        let (quote, image) = (pool.sell(token, amount), mirrored.sell(other(token), amount));
        prop_assert!(close(quote.amount_out, image.amount_out, 1e-9));
        prop_assert_eq!(quote.ticks_crossed, image.ticks_crossed);
    }

    #[test]
    fn the_ticks_crossed_lie_between_the_prices(
        case in case(),
        token in token(),
        share in 0.0..1.2_f64,
    ) {
        let pool = case.pool();
        let quote = pool.sell(token, share * capacity(&pool, token));
        let (before, after) = (pool.price().tick(), quote.price_after.tick());
        let crossed = match token {
            PoolToken::Token0 => after + 1..=before,
            PoolToken::Token1 => before + 1..=after,
        };
        let expected = pool.net_liquidity().filter(|(tick, _)| crossed.contains(tick)).count();
        prop_assert_eq!(quote.ticks_crossed as usize, expected);
    }

    #[test]
    fn the_amount_sellable_within_a_slippage_has_that_slippage(
        case in case(),
        token in token(),
        slippage in 0.0..1.0_f64,
    ) {
        let pool = case.pool();
        let amount = pool.sellable_within(token, slippage);
        prop_assert!(amount >= 0.0 && amount <= capacity(&pool, token) * (1.0 + 1e-12));
        if amount > 0.0 {
            prop_assert!(pool.slippage(token, amount) <= slippage + 1e-12);
        }
        if amount < capacity(&pool, token) * (1.0 - 1e-9) {
            prop_assert!(pool.slippage(token, amount * (1.0 + 1e-6) + 1.0) > slippage);
        }
    }

    #[test]
    fn slippage_can_be_undone(case in case(), token in token(), digits in -3.0..-0.01_f64) {
        let pool = case.pool();
        let amount = capacity(&pool, token) * 10.0_f64.powf(digits);
        prop_assume!(amount > 0.0);
        let slippage = pool.slippage(token, amount);
        // The flatter the slippage, the less it tells of the amount.
        let steepness = (pool.slippage(token, 1.01 * amount) - slippage) / 0.01;
        prop_assert!(close(pool.sellable_within(token, slippage), amount, 1e-14 / steepness));
    }

    #[test]
    fn more_slippage_sells_no_less(
        case in case(),
        token in token(),
        low in 0.0..1.0_f64,
        more in 0.0..1.0_f64,
    ) {
        let pool = case.pool();
        let (less, more) = (pool.sellable_within(token, low), pool.sellable_within(token, low + more));
        prop_assert!(less <= more);
        prop_assert_eq!(pool.sellable_within(token, pool.fee()), 0.0);
        prop_assert!(close(pool.sellable_within(token, 1.0), capacity(&pool, token), 1e-12));
    }
}
