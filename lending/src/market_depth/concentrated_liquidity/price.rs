//! The price of a pool and its tick.

use crate::error::{LendingError, check_range};

/// Lowest tick, a price of about 2^-128; the contract's `TickMath.MIN_TICK`.
pub const MIN_TICK: i32 = -887_272;
/// Highest tick, a price of about 2^128; the contract's `TickMath.MAX_TICK`.
pub const MAX_TICK: i32 = 887_272;

// ln(1.0001) / 2. A power of 1.0001 would multiply the rounding error of 1.0001 by the tick.
const LN_SQRT_PRICE_PER_TICK: f64 = 4.999_750_016_665_417e-5;
// Near MIN_TICK the contract's fixed point has only nine and a half digits.
const ROUNDING: f64 = 1e-9;

/// One of a pool's two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolToken {
    /// The token with the lower address; its price in the other token is the pool's price.
    Token0,
    /// The token with the higher address.
    Token1,
}

/// The price of token 0 in token 1, both in smallest units, and its tick.
///
/// At the boundary of two ticks the price does not determine the tick: a sale of token 0 that has
/// crossed tick 60 can end at the price of tick 60 but in tick 59, without the liquidity above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolPrice {
    sqrt_price: f64,
    tick: i32,
}

impl PoolPrice {
    /// The price a pool reports: `sqrtPriceX96 / 2^96` and `tick` of `slot0` or of a swap's log.
    ///
    /// # Errors
    /// [`LendingError::OutOfRange`] for a tick outside the contract's range or a price outside the tick.
    pub fn new(sqrt_price: f64, tick: i32) -> Result<Self, LendingError> {
        check_range("tick", tick.into(), MIN_TICK.into(), (MAX_TICK - 1).into())?;
        let (lower, upper) = (sqrt_price_at_tick(tick), sqrt_price_at_tick(tick + 1));
        let (lower, upper) = (lower * (1.0 - ROUNDING), upper * (1.0 + ROUNDING));
        check_range("sqrt_price", sqrt_price, lower, upper)?;
        Ok(Self { sqrt_price, tick })
    }

    /// The price with the given square root; a price on a boundary lies in the upper tick.
    ///
    /// # Errors
    /// [`LendingError::OutOfRange`] for a price outside the contract's range.
    pub fn from_sqrt_price(sqrt_price: f64) -> Result<Self, LendingError> {
        let lower = sqrt_price_at_tick(MIN_TICK) * (1.0 - ROUNDING);
        let upper = sqrt_price_at_tick(MAX_TICK) * (1.0 + ROUNDING);
        check_range("sqrt_price", sqrt_price, lower, upper)?;
        Ok(Self { sqrt_price, tick: tick_at(sqrt_price) })
    }

    /// The price `1.0001^tick` of a fractional tick.
    ///
    /// # Errors
    /// [`LendingError::OutOfRange`] for a tick outside the contract's range.
    pub fn from_tick(tick: f64) -> Result<Self, LendingError> {
        check_range("tick", tick, MIN_TICK.into(), MAX_TICK.into())?;
        let sqrt_price = (tick * LN_SQRT_PRICE_PER_TICK).exp();
        Ok(Self { sqrt_price, tick: (tick.floor() as i32).min(MAX_TICK - 1) })
    }

    /// A price and its tick, unchecked.
    pub(super) const fn from_parts(sqrt_price: f64, tick: i32) -> Self {
        Self { sqrt_price, tick }
    }

    /// Square root of the price, token 1 per token 0 in smallest units.
    #[must_use]
    pub const fn sqrt_price(&self) -> f64 {
        self.sqrt_price
    }

    /// The tick of the price.
    #[must_use]
    pub const fn tick(&self) -> i32 {
        self.tick
    }

    /// Price of a smallest unit of a token in smallest units of the other token, before fees.
    #[must_use]
    pub fn token_price(&self, token: PoolToken) -> f64 {
        token.oriented_root(self.sqrt_price).powi(2)
    }
}

