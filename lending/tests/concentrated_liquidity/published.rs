//! Results recorded in the tests of the contracts.

use plimsoll_lending::PoolToken::{Token0, Token1};
use plimsoll_lending::{ConcentratedPool, PoolPrice};
use ruint::aliases::U512;

use crate::exact::{ExactPool, sqrt_ratio};

type Positions = &'static [(i32, i32, i128)];

const E18: i128 = 1_000_000_000_000_000_000;

fn pool(fee: f64, price: f64, positions: Positions) -> ConcentratedPool {
    let price = PoolPrice::from_sqrt_price(price.sqrt()).expect("a price of the tests");
    let mut pool = ConcentratedPool::new(fee, price).expect("a fee of the factory");
    for &(lower, upper, delta) in positions {
        pool.apply_liquidity_change(lower, upper, delta).expect("only mints");
    }
    pool
}

/// Uniswap/v3-core `test/__snapshots__/UniswapV3Pool.swaps.spec.ts.snap`, "swap exactly 1.0000
/// token... for token...": the fee, the initial price, the positions, and for a swap of 1e18 of
/// token 0 and of token 1 the amount in, the amount out and the final tick.
#[test]
fn swaps_of_1e18_match_the_core_tests() {
    type Sale = (f64, f64, i32);
    let all: fn(f64, i32) -> Sale = |out, tick| (1e18, out, tick);
    let full: Positions = &[(-887_220, 887_220, 2 * E18)];
    let around: Positions = &[(-887_220, -60, 2 * E18), (60, 887_220, 2 * E18)];
    let both: Positions =
        &[(-887_220, 887_220, 2 * E18), (-887_220, -60, 2 * E18), (60, 887_220, 2 * E18)];
    let cases: [(f64, f64, Positions, [Sale; 2]); 7] = [
        (0.003, 1.0, full, [all(665331998665331998.0, -8_090), all(665331998665331998.0, 8_089)]),
        (
            0.01,
            1.0,
            &[(-887_200, 887_200, 2 * E18)],
            [all(662207357859531772.0, -8_043), all(662207357859531772.0, 8_042)],
        ),
        (0.003, 10.0, full, [all(3869747612262812754.0, 4_098), all(86123526743846551.0, 25_954)]),
        (0.003, 0.1, full, [all(86123526743846551.0, -25_955), all(3869747612262812753.0, -4_099)]),
        // "0 liquidity, all liquidity around current price"
        (0.003, 1.0, around, [all(662011820624678025.0, -8_130), all(662011820624678025.0, 8_129)]),
        // "additional liquidity around current price"
        (0.003, 1.0, both, [all(795933705287758544.0, -4_476), all(795933705287758544.0, 4_475)]),
        // "large liquidity around current price (stable swap)": exceeds the pool's capacity.
        (
            0.000_5,
            1.0,
            &[(-10, 10, 2 * E18)],
            [
                (1000700370186095.0, 999700069986002.0, -887_272),
                (1000700370186095.0, 999700069986002.0, 887_271),
            ],
        ),
    ];
    for (fee, price, positions, sales) in cases {
        let pool = pool(fee, price, positions);
        for (token, (taken, given, tick)) in [Token0, Token1].into_iter().zip(sales) {
            let quote = pool.quote_exact_input(token, 1e18);
            assert!((quote.amount_in_filled / taken - 1.0).abs() < 1e-12, "{quote:?}");
            assert!((quote.amount_out / given - 1.0).abs() < 1e-12, "{quote:?} {given}");
            assert_eq!(quote.price_after.tick(), tick);
        }
    }
}

/// Uniswap/v3-periphery `test/QuoterV2.spec.ts`, "quoteExactInput" between tokens 0 and 2: the
/// token, the amount in, the amount out, `sqrtPriceX96After` and how many ticks are crossed.
///
/// The pool is `createPoolWithMultiplePositions` of `test/shared/quoter.ts`, 1,000,000 of each
/// token over all prices and 100 of each within 60 and 120 ticks. It is so small that rounding
/// costs one or two units per tick, which the exact reference must reproduce.
#[test]
fn small_swaps_match_the_quoter_tests() {
    let positions: Positions =
        &[(-887_220, 887_220, 1_000_000), (-60, 60, 33_385), (-120, 120, 16_717)];
    let cases = [
        (Token0, 10_000, 9_871, 78461846509168490764501028180_u128, 2),
        (Token0, 6_200, 6_143, 78757224507315167622282810783, 1),
        (Token0, 4_000, 3_971, 78926452400586371254602774705, 1),
        (Token0, 10, 8, 79227483487511329217250071027, 0),
        (Token1, 10_000, 9_871, 80001962924147897865541384515, 2),
        (Token1, 6_250, 6_190, 79705728824507063507279123685, 2),
        (Token1, 103, 101, 79235858216754624215638319723, 0),
    ];
    for (token, amount, given, sqrt_price_x96, ticks_crossed) in cases {
        let mut exact = ExactPool::new(3_000, sqrt_ratio(0), 0, positions);
        let sale = exact.swap(token, U512::from(amount));
        assert_eq!(sale.amount_out, U512::from(given));
        assert_eq!(exact.sqrt_price_x96, U512::from(sqrt_price_x96));
        assert_eq!(sale.ticks_crossed, ticks_crossed);

        let quote = pool(0.003, 1.0, positions).quote_exact_input(token, f64::from(amount));
        assert!((quote.amount_out - f64::from(given)).abs() < 5.0, "{quote:?}");
        let sqrt_price = sqrt_price_x96 as f64 / 2.0_f64.powi(96);
        assert!((quote.price_after.sqrt_price() / sqrt_price - 1.0).abs() < 4e-6, "{quote:?}");
        assert_eq!(quote.ticks_crossed, ticks_crossed);
    }
}
