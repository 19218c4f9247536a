//! Coming: a new loan.

use rand::RngExt;

use super::super::asset::{ASSET, EMODE, WETH, WSTETH};
use super::super::chronicle::{Chronicle, Deed};
use super::super::clock::DAY;
use super::super::random::{Rng, chance, uniform};
use super::owner::{Kind, Owner};
use super::position::{Balance, Position};
use super::{Borrower, CAUTION, Scene, Stage};

/// Share of borrowers who come in the first days.
const FIRST_COMERS: f64 = 0.3;
const FIRST_DAYS: f64 = 3.0;
/// What floats, by how often it is put up.
const COLLATERAL: [(usize, f64); 5] =
    [(WETH, 0.52), (1, 0.22), (WSTETH, 0.14), (2, 0.07), (3, 0.05)];
/// Dollars, by how often they are owed.
const DOLLARS: [(usize, f64); 3] = [(5, 0.5), (6, 0.3), (7, 0.2)];
/// Share of holders who put up two assets.
const TWO_ASSETS: f64 = 0.15;
const ROUNDS: u32 = 4;

impl Borrower {
    /// Somebody who comes some time in a history of so many ticks.
    pub(crate) fn draw(number: u32, ticks: usize, rng: &mut Rng) -> Self {
        let owner = Owner::draw(rng);
        let first = chance(rng, FIRST_COMERS);
        let within = if first { FIRST_DAYS * DAY as f64 } else { ticks as f64 };
        let until = 1 + (rng.random::<f64>() * within) as usize;
        Self { number, owner, position: Position::empty(), stage: Stage::Away { until } }
    }

    pub(super) fn enter<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>) {
        let emode = if self.owner.kind == Kind::Looper { EMODE } else { 0 };
        if self.position.emode != emode {
            self.note(scene, Deed::Emode(emode));
        }
        let (collateral, debt) = assets(self.owner.kind, scene.rng);
        self.position = Position {
            collateral: collateral.map(|(asset, _)| Balance::none(asset)),
            debt: Balance::none(debt),
            emode,
        };
        let debt_usd = self.owner.debt_usd;
        let weigh = |terms: fn((f64, f64, f64)) -> f64| -> f64 {
            let weighed =
                |&(asset, share): &(usize, f64)| share * terms(self.position.terms(asset));
            collateral.iter().map(weighed).sum()
        };
        let (max_ltv, threshold) = (weigh(|terms| terms.0), weigh(|terms| terms.1));
        let wanted = self.owner.target * uniform(scene.rng, 0.95, 1.1);
        let health = wanted.max(threshold / (max_ltv * CAUTION));
        let collateral_usd = debt_usd * health / threshold;
        self.stage = Stage::Borrowing;
        // A looper cannot borrow all at once: each round's loan is the next one's collateral.
        let rounds = if emode == EMODE { ROUNDS } else { 1 };
        for round in 0..rounds {
            let share = 1.0 / f64::from(rounds);
            for (place, (_, part)) in collateral.iter().enumerate().filter(|(_, (_, p))| *p > 0.0) {
                let usd = collateral_usd * part * share;
                self.deposit(scene, place, usd);
                if round == 0 {
                    self.note(scene, Deed::Pledge(collateral[place].0, true));
                }
            }
            self.borrow(scene, debt_usd * share);
        }
    }
}

/// Assets of collateral with their shares, and the asset of debt.
fn assets(kind: Kind, rng: &mut Rng) -> ([(usize, f64); 2], usize) {
    match kind {
        Kind::Looper => ([(WSTETH, 1.0), (WETH, 0.0)], WETH),
        Kind::Shorter => ([(pick(&DOLLARS, rng), 1.0), (WETH, 0.0)], WETH),
        Kind::Holder => {
            let first = pick(&COLLATERAL, rng);
            let second = pick(&COLLATERAL, rng);
            let two = chance(rng, TWO_ASSETS) && second != first;
            let share = if two { uniform(rng, 0.3, 0.8) } else { 1.0 };
            let second = if two { second } else { (first + 1) % ASSET.len() };
            ([(first, share), (second, 1.0 - share)], pick(&DOLLARS, rng))
        }
    }
}

fn pick(choices: &[(usize, f64)], rng: &mut Rng) -> usize {
    let mut u = rng.random::<f64>();
    let chosen = choices.iter().find(|(_, share)| {
        u -= share;
        u < 0.0
    });
    chosen.map_or(choices[0].0, |(asset, _)| *asset)
}
