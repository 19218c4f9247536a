//! The contract's swap in integers, with the contract's rounding of every quotient.
//!
//! Based on `UniswapV3Pool.swap`, `SwapMath` and `SqrtPriceMath`, with two differences: square roots
//! of prices are computed from 1.0001 with 192 binary digits instead of the contract's table, and
//! word boundaries of the tick bitmap are not separate steps.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use plimsoll_lending::{MAX_TICK, MIN_TICK, PoolToken};
use ruint::aliases::U512;

const MILLION: u32 = 1_000_000;
// Fractional bits of the contract's prices, and of the values they are rounded from.
const FRACTION: usize = 96;
const ROOT_FRACTION: usize = 192;

pub(crate) struct ExactPool {
    fee_pips: u32,
    pub(crate) sqrt_price_x96: U512,
    pub(crate) tick: i32,
    pub(crate) liquidity: U512,
    /// Net liquidity of each tick.
    ticks: BTreeMap<i32, i128>,
}

#[derive(Debug)]
pub(crate) struct ExactSwap {
    pub(crate) amount_in: U512,
    pub(crate) amount_out: U512,
    pub(crate) ticks_crossed: u32,
}

/// One step of a swap, within a range of constant liquidity.
struct SwapStep {
    sqrt_price_x96: U512,
    amount_in: U512,
    amount_out: U512,
}

impl ExactPool {
    /// A pool at a price and tick, with the liquidity of its positions.
    pub(crate) fn new(
        fee_pips: u32,
        sqrt_price_x96: U512,
        tick: i32,
        positions: &[(i32, i32, i128)],
    ) -> Self {
        let (mut ticks, mut liquidity) = (BTreeMap::<i32, i128>::new(), U512::ZERO);
        for &(lower, upper, delta) in positions {
            *ticks.entry(lower).or_default() += delta;
            *ticks.entry(upper).or_default() -= delta;
            if (lower..upper).contains(&tick) {
                liquidity += U512::from(delta);
            }
        }
        ticks.retain(|_, net| *net != 0);
        Self { fee_pips, sqrt_price_x96, tick, liquidity, ticks }
    }

    /// Swaps an exact amount in without a price limit, and updates the pool.
    pub(crate) fn swap(&mut self, token: PoolToken, amount: U512) -> ExactSwap {
        let limit = match token {
            PoolToken::Token0 => sqrt_ratio(MIN_TICK) + one(),
            PoolToken::Token1 => sqrt_ratio(MAX_TICK) - one(),
        };
        let mut left = amount;
        let (mut amount_out, mut ticks_crossed) = (U512::ZERO, 0);
        while !left.is_zero() && self.sqrt_price_x96 != limit {
            let (next, net) = self.next_tick(token);
            let boundary = sqrt_ratio(next);
            let target = match token {
                PoolToken::Token0 => boundary.max(limit),
                PoolToken::Token1 => boundary.min(limit),
            };
            let step = self.swap_step(token, target, left);
            left -= step.amount_in;
            amount_out += step.amount_out;
            let moved = self.sqrt_price_x96 != step.sqrt_price_x96;
            self.sqrt_price_x96 = step.sqrt_price_x96;
            if self.sqrt_price_x96 == boundary {
                self.cross(token, next, net);
                ticks_crossed += 1;
            } else if moved {
                self.tick = tick_at(self.sqrt_price_x96);
            }
        }
        ExactSwap { amount_in: amount - left, amount_out, ticks_crossed }
    }

    fn next_tick(&self, token: PoolToken) -> (i32, i128) {
        let (next, limit) = match token {
            PoolToken::Token0 => (self.ticks.range(..=self.tick).next_back(), MIN_TICK),
            PoolToken::Token1 => (self.ticks.range(self.tick + 1..).next(), MAX_TICK),
        };
        next.map_or((limit, 0), |(&tick, &net)| (tick, net))
    }

    fn cross(&mut self, token: PoolToken, tick: i32, net: i128) {
        let (gain, tick) = match token {
            PoolToken::Token0 => (-net, tick - 1),
            PoolToken::Token1 => (net, tick),
        };
        let magnitude = U512::from(gain.unsigned_abs());
        self.tick = tick;
        self.liquidity =
            if gain < 0 { self.liquidity - magnitude } else { self.liquidity + magnitude };
    }

