//! Quotes of swaps with an exact amount in.

use super::pool::ConcentratedPool;
use super::price::{PoolPrice, PoolToken};
use super::ranges::{LiquidityRange, LiquidityRanges};

/// The result of a swap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwapQuote {
    /// Amount in that the pool takes, fee included, in smallest units of the token sold.
    pub amount_in_filled: f64,
    /// Amount out, in smallest units of the other token.
    pub amount_out: f64,
    /// Price of the pool after the swap.
    pub price_after: PoolPrice,
    /// Number of crossed ticks at which liquidity changes; the contract also counts ticks whose
    /// positions cancel out.
    pub ticks_crossed: u32,
    /// Whether the pool takes the whole amount in before its liquidity is exhausted.
    pub filled: bool,
}

impl ConcentratedPool {
    /// Quotes a swap of an amount of a token, fee included, in smallest units: the result of
    /// `QuoterV2.quoteExactInputSingle` without a price limit, except for integer rounding.
    ///
    /// The steps are those of `UniswapV3Pool.swap` and `SwapMath.computeSwapStep`. A negative
    /// or NaN amount swaps nothing; an infinite amount swaps all that the pool can take.
    #[must_use]
    pub fn quote_exact_input(&self, token: PoolToken, amount_in: f64) -> SwapQuote {
        let kept = 1.0 - self.fee;
        let mut quote = SwapQuote::empty(self.price);
        let mut left = amount_in.max(0.0);
        for range in LiquidityRanges::new(self, token) {
            if left == 0.0 {
                break;
            }
            let capacity = range.net_in() / kept;
            if left < capacity {
                quote.add_partial_range(&range, left, left * kept);
                left = 0.0;
            } else {
                quote.add_full_range(&range, capacity);
                left -= capacity;
            }
        }
        quote.filled = left == 0.0;
        quote
    }
}

impl SwapQuote {
    const fn empty(price: PoolPrice) -> Self {
        Self {
            amount_in_filled: 0.0,
            amount_out: 0.0,
            price_after: price,
            ticks_crossed: 0,
            filled: true,
        }
    }

    fn add_full_range(&mut self, range: &LiquidityRange, amount_in: f64) {
        self.amount_in_filled += amount_in;
        self.amount_out += range.amount_out();
        self.price_after = range.end_price;
        self.ticks_crossed += u32::from(range.crosses_tick);
    }

    fn add_partial_range(&mut self, range: &LiquidityRange, amount_in: f64, net_in: f64) {
        let root = range.root_after(net_in);
        self.amount_in_filled += amount_in;
        // The average price within a range is the geometric mean of those at its ends. The
        // difference of roots in equation 6.14 would suffer cancellation for a small amount.
        self.amount_out += net_in * range.root_from * root;
        self.price_after = range.price_at(root);
    }
}

#[cfg(test)]
mod tests {
    use super::super::price::{MAX_TICK, MIN_TICK, sqrt_price_at_tick};
    use super::*;
    use PoolToken::{Token0, Token1};

    fn pool(tick: f64, positions: &[(i32, i32, i128)]) -> ConcentratedPool {
        let mut pool = ConcentratedPool::new(0.003, PoolPrice::from_tick(tick).unwrap()).unwrap();
        for &(lower, upper, delta) in positions {
            pool.apply_liquidity_change(lower, upper, delta).unwrap();
        }
        pool
    }

    #[test]
    fn selling_nothing_changes_nothing() {
        let pool = pool(0.0, &[(0, 60, 1_000), (-60, 0, 1_000)]);
        for token in [Token0, Token1] {
            for amount in [0.0, -0.0, -5.0, f64::NAN] {
                assert_eq!(pool.quote_exact_input(token, amount), SwapQuote::empty(pool.price()));
            }
        }
    }

    #[test]
    fn boundary_is_crossed_downwards_only() {
        let pool = pool(0.0, &[(0, 60, 1_000_000), (-60, 0, 500_000)]);
        let down = pool.quote_exact_input(Token0, 1.0);
        assert_eq!((down.ticks_crossed, down.price_after.tick()), (1, -1));
        let up = pool.quote_exact_input(Token1, 1.0);
        assert_eq!((up.ticks_crossed, up.price_after.tick()), (0, 0));
    }

    #[test]
    fn downward_swap_to_a_boundary_ends_below_it() {
        let pool = pool(30.0, &[(0, 60, 1_000_000), (-60, 0, 500_000)]);
        let to_boundary = 1_000_000.0 * (1.0 - (-30.0 * 1.0001_f64.ln() / 2.0).exp());
        let down = pool.quote_exact_input(Token0, to_boundary * (1.0 + 1e-12) / 0.997);
        assert_eq!((down.ticks_crossed, down.price_after.tick()), (1, -1));
        assert!((down.price_after.sqrt_price() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_gap_without_liquidity_is_free_to_cross() {
        let pool = pool(0.0, &[(60, 120, 1_000_000)]);
        let quote = pool.quote_exact_input(Token1, 1e-6);
        assert!(quote.filled && quote.ticks_crossed == 1);
        let price = sqrt_price_at_tick(60).powi(2);
        assert!((quote.amount_out * price / (0.997 * 1e-6) - 1.0).abs() < 1e-8);
    }

    #[test]
    fn liquidity_that_runs_out_leaves_the_price_at_the_limit() {
        let pool = pool(0.0, &[(-60, 60, 1_000_000)]);
        let expected = [
            (Token0, MIN_TICK, sqrt_price_at_tick(MIN_TICK)),
            (Token1, MAX_TICK - 1, sqrt_price_at_tick(MAX_TICK)),
        ];
        for (token, tick, sqrt_price) in expected {
            let quote = pool.quote_exact_input(token, f64::INFINITY);
            assert!(!quote.filled && quote.ticks_crossed == 1);
            assert_eq!(quote.price_after, PoolPrice::from_parts(sqrt_price, tick));
            assert_eq!(quote.amount_in_filled, pool.quote_exact_input(token, 1e9).amount_in_filled);
        }
    }

    #[test]
    fn the_outermost_ticks_are_never_crossed() {
        let pool = pool(0.0, &[(MIN_TICK, MAX_TICK, 1_000_000)]);
        for token in [Token0, Token1] {
            let quote = pool.quote_exact_input(token, f64::INFINITY);
            assert!(!quote.filled && quote.ticks_crossed == 0);
        }
    }

    #[test]
    fn an_empty_pool_takes_nothing() {
        let quote = pool(0.0, &[]).quote_exact_input(Token0, 1.0);
        assert!(!quote.filled && quote.amount_in_filled == 0.0 && quote.amount_out == 0.0);
    }
}
