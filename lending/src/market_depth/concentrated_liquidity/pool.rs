//! The state of a concentrated-liquidity pool.

use super::price::{MAX_TICK, MIN_TICK, PoolPrice};
use super::ticks::Ticks;
use crate::error::{LendingError, check_range};

// The contract stores fees in millionths, below 1.
const MAX_FEE: f64 = 0.999_999;

/// The state of a pool: fee, price and liquidity.
///
/// Amounts are in smallest units of either token. Liquidity is exact and never negative. Swaps are
/// computed in `f64` by Adams et al., Uniswap v3 Core (2021), equations 6.13 to 6.16, and cross
/// ticks as `UniswapV3Pool.swap` does.
///
/// ```
/// use plimsoll_lending::{ConcentratedPool, PoolPrice, PoolToken};
///
/// let mut pool = ConcentratedPool::new(0.003, PoolPrice::from_tick(0.0)?)?;
/// pool.apply_liquidity_change(-60_000, 60_000, 2_000_000)?;
///
/// let quote = pool.quote_exact_input(PoolToken::Token0, 10_000.0);
/// assert!(quote.filled && (quote.amount_out - 9_920.5).abs() < 0.1);
///
/// let amount = pool.max_amount_for_slippage(PoolToken::Token0, 0.05);
/// assert!((pool.slippage(PoolToken::Token0, amount) - 0.05).abs() < 1e-12);
/// # Ok::<(), plimsoll_lending::LendingError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ConcentratedPool {
    pub(super) fee: f64,
    pub(super) price: PoolPrice,
    // Cached sum over the ticks at or below the price's tick.
    pub(super) liquidity: i128,
    pub(super) ticks: Ticks,
}

impl ConcentratedPool {
    /// An empty pool; the fee is a fraction of the amount in (.003 = .3 %).
    ///
    /// # Errors
    /// [`LendingError::OutOfRange`] for a fee outside 0 to .999999.
    pub fn new(fee: f64, price: PoolPrice) -> Result<Self, LendingError> {
        check_range("fee", fee, 0.0, MAX_FEE)?;
        Ok(Self { fee, price, liquidity: 0, ticks: Ticks::default() })
    }

    /// Fee, a fraction of the amount in.
    #[must_use]
    pub const fn fee(&self) -> f64 {
        self.fee
    }

    /// Current price.
    #[must_use]
    pub const fn price(&self) -> PoolPrice {
        self.price
    }

    /// Exact liquidity in range at the current price; the contract's `liquidity`.
    #[must_use]
    pub const fn liquidity(&self) -> i128 {
        self.liquidity
    }

    /// Ticks in ascending order with their net liquidity, the change of the liquidity in range when
    /// the price rises across the tick. Ticks whose positions cancel out are omitted.
    pub fn net_liquidity(&self) -> impl Iterator<Item = (i32, i128)> {
        self.ticks.as_slice().iter().map(|tick| (tick.index, tick.liquidity_net))
    }

    /// Sets the price, as a swap does, and updates the liquidity in range.
    pub fn set_price(&mut self, price: PoolPrice) {
        self.liquidity += self.ticks.net_between(self.price.tick(), price.tick());
        self.price = price;
    }

    /// Adds liquidity between two ticks, as a mint does, or removes it if `delta` is negative, as a
    /// burn does.
    ///
    /// # Errors
    /// [`LendingError::OutOfRange`] for a tick outside the contract's range, for ticks out of order,
    /// and for a burn of more liquidity than there is. The pool is then unchanged.
    pub fn apply_liquidity_change(
        &mut self,
        tick_lower: i32,
        tick_upper: i32,
        delta: i128,
    ) -> Result<(), LendingError> {
        check_range("tick_lower", tick_lower.into(), MIN_TICK.into(), (MAX_TICK - 1).into())?;
        check_range("tick_upper", tick_upper.into(), (tick_lower + 1).into(), MAX_TICK.into())?;
        for liquidity in self.ticks.liquidity_between(tick_lower, tick_upper) {
            check_liquidity_change(liquidity, delta)?;
        }
        self.ticks.add(tick_lower, delta);
        self.ticks.add(tick_upper, -delta);
        if (tick_lower..tick_upper).contains(&self.price.tick()) {
            self.liquidity += delta;
        }
        Ok(())
    }
}

fn check_liquidity_change(liquidity: i128, delta: i128) -> Result<(), LendingError> {
    match liquidity.checked_add(delta) {
        Some(0..) => Ok(()),
        _ => {
            let value = liquidity as f64 + delta as f64;
            check_range("liquidity", value, 0.0, i128::MAX as f64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> ConcentratedPool {
        let mut pool = ConcentratedPool::new(0.003, PoolPrice::from_tick(30.0).unwrap()).unwrap();
        pool.apply_liquidity_change(0, 60, 7).unwrap();
        pool.apply_liquidity_change(60, 120, 5).unwrap();
        pool
    }

    fn liquidity_at(mut pool: ConcentratedPool, tick: f64) -> i128 {
        pool.set_price(PoolPrice::from_tick(tick).unwrap());
        pool.liquidity()
    }

    #[test]
    fn liquidity_is_in_range_from_its_lower_tick_up_to_its_upper() {
        let expected =
            [(-1.0, 0), (0.0, 7), (59.9, 7), (60.0, 5), (119.9, 5), (120.0, 0), (9e5 - 2e4, 0)];
        for (tick, liquidity) in expected {
            assert_eq!(liquidity_at(pool(), tick), liquidity, "tick {tick}");
        }
    }

    #[test]
    fn liquidity_is_restored_when_the_price_returns() {
        let mut pool = pool();
        for tick in [500.0, 90.0, -500.0, 30.0] {
            pool.set_price(PoolPrice::from_tick(tick).unwrap());
        }
        assert_eq!(pool.liquidity(), 7);
    }

    #[test]
    fn tick_with_zero_net_liquidity_is_dropped() {
        let mut pool = pool();
        pool.apply_liquidity_change(0, 60, -2).unwrap();
        assert_eq!(pool.net_liquidity().collect::<Vec<_>>(), [(0, 5), (120, -5)]);
        pool.apply_liquidity_change(0, 120, -5).unwrap();
        assert_eq!(pool.net_liquidity().count(), 0);
        pool.apply_liquidity_change(0, 120, 0).unwrap();
        assert_eq!(pool.net_liquidity().count(), 0);
    }

    #[test]
    fn excessive_burns_and_mints_are_rejected() {
        let unchanged = pool();
        let mut pool = pool();
        for (lower, upper, delta) in
            [(0, 60, -8), (0, 120, -6), (-60, 60, -1), (200, 300, -1), (0, 60, i128::MIN)]
        {
            assert!(pool.apply_liquidity_change(lower, upper, delta).is_err(), "{lower} {delta}");
        }
        for (lower, upper) in [(60, 60), (60, 0), (MIN_TICK - 1, 0), (0, MAX_TICK + 1)] {
            assert!(pool.apply_liquidity_change(lower, upper, 1).is_err(), "{lower} {upper}");
        }
        assert_eq!(pool, unchanged);
    }

    #[test]
    fn the_fee_is_below_one() {
        for fee in [-1e-9, 1.0, f64::NAN] {
            assert!(ConcentratedPool::new(fee, PoolPrice::from_tick(0.0).unwrap()).is_err());
        }
    }
}
