//! Float swaps agree with the contract up to its rounding.

use plimsoll_lending::{PoolPrice, PoolToken};
use proptest::prelude::*;
use ruint::aliases::U512;

use crate::arbitrary::{PoolCase, StartPrice, capacity, fixed_seed, pool_case, token};
use crate::exact::{ExactPool, sqrt_ratio, tick_at};

const X96: f64 = 79_228_162_514_264_337_593_543_950_336.0;
const TOLERANCE: f64 = 1e-9;
// With less, the loss of one unit per tick would be visible.
const MIN_AMOUNT: f64 = 1e12;
// With a smaller share of the reserves, so would the last bit of a price at a boundary.
const MIN_RESERVE_SHARE: f64 = 1e-5;

/// The case in the contract's integers, and the price that the contract reports.
fn exact_pool(case: &PoolCase) -> (ExactPool, PoolPrice) {
    let (sqrt_price_x96, tick) = match case.start {
        StartPrice::Above(tick) => (sqrt_ratio(tick), tick),
        StartPrice::Below(tick) => (sqrt_ratio(tick), tick - 1),
        StartPrice::Within(_) => {
            let sqrt_price_x96 = U512::from(case.start.price().sqrt_price() * X96);
            (sqrt_price_x96, tick_at(sqrt_price_x96))
        }
    };
    let pool = ExactPool::new(case.fee_pips, sqrt_price_x96, tick, &case.positions);
    let reported = PoolPrice::new(f64::from(sqrt_price_x96) / X96, tick);
    (pool, reported.expect("the contract's price lies in its tick"))
}

fn relative_error(value: f64, exact: U512) -> f64 {
    (value / f64::from(exact) - 1.0).abs()
}

fn check_agreement(case: &PoolCase, token: PoolToken, share: f64) -> Result<(), TestCaseError> {
    let (mut exact, reported) = exact_pool(case);
    let mut pool = case.pool();
    pool.set_price(reported);
    prop_assert_eq!(U512::from(pool.liquidity()), exact.liquidity);

    let amount = (share * capacity(&pool, token)).floor();
    let quote = pool.quote_exact_input(token, amount);
    let reserve = case.max_position_liquidity() / pool.price().token_price(token).sqrt();
    prop_assume!(quote.amount_in_filled.min(quote.amount_out) > MIN_AMOUNT);
    prop_assume!(quote.amount_in_filled > MIN_RESERVE_SHARE * reserve);
    let sale = exact.swap(token, U512::from(amount));

    prop_assert!(relative_error(quote.amount_in_filled, sale.amount_in) < TOLERANCE);
    prop_assert!(relative_error(quote.amount_out, sale.amount_out) < TOLERANCE);
    let after = quote.price_after;
    prop_assert!(relative_error(after.sqrt_price() * X96, exact.sqrt_price_x96) < TOLERANCE);
    prop_assert_eq!(quote.ticks_crossed, sale.ticks_crossed);
    prop_assert_eq!(after.tick(), exact.tick);
    prop_assert_eq!(quote.filled, share < 1.0);

    pool.set_price(after);
    prop_assert_eq!(U512::from(pool.liquidity()), exact.liquidity);
    Ok(())
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn swap_matches_the_contract(case in pool_case(), token in token(), digits in -4.0..-0.01_f64) {
        check_agreement(&case, token, 10.0_f64.powf(digits))?;
    }

    #[test]
    fn swap_beyond_all_liquidity_matches_the_contract(
        case in pool_case(),
        token in token(),
        share in 1.01..10.0_f64,
    ) {
        check_agreement(&case, token, share)?;
    }
}
