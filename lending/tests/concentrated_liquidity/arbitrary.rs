//! Arbitrary pools.

use plimsoll_lending::{ConcentratedPool, PoolPrice, PoolToken, sqrt_price_at_tick};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

/// Fees in millionths, and the tick spacing that the factory gives pools of that fee.
const FEES: [(u32, i32); 4] = [(100, 1), (500, 10), (3_000, 60), (10_000, 200)];

/// A pool, as a list of mints at a starting price.
#[derive(Clone, Debug)]
pub(crate) struct PoolCase {
    pub(crate) fee_pips: u32,
    pub(crate) start: StartPrice,
    pub(crate) positions: Vec<(i32, i32, i128)>,
}

/// The starting price.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StartPrice {
    /// At a fractional tick, mostly between two of the pool's.
    Within(f64),
    /// At the boundary of one of the pool's ticks, just above it.
    Above(i32),
    /// At the boundary of one of the pool's ticks, just below it, as after a sale of token 0.
    Below(i32),
}

impl PoolCase {
    pub(crate) fn pool(&self) -> ConcentratedPool {
        self.pool_at(self.start.price(), f64::from(self.fee_pips) / 1e6)
    }

    pub(crate) fn free_pool(&self) -> ConcentratedPool {
        self.pool_at(self.start.price(), 0.0)
    }

    /// The pool with the two tokens exchanged.
    pub(crate) fn mirrored(&self) -> ConcentratedPool {
        let start = match self.start {
            StartPrice::Within(tick) => StartPrice::Within(-tick),
            StartPrice::Above(tick) => StartPrice::Below(-tick),
            StartPrice::Below(tick) => StartPrice::Above(-tick),
        };
        let positions = self.positions.iter().map(|&(lower, upper, delta)| (-upper, -lower, delta));
        Self { start, positions: positions.collect(), ..self.clone() }.pool()
    }

    /// The largest liquidity of a single position.
    pub(crate) fn max_position_liquidity(&self) -> f64 {
        self.positions.iter().map(|&(_, _, delta)| delta as f64).fold(0.0, f64::max)
    }

    fn pool_at(&self, price: PoolPrice, fee: f64) -> ConcentratedPool {
        let mut pool = ConcentratedPool::new(fee, price).expect("a fee of the factory");
        for &(lower, upper, delta) in &self.positions {
            pool.apply_liquidity_change(lower, upper, delta).expect("only mints");
        }
        pool
    }
}

impl StartPrice {
    pub(crate) fn price(self) -> PoolPrice {
        let price = match self {
            Self::Within(tick) => PoolPrice::from_tick(tick),
            Self::Above(tick) => PoolPrice::new(sqrt_price_at_tick(tick), tick),
            Self::Below(tick) => PoolPrice::new(sqrt_price_at_tick(tick), tick - 1),
        };
        price.expect("well within the contract's ticks")
    }
}

/// The same cases on every run, without persistence. Cases whose price lies outside all liquidity
/// are rejected.
pub(crate) fn fixed_seed() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        max_global_rejects: 20_000,
        rng_seed: RngSeed::Fixed(1_875),
        ..ProptestConfig::default()
    }
}

pub(crate) fn token() -> impl Strategy<Value = PoolToken> {
    prop_oneof![Just(PoolToken::Token0), Just(PoolToken::Token1)]
}

/// Up to 20 positions, overlapping or with gaps, and a price among them.
pub(crate) fn pool_case() -> impl Strategy<Value = PoolCase> {
    let position = (-300..300, 1..300, 26.0..29.0_f64);
    let start = (0..3, -200.0..200.0_f64, any::<(Index, bool)>());
    ((0..FEES.len(), -1.0..1.0_f64), vec(position, 1..20), start).prop_map(
        |((fee, centre), positions, (kind, offset, (chosen, upper)))| {
            let (fee_pips, spacing) = FEES[fee];
            let centre = (centre * 200_000.0 / f64::from(spacing)) as i32;
            let positions: Vec<_> = positions
                .into_iter()
                .map(|(lower, width, digits)| {
                    let lower = centre + lower;
                    let liquidity = 10.0_f64.powf(digits) as i128;
                    (lower * spacing, (lower + width) * spacing, liquidity)
                })
                .collect();
            let &(lower_tick, upper_tick, _) = chosen.get(&positions);
            let tick = if upper { upper_tick } else { lower_tick };
            let start = match kind {
                0 => StartPrice::Within((f64::from(centre) + offset) * f64::from(spacing)),
                1 => StartPrice::Above(tick),
                _ => StartPrice::Below(tick),
            };
            PoolCase { fee_pips, start, positions }
        },
    )
}

/// The maximum amount in of a token.
pub(crate) fn capacity(pool: &ConcentratedPool, token: PoolToken) -> f64 {
    pool.quote_exact_input(token, f64::INFINITY).amount_in_filled
}
