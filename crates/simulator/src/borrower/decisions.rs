//! What owners do: rescue, lever up, run errands, close.

use rand::RngExt;

use super::super::chronicle::{Chronicle, Deed, End, Event, Moved};
use super::super::random::{chance, normal, uniform};
use super::{Borrower, CAUTION, Scene};

/// The probability to give up and close when the health factor is low.
const PANIC: f64 = 0.04;
/// The probability to borrow more on a look at a high health factor.
const APPETITE: f64 = 0.12;
/// Share of the value that selling collateral to repay costs.
const SWAP_COST: f64 = 0.003;
/// Median share of a side that an errand moves, and spread of its logarithm.
const ERRAND: (f64, f64) = (0.09, 1.2);
const LARGEST_ERRAND: f64 = 0.6;
/// Amounts below this are not worth a transaction, USD.
const WORTHWHILE_USD: f64 = 20.0;
/// Owners do not take their health factor below this by themselves.
const LEAST_HEALTH: f64 = 1.015;

impl Borrower {
    pub(super) fn look<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>) {
        let (capacity, debt) = self.position.at_market(scene.path, scene.tick);
        let health = capacity / debt;
        if health < self.owner.low {
            if chance(scene.rng, self.owner.resolve) {
                self.defend(scene, capacity, debt);
            }
        } else if health > self.owner.high && chance(scene.rng, APPETITE) {
            let goal = self.owner.target * uniform(scene.rng, 0.95, 1.1);
            self.draw_on(scene, capacity / goal - debt);
        }
    }

    /// Lifts a low health factor, with savings as far as they go, else with the collateral.
    fn defend<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>, capacity: f64, debt: f64) {
        if chance(scene.rng, PANIC) {
            return self.close(scene);
        }
        let owner = &self.owner;
        let health = capacity / debt;
        let aim = owner.low + (owner.target - owner.low) * uniform(scene.rng, -0.3, 0.9);
        let goal = aim.max(health * 1.01);
        let threshold = self.position.threshold(scene.path, scene.tick);
        let (to_repay, to_add) = (debt - capacity / goal, (goal * debt - capacity) / threshold);
        let repays = chance(scene.rng, owner.repays);
        let savings = owner.savings * debt;
        let needed = if repays { to_repay } else { to_add };
        let spent = needed.min(savings);
        if spent < 0.3 * needed {
            let sold = (goal * debt - capacity) / (goal * (1.0 - SWAP_COST) - threshold);
            return self.unwind(scene, sold);
        }
        self.owner.savings -= spent / debt;
        if repays { self.repay(scene, spent) } else { self.deposit_largest(scene, spent) }
    }

    /// Sells collateral to repay.
    fn unwind<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>, sold_usd: f64) {
        let debt = self.position.at_market(scene.path, scene.tick).1;
        let sold_usd = sold_usd.min(0.95 * debt);
        if sold_usd >= WORTHWHILE_USD {
            self.repay(scene, sold_usd * (1.0 - SWAP_COST));
            self.withdraw_largest(scene, sold_usd);
        }
    }

    /// As much of a wanted loan as rules allow, USD.
    fn allowed<C>(&self, scene: &Scene<'_, C>, wanted_usd: f64) -> f64 {
        let owed = self.position.debt_usd(scene.path, scene.tick);
        wanted_usd.min(CAUTION * self.position.borrowable_usd(scene.path, scene.tick) - owed)
    }

    /// Borrows, or takes collateral out, as far as rules allow.
    fn draw_on<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>, wanted_usd: f64) {
        let usd = self.allowed(scene, wanted_usd);
        if usd < WORTHWHILE_USD {
            return;
        }
        if chance(scene.rng, 0.7) {
            self.borrow(scene, usd);
        } else {
            // As much collateral as keeps the health factor that the loan would have left.
            let (capacity, debt) = self.position.at_market(scene.path, scene.tick);
            let out = capacity * (1.0 - debt / (debt + usd));
            let threshold = self.position.threshold(scene.path, scene.tick);
            self.withdraw_largest(scene, out / threshold);
        }
    }

    pub(super) fn run_errand<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>) {
        let (capacity, debt) = self.position.at_market(scene.path, scene.tick);
        let share = (ERRAND.0 * (ERRAND.1 * normal(scene.rng)).exp()).min(LARGEST_ERRAND);
        let threshold = self.position.threshold(scene.path, scene.tick);
        let collateral = capacity / threshold;
        // Loans wander, but do not grow without end.
        let shrinks = chance(scene.rng, debt / (debt + self.owner.debt_usd));
        match (shrinks, scene.rng.random::<f64>()) {
            (true, u) if u < 0.45 => self.worthwhile(scene, share * debt, Self::unwind),
            (true, u) if u < 0.70 => self.worthwhile(scene, share * debt, Self::repay),
            (true, _) => self.worthwhile(scene, share * collateral, Self::deposit_largest),
            // More collateral and more debt at once.
            (false, u) if u < 0.45 => {
                self.worthwhile(scene, share * collateral, Self::deposit_largest);
                let more = self.allowed(scene, share * debt);
                self.worthwhile(scene, more, Self::borrow);
            }
            _ => {
                let floor = self.owner.low.max(LEAST_HEALTH);
                self.draw_on(scene, (share * debt).min(capacity / floor - debt));
            }
        }
    }

    fn worthwhile<C: Chronicle>(
        &mut self,
        scene: &mut Scene<'_, C>,
        usd: f64,
        act: fn(&mut Self, &mut Scene<'_, C>, f64),
    ) {
        if usd >= WORTHWHILE_USD {
            act(self, scene, usd);
        }
    }

    pub(super) fn close<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>) {
        let index = scene.path.borrow_index(self.position.debt.asset, scene.tick);
        let repaid = self.position.debt.take_all(index);
        self.note(scene, Deed::Repay(repaid));
        for place in 0..2 {
            let held = self.position.collateral[place];
            if held.scaled > 0 {
                let index = scene.path.supply_index(held.asset, scene.tick);
                let out = self.position.collateral[place].take_all(index);
                self.took_out(scene, place, out);
            }
        }
        self.leave(scene, End::Closed);
    }

    pub(super) fn deposit<C: Chronicle>(
        &mut self,
        scene: &mut Scene<'_, C>,
        place: usize,
        usd: f64,
    ) {
        let held = &mut self.position.collateral[place];
        let tokens = usd / scene.path.spot(held.asset, scene.tick);
        let moved = held.add(tokens, scene.path.supply_index(held.asset, scene.tick));
        self.note(scene, Deed::Deposit(moved));
    }

    fn deposit_largest<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>, usd: f64) {
        let place = self.position.largest(scene.path, scene.tick);
        self.deposit(scene, place, usd);
    }

    pub(super) fn borrow<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>, usd: f64) {
        let debt = &mut self.position.debt;
        let tokens = usd / scene.path.spot(debt.asset, scene.tick);
        let moved = debt.add(tokens, scene.path.borrow_index(debt.asset, scene.tick));
        self.note(scene, Deed::Borrow(moved));
    }

    /// Repays, but never all: that is a closing.
    fn repay<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>, usd: f64) {
        let debt = &mut self.position.debt;
        let index = scene.path.borrow_index(debt.asset, scene.tick);
        let most = 0.95 * debt.tokens() * index;
        let tokens = (usd / scene.path.spot(debt.asset, scene.tick)).min(most);
        let moved = debt.take(tokens, index);
        self.note(scene, Deed::Repay(moved));
    }

    fn withdraw_largest<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>, usd: f64) {
        let place = self.position.largest(scene.path, scene.tick);
        let held = &mut self.position.collateral[place];
        let index = scene.path.supply_index(held.asset, scene.tick);
        let most = 0.9 * held.tokens() * index;
        let tokens = (usd / scene.path.spot(held.asset, scene.tick)).min(most);
        let moved = held.take(tokens, index);
        self.took_out(scene, place, moved);
    }

    pub(super) fn took_out<C: Chronicle>(
        &self,
        scene: &mut Scene<'_, C>,
        place: usize,
        moved: Moved,
    ) {
        self.note(scene, Deed::Withdraw(moved));
        if self.position.collateral[place].scaled == 0 {
            self.note(scene, Deed::Pledge(moved.asset, false));
        }
    }

    pub(super) fn note<C: Chronicle>(&self, scene: &mut Scene<'_, C>, deed: Deed) {
        scene.chronicle.note(Event { tick: scene.tick as u32, borrower: self.number, deed });
    }
}
