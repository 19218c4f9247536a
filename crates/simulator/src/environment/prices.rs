//! What assets are worth: ether's movements, their own, shocks to all of them, and pegs.

use rand::RngExt;

use super::super::asset::{ASSETS, FLOATING, WETH, WSTETH};
use super::super::clock::{HOUR, HOUR_YEARS, TICK_YEARS};
use super::super::random::{Rng, normal};
use super::climate::{Climate, Regime};
use super::peg::{Peg, Tether};

/// Hours in the return that everybody looks at.
const DAY_HOURS: usize = 24;
/// First prices of the floating assets, USD.
const FIRST_USD: [f64; FLOATING] = [2_300.0, 42_500.0, 15.0, 7.5];
/// How much each moves with ether.
const LOADING: [f64; FLOATING] = [1.0, 0.66, 1.08, 1.10];
/// Volatility of what is each one's own at usual stress, a year.
const OWN_VOLATILITY: [f64; FLOATING] = [0.0, 0.40, 0.70, 0.82];
/// Log size of a shock of strength 1: every market falls at once.
const SHOCK: f64 = 0.030;
/// Drift of ether's log price a year, shocks left out.
const DRIFT: f64 = 0.65;
/// Reward of the staking token, a year, and what it was worth at first, ether.
const STAKING: (f64, f64) = (0.035, 1.15);
const STAKED: Tether = Tether { noise: 0.0006, trouble: 0.02 };
const STABLE: Tether = Tether { noise: 0.0002, trouble: 0.02 };

/// Prices, and what moves them within the hour.
#[derive(Debug, Clone)]
pub(super) struct Prices {
    floating: [f64; FLOATING],
    pegs: [Peg; ASSETS - FLOATING],
    /// Log of what the staking token stands for, ether.
    staked: f64,
    /// Log of ether over its first price at the last hours, the oldest at `hour % DAY_HOURS`.
    day: [f64; DAY_HOURS],
    ether: f64,
    hours: usize,
    pace: Pace,
}

/// What holds for an hour.
#[derive(Debug, Clone, Copy, Default)]
struct Pace {
    drift: f64,
    ether: f64,
    own: [f64; FLOATING],
    /// The tick within the hour at which a shock comes, and its log size.
    shock: Option<(usize, f64)>,
    tick: usize,
    pegged: [f64; ASSETS - FLOATING],
}

impl Prices {
    pub(super) fn new() -> Self {
        Self {
            floating: FIRST_USD,
            pegs: Default::default(),
            staked: STAKING.1.ln(),
            day: [0.0; DAY_HOURS],
            ether: 0.0,
            hours: 0,
            pace: Pace { pegged: [STAKING.1, 1.0, 1.0, 1.0], ..Default::default() },
        }
    }

    /// Prices now, USD.
    pub(super) fn spot(&self) -> [f64; ASSETS] {
        let mut spot = [0.0; ASSETS];
        spot[..FLOATING].copy_from_slice(&self.floating);
        spot[FLOATING..].copy_from_slice(&self.pace.pegged);
        spot[WSTETH] *= spot[WETH];
        spot
    }

    /// How far ether has moved in the last day, log.
    pub(super) fn day_return(&self) -> f64 {
        self.ether - self.day[self.hours % DAY_HOURS]
    }

    /// Chooses how prices move in the hour that begins.
    pub(super) fn hour(&mut self, climate: &Climate, shock: Option<f64>, rng: &mut Rng) {
        self.day[self.hours % DAY_HOURS] = self.ether;
        self.hours += 1;
        self.staked += STAKING.0 * HOUR_YEARS;
        let (stable, staked) =
            (climate.frequencies().stable_depeg, climate.frequencies().staked_depeg);
        self.pegs[0].hour(STAKED, staked * more_in_a_storm(climate), rng);
        self.pegs[1..].iter_mut().for_each(|peg| peg.hour(STABLE, stable / 3.0, rng));
        let per_tick = TICK_YEARS.sqrt();
        // What is an asset's own calms down less and storms less than the market.
        let own = climate.stress().sqrt() * per_tick;
        self.pace = Pace {
            drift: DRIFT * TICK_YEARS,
            ether: climate.volatility() * per_tick,
            own: OWN_VOLATILITY.map(|volatility| volatility * own),
            shock: shock.map(|strength| (rng.random_range(0..HOUR), -SHOCK * strength)),
            tick: 0,
            pegged: std::array::from_fn(|peg| {
                let stands_for = if peg == 0 { self.staked } else { 0.0 };
                (stands_for + self.pegs[peg].distance).exp()
            }),
        };
    }

    /// Moves prices by one tick and tells them.
    pub(super) fn tick(&mut self, rng: &mut Rng) -> [f64; ASSETS] {
        let mut moved = self.pace.drift + self.pace.ether * normal(rng);
        if let Some((_, shock)) = self.pace.shock.filter(|(tick, _)| *tick == self.pace.tick) {
            moved += shock;
        }
        self.pace.tick += 1;
        self.ether += moved;
        for (asset, price) in self.floating.iter_mut().enumerate() {
            let own = self.pace.own[asset];
            let own = if own > 0.0 { own * normal(rng) } else { 0.0 };
            *price *= grown(LOADING[asset] * moved + own);
        }
        self.spot()
    }
}

fn more_in_a_storm(climate: &Climate) -> f64 {
    if climate.regime == Regime::Storm { 5.0 } else { 1.0 }
}

/// The exponential of a small number, by its series: of what a tick can bring, to the last digits.
fn grown(x: f64) -> f64 {
    if x.abs() > 0.05 {
        return x.exp();
    }
    // 1 / k! from the sixth down.
    const TERMS: [f64; 5] = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5];
    let rest = TERMS.iter().fold(0.0, |sum, term| sum * x + term);
    1.0 + x * (1.0 + x * rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_is_the_exponential() {
        for x in [0.0, 1e-9, -3e-3, 0.0123, 0.049, -0.05, 0.2, -1.0_f64] {
            assert!((grown(x) / x.exp() - 1.0).abs() < 3e-13, "{x}");
        }
    }
}