impl PoolToken {
    /// Converts between the square root of token 0's price and that of this token's price, which
    /// selling the token lowers.
    pub(super) fn oriented_root(self, sqrt_price: f64) -> f64 {
        match self {
            Self::Token0 => sqrt_price,
            Self::Token1 => sqrt_price.recip(),
        }
    }
}

/// Square root of the price at the lower boundary of a tick, `1.0001^(tick / 2)`: Uniswap v3 Core,
/// equation 6.2, and `TickMath.getSqrtRatioAtTick` without the factor of 2^96.
#[must_use]
pub fn sqrt_price_at_tick(tick: i32) -> f64 {
    (f64::from(tick) * LN_SQRT_PRICE_PER_TICK).exp()
}

/// The highest tick whose lower boundary is at most a price: `TickMath.getTickAtSqrtRatio`.
pub(super) fn tick_at(sqrt_price: f64) -> i32 {
    let tick = (sqrt_price.ln() / LN_SQRT_PRICE_PER_TICK).floor() as i32;
    // The logarithm of a boundary may round to either side of it.
    let candidates = [tick + 1, tick];
    let tick = candidates.into_iter().find(|&tick| sqrt_price_at_tick(tick) <= sqrt_price);
    tick.unwrap_or(candidates[1] - 1).clamp(MIN_TICK, MAX_TICK - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_agree_with_the_contract() {
        // TickMath.MIN_SQRT_RATIO and MAX_SQRT_RATIO, and 2^96 at tick 0.
        let x96 = 2.0_f64.powi(96);
        let expected = [
            (MIN_TICK, 4_295_128_739.0 / x96, 3e-10),
            (0, 1.0, 0.0),
            (
                MAX_TICK,
                1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342.0 / x96,
                2e-14,
            ),
        ];
        for (tick, sqrt_price, tolerance) in expected {
            let error = sqrt_price_at_tick(tick) / sqrt_price - 1.0;
            assert!(error.abs() <= tolerance, "tick {tick} is off by {error:e}");
        }
    }

    #[test]
    fn boundary_belongs_to_its_tick() {
        for tick in (MIN_TICK..MAX_TICK).step_by(1_013) {
            let boundary = sqrt_price_at_tick(tick);
            assert_eq!(PoolPrice::from_sqrt_price(boundary).unwrap().tick(), tick);
            let below = boundary.next_down();
            assert_eq!(tick_at(below), (tick - 1).max(MIN_TICK));
        }
    }

    #[test]
    fn boundary_price_may_be_in_either_tick() {
        let boundary = sqrt_price_at_tick(60);
        assert!(PoolPrice::new(boundary, 60).is_ok() && PoolPrice::new(boundary, 59).is_ok());
        for tick in [58, 61, MIN_TICK - 1, MAX_TICK] {
            assert!(PoolPrice::new(boundary, tick).is_err(), "tick {tick}");
        }
        assert!(PoolPrice::new(f64::NAN, 60).is_err());
    }

    #[test]
    fn token_prices_are_reciprocal() {
        let price = PoolPrice::from_tick(6_931.818).unwrap();
        assert!((price.token_price(PoolToken::Token0) - 2.0).abs() < 1e-6);
        assert!((price.token_price(PoolToken::Token1) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn prices_beyond_the_contract_are_rejected() {
        for sqrt_price in [0.0, 5e-20, 2e19, f64::NAN, f64::INFINITY] {
            assert!(PoolPrice::from_sqrt_price(sqrt_price).is_err(), "{sqrt_price}");
        }
        assert!(PoolPrice::from_tick(f64::NAN).is_err() && PoolPrice::from_tick(9e5).is_err());
        assert_eq!(PoolPrice::from_tick(MAX_TICK.into()).unwrap().tick(), MAX_TICK - 1);
    }
}
