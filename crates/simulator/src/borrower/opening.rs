//! Opening of a loan.

use rand::RngExt;

use super::owner::{OwnerProfile, Strategy};
use super::position::{Balance, Position};
use super::state::{Borrower, LoanStage, MAX_BORROWED_SHARE, SimContext};
use crate::asset::{ASSET_CONFIGS, EMODE, WETH, WSTETH};
use crate::clock::TICKS_PER_DAY;
use crate::events::{Action, EventSink};
use crate::random::{Rng, bernoulli, uniform};

/// Share of borrowers who open their first loan in the first days.
const EARLY_ENTRY_SHARE: f64 = 0.3;
const EARLY_ENTRY_DAYS: f64 = 3.0;
/// Volatile assets, with the probability that each is deposited.
const COLLATERAL_WEIGHTS: [(usize, f64); 5] =
    [(WETH, 0.52), (1, 0.22), (WSTETH, 0.14), (2, 0.07), (3, 0.05)];
/// Stablecoins, with the probability that each is borrowed.
const DEBT_WEIGHTS: [(usize, f64); 3] = [(5, 0.5), (6, 0.3), (7, 0.2)];
/// Share of holders who deposit two assets.
const TWO_COLLATERALS_SHARE: f64 = 0.15;
const LOOP_ROUNDS: u32 = 4;

impl Borrower {
    /// Samples a borrower whose first loan opens within a history of `ticks` ticks.
    pub(crate) fn sample(number: u32, ticks: usize, rng: &mut Rng) -> Self {
        let profile = OwnerProfile::sample(rng);
        let first = bernoulli(rng, EARLY_ENTRY_SHARE);
        let within = if first { EARLY_ENTRY_DAYS * TICKS_PER_DAY as f64 } else { ticks as f64 };
        let until = 1 + (rng.random::<f64>() * within) as usize;
        Self {
            number,
            profile,
            position: Position::empty(),
            stage: LoanStage::Away { until_tick: until },
        }
    }

    pub(super) fn open_loan<C: EventSink>(&mut self, context: &mut SimContext<'_, C>) {
        let emode = if self.profile.strategy == Strategy::Looper { EMODE } else { 0 };
        if self.position.emode != emode {
            self.record(context, Action::SetEmode(emode));
        }
        let (collateral, debt) = choose_assets(self.profile.strategy, context.rng);
        self.position = Position {
            collateral: collateral.map(|(asset, _)| Balance::zero(asset)),
            debt: Balance::zero(debt),
            emode,
        };
        let debt_usd = self.profile.debt_usd;
        let weighted_average = |terms: fn((f64, f64, f64)) -> f64| -> f64 {
            let weighted = |&(asset, share): &(usize, f64)| {
                share * terms(self.position.risk_parameters(asset))
            };
            collateral.iter().map(weighted).sum()
        };
        let (max_ltv, threshold) =
            (weighted_average(|terms| terms.0), weighted_average(|terms| terms.1));
        let target = self.profile.target_health * uniform(context.rng, 0.95, 1.1);
        let health = target.max(threshold / (max_ltv * MAX_BORROWED_SHARE));
        let collateral_usd = debt_usd * health / threshold;
        self.stage = LoanStage::Borrowing;
        // A looper cannot borrow all at once: the loan of each round is the collateral of the next.
        let rounds = if emode == EMODE { LOOP_ROUNDS } else { 1 };
        for round in 0..rounds {
            let share = 1.0 / f64::from(rounds);
            for (slot, (_, part)) in collateral.iter().enumerate().filter(|(_, (_, p))| *p > 0.0) {
                let usd = collateral_usd * part * share;
                self.deposit(context, slot, usd);
                if round == 0 {
                    self.record(context, Action::UseAsCollateral(collateral[slot].0, true));
                }
            }
            self.borrow(context, debt_usd * share);
        }
    }
}

/// Samples the collateral assets with their shares, and the debt asset.
fn choose_assets(kind: Strategy, rng: &mut Rng) -> ([(usize, f64); 2], usize) {
    match kind {
        Strategy::Looper => ([(WSTETH, 1.0), (WETH, 0.0)], WETH),
        Strategy::Shorter => ([(sample_weighted(&DEBT_WEIGHTS, rng), 1.0), (WETH, 0.0)], WETH),
        Strategy::Holder => {
            let first = sample_weighted(&COLLATERAL_WEIGHTS, rng);
            let second = sample_weighted(&COLLATERAL_WEIGHTS, rng);
            let two = bernoulli(rng, TWO_COLLATERALS_SHARE) && second != first;
            let share = if two { uniform(rng, 0.3, 0.8) } else { 1.0 };
            let second = if two { second } else { (first + 1) % ASSET_CONFIGS.len() };
            ([(first, share), (second, 1.0 - share)], sample_weighted(&DEBT_WEIGHTS, rng))
        }
    }
}

fn sample_weighted(choices: &[(usize, f64)], rng: &mut Rng) -> usize {
    let mut u = rng.random::<f64>();
    let chosen = choices.iter().find(|(_, share)| {
        u -= share;
        u < 0.0
    });
    chosen.map_or(choices[0].0, |(asset, _)| *asset)
}
