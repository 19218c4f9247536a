//! A pool's state and how events change it. Source: `UniswapV3Pool`.

use alloy_primitives::{U160, U256};

use super::events::Pool::PoolEvents;
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::exact_amount::{exact_amount, exact_signed_amount};

/// Ticks are within 2^23 of zero, so a tick plus this shift is never negative.
const TICK_SHIFT: i32 = 1 << 23;

/// A pool's state: the values of `slot0` and `liquidity`.
#[derive(Debug, Clone, Copy)]
pub(super) struct PoolState {
    pub(super) sqrt_price: U256,
    pub(super) tick: i32,
    pub(super) liquidity: U256,
}

/// The change that an event makes.
pub(super) struct PoolChange {
    pub(super) kind: &'static str,
    pub(super) range: Option<(i32, i32, i128)>,
    pub(super) amounts: (i128, i128),
}

impl PoolState {
    pub(super) fn from_words([sqrt_price, tick, liquidity]: [U256; 3]) -> Self {
        let tick = if tick.is_zero() { 0 } else { tick.to::<i32>() - TICK_SHIFT };
        Self { sqrt_price, tick, liquidity }
    }

    pub(super) fn to_words(self) -> [U256; 3] {
        [self.sqrt_price, U256::from(self.tick + TICK_SHIFT), self.liquidity]
    }

    /// The price as a tick with its fraction.
    pub(super) fn exact_tick(self) -> f64 {
        let sqrt_price = f64::from(self.sqrt_price) / 2_f64.powi(96);
        2.0 * sqrt_price.ln() / 1.0001_f64.ln()
    }

    fn with_price(self, sqrt_price: U160, tick: i32) -> Self {
        Self { sqrt_price: sqrt_price.to(), tick, ..self }
    }

    /// `UniswapV3Pool._modifyPosition`: liquidity counts where the tick is in its range.
    fn with_liquidity(self, lower: i32, upper: i32, delta: i128) -> Result<Self, DecodeError> {
        if self.tick < lower || upper <= self.tick {
            return Ok(self);
        }
        let amount = U256::from(delta.unsigned_abs());
        let liquidity = if delta < 0 {
            self.liquidity.checked_sub(amount)
        } else {
            self.liquidity.checked_add(amount)
        };
        let error =
            || DecodeError::value(format!("{delta} cannot move {} in range", self.liquidity));
        Ok(Self { liquidity: liquidity.ok_or_else(error)?, ..self })
    }
}

/// The state after an event, and the change it makes.
pub(super) fn apply(
    before: PoolState,
    event: PoolEvents,
) -> Result<(PoolState, PoolChange), DecodeError> {
    let entered =
        |amount0: U256, amount1: U256| Ok((exact_amount(amount0)?, exact_amount(amount1)?));
    let left =
        |amount0: U256, amount1: U256| Ok((-exact_amount(amount0)?, -exact_amount(amount1)?));
    Ok(match event {
        PoolEvents::Initialize(e) => {
            let after = before.with_price(e.sqrtPriceX96, e.tick.as_i32());
            (after, PoolChange { kind: "initialize", range: None, amounts: (0, 0) })
        }
        PoolEvents::Swap(e) => {
            let amounts = (exact_signed_amount(e.amount0)?, exact_signed_amount(e.amount1)?);
            let after = PoolState {
                liquidity: U256::from(e.liquidity),
                ..before.with_price(e.sqrtPriceX96, e.tick.as_i32())
            };
            (after, PoolChange { kind: "swap", range: None, amounts })
        }
        PoolEvents::Mint(e) => {
            let (lower, upper) = (e.tickLower.as_i32(), e.tickUpper.as_i32());
            let delta = exact_amount(U256::from(e.amount))?;
            let amounts = entered(e.amount0, e.amount1)?;
            let range = Some((lower, upper, delta));
            (
                before.with_liquidity(lower, upper, delta)?,
                PoolChange { kind: "mint", range, amounts },
            )
        }
        PoolEvents::Burn(e) => {
            let (lower, upper) = (e.tickLower.as_i32(), e.tickUpper.as_i32());
            let delta = -exact_amount(U256::from(e.amount))?;
            let amounts = left(e.amount0, e.amount1)?;
            let range = Some((lower, upper, delta));
            (
                before.with_liquidity(lower, upper, delta)?,
                PoolChange { kind: "burn", range, amounts },
            )
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn liquidity_counts_only_in_the_range_of_the_tick() {
        let at = PoolState { sqrt_price: U256::ZERO, tick: 10, liquidity: U256::from(100) };
        let after =
            |lower, upper, delta| at.with_liquidity(lower, upper, delta).map(|s| s.liquidity);
        assert_eq!(after(0, 20, 5), Ok(U256::from(105)));
        assert_eq!(after(10, 20, -5), Ok(U256::from(95)));
        assert_eq!(after(0, 10, 5), Ok(U256::from(100)));
        assert_eq!(after(11, 20, 5), Ok(U256::from(100)));
        assert!(after(0, 20, -101).is_err());
    }

    #[test]
    fn a_pool_state_survives_its_words() {
        for tick in [-887_272, -1, 0, 1, 887_271] {
            let at = PoolState { sqrt_price: U256::from(3), tick, liquidity: U256::from(9) };
            let again = PoolState::from_words(at.to_words());
            assert_eq!(
                (again.sqrt_price, again.tick, again.liquidity),
                (at.sqrt_price, tick, at.liquidity)
            );
        }
    }
}
