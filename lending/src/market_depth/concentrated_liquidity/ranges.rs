//! Iteration over the ranges of constant liquidity that a swap crosses.

use super::pool::ConcentratedPool;
use super::price::{MAX_TICK, MIN_TICK, PoolPrice, PoolToken, sqrt_price_at_tick, tick_at};
use super::ticks::Tick;

/// A range of constant liquidity, oriented by the token sold.
///
/// Roots are square roots of the sold token's price in the other token, so that the same formulas
/// apply to both: selling token 1 lowers `1 / sqrt(price)` as selling token 0 lowers
/// `sqrt(price)`.
#[derive(Clone, Copy, Debug)]
pub(super) struct LiquidityRange {
    pub(super) root_from: f64,
    root_to: f64,
    liquidity: f64,
    tick_from: i32,
    /// Price of the pool at the end of the range.
    pub(super) end_price: PoolPrice,
    /// Whether the range ends at a tick with net liquidity, rather than at the limit price.
    pub(super) crosses_tick: bool,
    token: PoolToken,
}

impl LiquidityRange {
    /// Amount in of the whole range, net of the fee: Uniswap v3 Core, equation 6.16 for token 0 and
    /// 6.14 for token 1; `SqrtPriceMath.getAmount0Delta` and `getAmount1Delta`.
    pub(super) fn net_in(&self) -> f64 {
        self.liquidity * (self.root_from - self.root_to) / (self.root_from * self.root_to)
    }

    /// Amount out of the whole range: equation 6.14 for token 0 and 6.16 for token 1.
    pub(super) fn amount_out(&self) -> f64 {
        self.liquidity * (self.root_from - self.root_to)
    }

    /// The root after a net amount is swapped in the range: equations 6.15 and 6.13;
    /// `SqrtPriceMath.getNextSqrtPriceFromInput`.
    pub(super) fn root_after(&self, net_in: f64) -> f64 {
        self.root_from / (1.0 + net_in * self.root_from / self.liquidity)
    }

    /// Amount in, net of the fee, at which the average price of a swap falls to `average_price`.
    ///
    /// `slack` is the output of all earlier ranges above `average_price`, and `kept` is the fraction
    /// of the amount in that is not fee.
    ///
    /// From root `u` to root `v` the amount in is `L (u - v) / (u v)` and the amount out `L (u - v)`.
    /// With `r = average_price / kept` the slack is exhausted where `slack + L (u - v)` equals `r`
    /// times the amount in: `v` is the lower root of `v^2 - c v + r = 0` with
    /// `c = u + r / u + slack / L`. The equation for `u - v` has `b = u - r / u - slack / L` instead
    /// of `c`. Each root is computed in the form without cancellation.
    pub(super) fn net_in_until_average_price(
        &self,
        average_price: f64,
        slack: f64,
        kept: f64,
    ) -> f64 {
        let u = self.root_from;
        let r = average_price / kept;
        let spare = slack / self.liquidity;
        let b = u - r / u - spare;
        let discriminant = (b * b + 4.0 * u * spare).sqrt();
        let fall = if b > 0.0 {
            (b + discriminant) / 2.0
        } else if spare > 0.0 {
            2.0 * u * spare / (discriminant - b)
        } else {
            0.0
        };
        let v = 2.0 * r / (u + r / u + spare + discriminant);
        (self.liquidity * fall / (u * v)).min(self.net_in())
    }

    /// The pool's price at a root within the range.
    pub(super) fn price_at(&self, root: f64) -> PoolPrice {
        let sqrt_price = self.token.oriented_root(root);
        let (beyond, crosses) = (self.end_price.tick(), i32::from(self.crosses_tick));
        let (lower, upper) = match self.token {
            PoolToken::Token0 => (beyond + crosses, self.tick_from),
            PoolToken::Token1 => (self.tick_from, beyond - crosses),
        };
        PoolPrice::from_parts(sqrt_price, tick_at(sqrt_price).clamp(lower, upper))
    }
}

/// The ranges from the price of a pool to the limit price, in swap order. The last one crosses no
/// tick and usually has no liquidity.
#[derive(Debug)]
pub(super) struct LiquidityRanges<'a> {
    token: PoolToken,
    remaining_ticks: &'a [Tick],
    liquidity: i128,
    root: f64,
    tick: i32,
    ended: bool,
}

impl<'a> LiquidityRanges<'a> {
    pub(super) fn new(pool: &'a ConcentratedPool, token: PoolToken) -> Self {
        let (below, above) = pool.ticks.split(pool.price.tick());
        let remaining_ticks = match (token, below, above) {
            // The limit price lies inside the outermost boundaries, so they are never crossed.
            (PoolToken::Token0, [Tick { index: MIN_TICK, .. }, rest @ ..], _) => rest,
            (PoolToken::Token1, _, [rest @ .., Tick { index: MAX_TICK, .. }]) => rest,
            (PoolToken::Token0, ..) => below,
            (PoolToken::Token1, ..) => above,
        };
        let root = token.oriented_root(pool.price.sqrt_price());
        Self {
            token,
            remaining_ticks,
            liquidity: pool.liquidity,
            root,
            tick: pool.price.tick(),
            ended: false,
        }
    }

    /// The next tick, and the pool's price after it is crossed.
    fn next_tick(&mut self) -> Option<(&'a Tick, PoolPrice)> {
        let (tick, remaining) = match self.token {
            PoolToken::Token0 => self.remaining_ticks.split_last()?,
            PoolToken::Token1 => self.remaining_ticks.split_first()?,
        };
        self.remaining_ticks = remaining;
        let beyond = match self.token {
            PoolToken::Token0 => tick.index - 1,
            PoolToken::Token1 => tick.index,
        };
        Some((tick, PoolPrice::from_parts(tick.sqrt_price, beyond)))
    }

    /// The lowest or highest price, up to the contract's last digit.
    fn limit_price(&self) -> PoolPrice {
        match self.token {
            PoolToken::Token0 => PoolPrice::from_parts(sqrt_price_at_tick(MIN_TICK), MIN_TICK),
            PoolToken::Token1 => PoolPrice::from_parts(sqrt_price_at_tick(MAX_TICK), MAX_TICK - 1),
        }
    }

    fn range_to(&self, price_beyond: PoolPrice, crosses: bool) -> LiquidityRange {
        // A pool's price may lie beyond its boundary by a rounding error.
        let root_to = self.token.oriented_root(price_beyond.sqrt_price()).min(self.root);
        LiquidityRange {
            root_from: self.root,
            root_to,
            liquidity: self.liquidity as f64,
            tick_from: self.tick,
            end_price: price_beyond,
            crosses_tick: crosses,
            token: self.token,
        }
    }
}

impl Iterator for LiquidityRanges<'_> {
    type Item = LiquidityRange;

    fn next(&mut self) -> Option<LiquidityRange> {
        if self.ended {
            return None;
        }
        let Some((tick, price_beyond)) = self.next_tick() else {
            self.ended = true;
            return Some(self.range_to(self.limit_price(), false));
        };
        let range = self.range_to(price_beyond, true);
        self.root = range.root_to;
        self.tick = price_beyond.tick();
        self.liquidity += match self.token {
            PoolToken::Token0 => -tick.liquidity_net,
            PoolToken::Token1 => tick.liquidity_net,
        };
        Some(range)
    }
}
