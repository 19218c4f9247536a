//! Slippage of a swap, and the largest swap for a given slippage.

use super::pool::ConcentratedPool;
use super::price::PoolToken;
use super::ranges::LiquidityRanges;

impl ConcentratedPool {
    /// Fraction of its value that a swap of an amount loses: `1 - (amount out / amount in) / mid`,
    /// with `mid` the price before the swap and before the fee.
    ///
    /// The fee is included, `1 - slippage = (1 - fee) (1 - price impact)`, so the slippage of an
    /// amount of 0 is the fee. An amount that the pool cannot take counts as swapped for nothing.
    #[must_use]
    pub fn slippage(&self, token: PoolToken, amount_in: f64) -> f64 {
        if amount_in > 0.0 {
            let value_in = amount_in * self.price.token_price(token);
            1.0 - self.quote_exact_input(token, amount_in).amount_out / value_in
        } else {
            self.fee
        }
    }

    /// Largest amount the pool takes with a [`slippage`](Self::slippage) of at most the fraction
    /// given, in smallest units, fee included; 0 for a slippage up to the fee, and all that the pool
    /// can take for a slippage of 1.
    ///
    /// With the liquidation bonus as slippage it is the liquidity in B.Protocol's `SmartLTV`. The
    /// average price falls along the swap, so the amount lies in the first range at whose end it is
    /// too low, where it is the solution of a quadratic equation.
    #[must_use]
    pub fn max_amount_for_slippage(&self, token: PoolToken, slippage: f64) -> f64 {
        if slippage.is_nan() || slippage <= self.fee {
            return 0.0;
        }
        let kept = 1.0 - self.fee;
        let average_price = (1.0 - slippage).max(0.0) * self.price.token_price(token);
        let (mut sold, mut proceeds) = (0.0, 0.0);
        for range in LiquidityRanges::new(self, token) {
            let through = (sold + range.net_in() / kept, proceeds + range.amount_out());
            if through.1 < average_price * through.0 {
                let slack = (proceeds - average_price * sold).max(0.0);
                return sold + range.net_in_until_average_price(average_price, slack, kept) / kept;
            }
            (sold, proceeds) = through;
        }
        sold
    }
}

#[cfg(test)]
mod tests {
    use super::super::price::PoolPrice;
    use super::*;
    use PoolToken::{Token0, Token1};

    fn pool(tick: f64, lower: i32, upper: i32) -> ConcentratedPool {
        let mut pool = ConcentratedPool::new(0.003, PoolPrice::from_tick(tick).unwrap()).unwrap();
        pool.apply_liquidity_change(lower, upper, 1_000_000).unwrap();
        pool
    }

    #[test]
    fn within_one_range_the_slippage_is_that_of_the_square_root_of_the_price() {
        // The average price is the geometric mean of those before and after.
        let pool = pool(0.0, -60_000, 60_000);
        for token in [Token0, Token1] {
            let amount = pool.max_amount_for_slippage(token, 0.1);
            let expected = 1_000_000.0 * (0.997 / 0.9 - 1.0) / 0.997;
            assert!((amount / expected - 1.0).abs() < 1e-13);
            assert!((pool.slippage(token, amount) - 0.1).abs() < 1e-14);
        }
    }

    #[test]
    fn unfilled_amount_counts_as_sold_for_nothing() {
        let pool = pool(0.0, -60, 60);
        let all = pool.max_amount_for_slippage(Token0, 1.0);
        let kept = 1.0 - pool.slippage(Token0, all);
        assert!((1.0 - pool.slippage(Token0, 4.0 * all) - kept / 4.0).abs() < 1e-14);
        assert_eq!(pool.slippage(Token0, f64::INFINITY), 1.0);
        // A larger slippage limit does not sell more.
        assert_eq!(pool.max_amount_for_slippage(Token0, 0.5), all);
    }

    #[test]
    fn nothing_sells_within_the_fee_or_where_the_first_liquidity_is_too_cheap() {
        let slippage_of_gap = 1.0 - 0.997 * (-600.0 * 1.0001_f64.ln()).exp();
        let far = pool(0.0, -1_200, -600);
        assert_eq!(far.max_amount_for_slippage(Token0, 0.999 * slippage_of_gap), 0.0);
        assert!(far.max_amount_for_slippage(Token0, 1.001 * slippage_of_gap) > 0.0);
        for slippage in [0.003, 0.0, -1.0, f64::NAN] {
            assert_eq!(pool(0.0, -60, 60).max_amount_for_slippage(Token0, slippage), 0.0);
        }
    }

    #[test]
    fn selling_nothing_loses_the_fee() {
        assert_eq!(pool(0.0, -60, 60).slippage(Token1, 0.0), 0.003);
    }
}
