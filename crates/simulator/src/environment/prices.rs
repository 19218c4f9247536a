//! Price processes: a common ether factor, idiosyncratic moves, common shocks, and pegs.

use rand::RngExt;

use super::peg::{Peg, PegModel};
use super::regime::{Regime, RegimeProcess};
use crate::asset::{ASSET_COUNT, FLOATING_COUNT, WETH, WSTETH};
use crate::clock::{HOUR_YEARS, HOURS_PER_DAY, TICK_YEARS, TICKS_PER_HOUR};
use crate::random::{Rng, normal};

/// Initial prices of the floating assets, USD.
const INITIAL_USD: [f64; FLOATING_COUNT] = [2_300.0, 42_500.0, 15.0, 7.5];
/// Beta of each floating asset to ether.
const ETHER_BETA: [f64; FLOATING_COUNT] = [1.0, 0.66, 1.08, 1.10];
/// Annual idiosyncratic volatility at stress 1.
const IDIOSYNCRATIC_VOLATILITY: [f64; FLOATING_COUNT] = [0.0, 0.40, 0.70, 0.82];
/// Log size of a common shock of strength 1; all prices fall at once.
const SHOCK_LOG_SIZE: f64 = 0.030;
/// Annual drift of ether's log price, without shocks.
const ETHER_DRIFT: f64 = 0.65;
/// Annual reward of the staking token, and its initial value in ether.
const STAKING_RATE: (f64, f64) = (0.035, 1.15);
const STAKING_TOKEN_PEG: PegModel = PegModel { log_noise: 0.0006, min_log_stress: 0.02 };
const STABLECOIN_PEG: PegModel = PegModel { log_noise: 0.0002, min_log_stress: 0.02 };

/// Prices, and their dynamics within the hour.
#[derive(Debug, Clone)]
pub(super) struct PriceProcess {
    floating_usd: [f64; FLOATING_COUNT],
    pegs: [Peg; ASSET_COUNT - FLOATING_COUNT],
    /// Log of the staking token's redemption value, ether.
    log_staking_rate: f64,
    /// Log of ether's price relative to its initial price, in the last hours; a ring buffer indexed
    /// by `elapsed_hours % HOURS_PER_DAY`.
    log_ether_by_hour: [f64; HOURS_PER_DAY],
    log_ether: f64,
    elapsed_hours: usize,
    dynamics: HourDynamics,
}

/// State that is constant within an hour.
#[derive(Debug, Clone, Copy, Default)]
struct HourDynamics {
    drift_per_tick: f64,
    ether_volatility: f64,
    idiosyncratic_volatility: [f64; FLOATING_COUNT],
    /// The tick within the hour at which a shock occurs, and its log size.
    shock: Option<(usize, f64)>,
    tick: usize,
    pegged_prices: [f64; ASSET_COUNT - FLOATING_COUNT],
}

impl PriceProcess {
    pub(super) fn new() -> Self {
        Self {
            floating_usd: INITIAL_USD,
            pegs: Default::default(),
            log_staking_rate: STAKING_RATE.1.ln(),
            log_ether_by_hour: [0.0; HOURS_PER_DAY],
            log_ether: 0.0,
            elapsed_hours: 0,
            dynamics: HourDynamics {
                pegged_prices: [STAKING_RATE.1, 1.0, 1.0, 1.0],
                ..Default::default()
            },
        }
    }

    /// Current prices, USD.
    pub(super) fn spot(&self) -> [f64; ASSET_COUNT] {
        let mut spot = [0.0; ASSET_COUNT];
        spot[..FLOATING_COUNT].copy_from_slice(&self.floating_usd);
        spot[FLOATING_COUNT..].copy_from_slice(&self.dynamics.pegged_prices);
        spot[WSTETH] *= spot[WETH];
        spot
    }

    /// Log return of ether over the last day.
    pub(super) fn day_return(&self) -> f64 {
        self.log_ether - self.log_ether_by_hour[self.elapsed_hours % HOURS_PER_DAY]
    }

    /// Samples the dynamics of the starting hour.
    pub(super) fn advance_hour(
        &mut self,
        regime_process: &RegimeProcess,
        shock: Option<f64>,
        rng: &mut Rng,
    ) {
        self.log_ether_by_hour[self.elapsed_hours % HOURS_PER_DAY] = self.log_ether;
        self.elapsed_hours += 1;
        self.log_staking_rate += STAKING_RATE.0 * HOUR_YEARS;
        let (stable, staked) = (
            regime_process.probabilities().stablecoin_depeg,
            regime_process.probabilities().staking_token_depeg,
        );
        self.pegs[0].advance_hour(
            STAKING_TOKEN_PEG,
            staked * crisis_depeg_factor(regime_process),
            rng,
        );
        self.pegs[1..]
            .iter_mut()
            .for_each(|peg| peg.advance_hour(STABLECOIN_PEG, stable / 3.0, rng));
        let per_tick = TICK_YEARS.sqrt();
        // Idiosyncratic volatility varies less with stress than the market's.
        let idiosyncratic = regime_process.stress().sqrt() * per_tick;
        self.dynamics = HourDynamics {
            drift_per_tick: ETHER_DRIFT * TICK_YEARS,
            ether_volatility: regime_process.volatility() * per_tick,
            idiosyncratic_volatility: IDIOSYNCRATIC_VOLATILITY
                .map(|volatility| volatility * idiosyncratic),
            shock: shock
                .map(|strength| (rng.random_range(0..TICKS_PER_HOUR), -SHOCK_LOG_SIZE * strength)),
            tick: 0,
            pegged_prices: std::array::from_fn(|peg| {
                let log_redemption = if peg == 0 { self.log_staking_rate } else { 0.0 };
                (log_redemption + self.pegs[peg].log_deviation).exp()
            }),
        };
    }

    /// Advances prices by one tick and returns them.
    pub(super) fn advance_tick(&mut self, rng: &mut Rng) -> [f64; ASSET_COUNT] {
        let mut log_return =
            self.dynamics.drift_per_tick + self.dynamics.ether_volatility * normal(rng);
        if let Some((_, shock)) =
            self.dynamics.shock.filter(|(tick, _)| *tick == self.dynamics.tick)
        {
            log_return += shock;
        }
        self.dynamics.tick += 1;
        self.log_ether += log_return;
        for (asset, price) in self.floating_usd.iter_mut().enumerate() {
            let idiosyncratic = self.dynamics.idiosyncratic_volatility[asset];
            let idiosyncratic = if idiosyncratic > 0.0 { idiosyncratic * normal(rng) } else { 0.0 };
            *price *= exp_small(ETHER_BETA[asset] * log_return + idiosyncratic);
        }
        self.spot()
    }
}

fn crisis_depeg_factor(regime_process: &RegimeProcess) -> f64 {
    if regime_process.regime == Regime::Crisis { 5.0 } else { 1.0 }
}

/// The exponential, by its series for arguments as small as a tick's log return.
fn exp_small(x: f64) -> f64 {
    if x.abs() > 0.05 {
        return x.exp();
    }
    // 1 / k! from the sixth down.
    const TERMS: [f64; 5] = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5];
    let series = TERMS.iter().fold(0.0, |sum, term| sum * x + term);
    1.0 + x * (1.0 + x * series)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_is_the_exponential() {
        for x in [0.0, 1e-9, -3e-3, 0.0123, 0.049, -0.05, 0.2, -1.0_f64] {
            assert!((exp_small(x) / x.exp() - 1.0).abs() < 3e-13, "{x}");
        }
    }
}