    /// `SwapMath.computeSwapStep` for an exact input; the fee is part of the step's input.
    fn swap_step(&self, token: PoolToken, target: U512, left: U512) -> SwapStep {
        let start = self.sqrt_price_x96;
        let kept = U512::from(MILLION - self.fee_pips);
        let net_left = left * kept / U512::from(MILLION);
        let reached = net_left >= self.amount_in(token, start, target);
        let end = if reached { target } else { self.price_after(token, net_left) };
        let net_in = self.amount_in(token, start, end);
        let fee = (net_in * U512::from(self.fee_pips)).div_ceil(kept);
        SwapStep {
            sqrt_price_x96: end,
            amount_in: if end == target { net_in + fee } else { left },
            amount_out: self.amount_out(token, start, end),
        }
    }

    /// `SqrtPriceMath.getNextSqrtPriceFromInput`.
    fn price_after(&self, token: PoolToken, net_in: U512) -> U512 {
        let price = self.sqrt_price_x96;
        match token {
            PoolToken::Token0 if net_in.is_zero() => price,
            PoolToken::Token0 => {
                let liquidity = self.liquidity << FRACTION;
                (liquidity * price).div_ceil(liquidity + net_in * price)
            }
            PoolToken::Token1 => price + (net_in << FRACTION) / self.liquidity,
        }
    }

    /// `SqrtPriceMath.getAmount0Delta` or `getAmount1Delta`, rounded up.
    fn amount_in(&self, token: PoolToken, start: U512, end: U512) -> U512 {
        match token {
            PoolToken::Token0 => {
                ((self.liquidity << FRACTION) * (start - end)).div_ceil(start).div_ceil(end)
            }
            PoolToken::Token1 => (self.liquidity * (end - start)).div_ceil(one() << FRACTION),
        }
    }

    /// `SqrtPriceMath.getAmount1Delta` or `getAmount0Delta`, rounded down.
    fn amount_out(&self, token: PoolToken, start: U512, end: U512) -> U512 {
        match token {
            PoolToken::Token0 => (self.liquidity * (start - end)) >> FRACTION,
            PoolToken::Token1 => (self.liquidity << FRACTION) * (end - start) / end / start,
        }
    }
}

fn one() -> U512 {
    U512::from(1)
}

/// `TickMath.getSqrtRatioAtTick`, up to the last digits of its table.
pub(crate) fn sqrt_ratio(tick: i32) -> U512 {
    // sqrt(1.0001)^(2^i).
    static POWERS: LazyLock<Vec<U512>> = LazyLock::new(|| {
        let base = ((U512::from(10_001) << (2 * ROOT_FRACTION)) / U512::from(10_000)).root(2);
        std::iter::successors(Some(base), |&power| Some((power * power) >> ROOT_FRACTION))
            .take(20)
            .collect()
    });
    let bits = tick.unsigned_abs();
    let set = POWERS.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1);
    let ratio =
        set.fold(one() << ROOT_FRACTION, |ratio, (_, &power)| (ratio * power) >> ROOT_FRACTION);
    if tick < 0 {
        (one() << (FRACTION + ROOT_FRACTION)).div_ceil(ratio)
    } else {
        ratio.div_ceil(one() << (ROOT_FRACTION - FRACTION))
    }
}

/// `TickMath.getTickAtSqrtRatio`.
pub(crate) fn tick_at(sqrt_price_x96: U512) -> i32 {
    let (mut tick, mut beyond) = (MIN_TICK, MAX_TICK);
    while beyond - tick > 1 {
        let middle = (tick + beyond) / 2;
        if sqrt_ratio(middle) <= sqrt_price_x96 { tick = middle } else { beyond = middle }
    }
    tick
}

#[test]
fn extreme_prices_match_the_contract() {
    // TickMath.MIN_SQRT_RATIO and MAX_SQRT_RATIO, of which the table gets 16 digits right.
    assert_eq!(sqrt_ratio(MIN_TICK), U512::from(4_295_128_739_u64));
    let expected = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342.0;
    assert!((f64::from(sqrt_ratio(MAX_TICK)) / expected - 1.0).abs() < 1e-15);
    assert_eq!(tick_at(one() << FRACTION), 0);
}
