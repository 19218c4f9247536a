//! Actions of owners: restore a low health factor, increase leverage, act for other reasons, close.

use rand::RngExt;

use crate::events::{Action, BalanceMovement, Event, EventSink, ExitCause};
use crate::random::{bernoulli, normal, uniform};
use super::state::{Borrower, MAX_BORROWED_SHARE, SimContext};

/// Probability to close the loan when the health factor is low.
const PANIC_CLOSE_PROBABILITY: f64 = 0.04;
/// Probability to increase leverage on a check at a high health factor.
const LEVERAGE_UP_PROBABILITY: f64 = 0.12;
/// Cost of selling collateral to repay, as a share of the value.
const SWAP_COST: f64 = 0.003;
/// Median share of a balance that a discretionary action moves, and spread of its logarithm.
const ACTION_SHARE: (f64, f64) = (0.09, 1.2);
const MAX_ACTION_SHARE: f64 = 0.6;
/// Smallest amount for which owners send a transaction, USD.
const MIN_ACTION_USD: f64 = 20.0;
/// Lowest health factor to which owners go voluntarily.
const MIN_VOLUNTARY_HEALTH: f64 = 1.015;

impl Borrower {
    pub(super) fn check_health<C: EventSink>(&mut self, scene: &mut SimContext<'_, C>) {
        let (capacity, debt) = self.position.capacity_and_debt_at_market(scene.path, scene.tick);
        let health = capacity / debt;
        if health < self.profile.low_health {
            if bernoulli(scene.rng, self.profile.response_probability) {
                self.restore_health(scene, capacity, debt);
            }
        } else if health > self.profile.high_health && bernoulli(scene.rng, LEVERAGE_UP_PROBABILITY)
        {
            let goal = self.profile.target_health * uniform(scene.rng, 0.95, 1.1);
            self.increase_leverage(scene, capacity / goal - debt);
        }
    }

    /// Raises a low health factor from savings if they suffice, otherwise by selling collateral.
    fn restore_health<C: EventSink>(
        &mut self,
        scene: &mut SimContext<'_, C>,
        capacity: f64,
        debt: f64,
    ) {
        if bernoulli(scene.rng, PANIC_CLOSE_PROBABILITY) {
            return self.close_loan(scene);
        }
        let owner = &self.profile;
        let health = capacity / debt;
        let aim = owner.low_health
            + (owner.target_health - owner.low_health) * uniform(scene.rng, -0.3, 0.9);
        let goal = aim.max(health * 1.01);
        let threshold = self.position.average_threshold(scene.path, scene.tick);
        let (to_repay, to_add) = (debt - capacity / goal, (goal * debt - capacity) / threshold);
        let repays = bernoulli(scene.rng, owner.repay_probability);
        let savings = owner.savings_share * debt;
        let needed = if repays { to_repay } else { to_add };
        let spent = needed.min(savings);
        if spent < 0.3 * needed {
            let sold = (goal * debt - capacity) / (goal * (1.0 - SWAP_COST) - threshold);
            return self.deleverage(scene, sold);
        }
        self.profile.savings_share -= spent / debt;
        if repays { self.repay(scene, spent) } else { self.deposit_largest(scene, spent) }
    }

    /// Sells collateral to repay debt.
    fn deleverage<C: EventSink>(&mut self, scene: &mut SimContext<'_, C>, sold_usd: f64) {
        let debt = self.position.capacity_and_debt_at_market(scene.path, scene.tick).1;
        let sold_usd = sold_usd.min(0.95 * debt);
        if sold_usd >= MIN_ACTION_USD {
            self.repay(scene, sold_usd * (1.0 - SWAP_COST));
            self.withdraw_largest(scene, sold_usd);
        }
    }

    /// The part of a wanted loan that the borrow capacity allows, USD.
    fn clamp_to_borrowable<C>(&self, scene: &SimContext<'_, C>, wanted_usd: f64) -> f64 {
        let owed = self.position.debt_usd(scene.path, scene.tick);
        wanted_usd
            .min(MAX_BORROWED_SHARE * self.position.borrowable_usd(scene.path, scene.tick) - owed)
    }

    /// Borrows or withdraws collateral, within the borrow capacity.
    fn increase_leverage<C: EventSink>(&mut self, scene: &mut SimContext<'_, C>, wanted_usd: f64) {
        let usd = self.clamp_to_borrowable(scene, wanted_usd);
        if usd < MIN_ACTION_USD {
            return;
        }
        if bernoulli(scene.rng, 0.7) {
            self.borrow(scene, usd);
        } else {
            // The withdrawal that results in the same health factor as the loan.
            let (capacity, debt) =
                self.position.capacity_and_debt_at_market(scene.path, scene.tick);
            let out = capacity * (1.0 - debt / (debt + usd));
            let threshold = self.position.average_threshold(scene.path, scene.tick);
            self.withdraw_largest(scene, out / threshold);
        }
    }

    pub(super) fn take_discretionary_action<C: EventSink>(
        &mut self,
        scene: &mut SimContext<'_, C>,
    ) {
        let (capacity, debt) = self.position.capacity_and_debt_at_market(scene.path, scene.tick);
        let share =
            (ACTION_SHARE.0 * (ACTION_SHARE.1 * normal(scene.rng)).exp()).min(MAX_ACTION_SHARE);
        let threshold = self.position.average_threshold(scene.path, scene.tick);
        let collateral = capacity / threshold;
        // Debt reverts to the owner's usual debt.
        let shrinks = bernoulli(scene.rng, debt / (debt + self.profile.debt_usd));
        match (shrinks, scene.rng.random::<f64>()) {
            (true, u) if u < 0.45 => self.act_if_worthwhile(scene, share * debt, Self::deleverage),
            (true, u) if u < 0.70 => self.act_if_worthwhile(scene, share * debt, Self::repay),
            (true, _) => self.act_if_worthwhile(scene, share * collateral, Self::deposit_largest),
            // More collateral and more debt at once.
            (false, u) if u < 0.45 => {
                self.act_if_worthwhile(scene, share * collateral, Self::deposit_largest);
                let more = self.clamp_to_borrowable(scene, share * debt);
                self.act_if_worthwhile(scene, more, Self::borrow);
            }
            _ => {
                let floor = self.profile.low_health.max(MIN_VOLUNTARY_HEALTH);
                self.increase_leverage(scene, (share * debt).min(capacity / floor - debt));
            }
        }
    }

    fn act_if_worthwhile<C: EventSink>(
        &mut self,
        scene: &mut SimContext<'_, C>,
        usd: f64,
        act: fn(&mut Self, &mut SimContext<'_, C>, f64),
    ) {
        if usd >= MIN_ACTION_USD {
            act(self, scene, usd);
        }
    }

    pub(super) fn close_loan<C: EventSink>(&mut self, scene: &mut SimContext<'_, C>) {
        let index = scene.path.borrow_index(self.position.debt.asset, scene.tick);
        let repaid = self.position.debt.remove_all(index);
        self.record(scene, Action::Repay(repaid));
        for place in 0..2 {
            let held = self.position.collateral[place];
            if held.scaled > 0 {
                let index = scene.path.supply_index(held.asset, scene.tick);
                let out = self.position.collateral[place].remove_all(index);
                self.record_withdrawal(scene, place, out);
            }
        }
        self.end_loan(scene, ExitCause::Closed);
    }

    pub(super) fn deposit<C: EventSink>(
        &mut self,
        scene: &mut SimContext<'_, C>,
        place: usize,
        usd: f64,
    ) {
        let held = &mut self.position.collateral[place];
        let tokens = usd / scene.path.spot_usd(held.asset, scene.tick);
        let moved = held.add(tokens, scene.path.supply_index(held.asset, scene.tick));
        self.record(scene, Action::Deposit(moved));
    }

    fn deposit_largest<C: EventSink>(&mut self, scene: &mut SimContext<'_, C>, usd: f64) {
        let place = self.position.largest_collateral(scene.path, scene.tick);
        self.deposit(scene, place, usd);
    }

    pub(super) fn borrow<C: EventSink>(&mut self, scene: &mut SimContext<'_, C>, usd: f64) {
        let debt = &mut self.position.debt;
        let tokens = usd / scene.path.spot_usd(debt.asset, scene.tick);
        let moved = debt.add(tokens, scene.path.borrow_index(debt.asset, scene.tick));
        self.record(scene, Action::Borrow(moved));
    }

    /// Repays a part; repaying all is a closing.
    fn repay<C: EventSink>(&mut self, scene: &mut SimContext<'_, C>, usd: f64) {
        let debt = &mut self.position.debt;
        let index = scene.path.borrow_index(debt.asset, scene.tick);
        let most = 0.95 * debt.scaled_tokens() * index;
        let tokens = (usd / scene.path.spot_usd(debt.asset, scene.tick)).min(most);
        let moved = debt.remove(tokens, index);
        self.record(scene, Action::Repay(moved));
    }

    fn withdraw_largest<C: EventSink>(&mut self, scene: &mut SimContext<'_, C>, usd: f64) {
        let place = self.position.largest_collateral(scene.path, scene.tick);
        let held = &mut self.position.collateral[place];
        let index = scene.path.supply_index(held.asset, scene.tick);
        let most = 0.9 * held.scaled_tokens() * index;
        let tokens = (usd / scene.path.spot_usd(held.asset, scene.tick)).min(most);
        let moved = held.remove(tokens, index);
        self.record_withdrawal(scene, place, moved);
    }

    pub(super) fn record_withdrawal<C: EventSink>(
        &self,
        scene: &mut SimContext<'_, C>,
        place: usize,
        moved: BalanceMovement,
    ) {
        self.record(scene, Action::Withdraw(moved));
        if self.position.collateral[place].scaled == 0 {
            self.record(scene, Action::UseAsCollateral(moved.asset, false));
        }
    }

    pub(super) fn record<C: EventSink>(&self, scene: &mut SimContext<'_, C>, deed: Action) {
        scene.events.record(Event { tick: scene.tick as u32, borrower: self.number, action: deed });
    }
}
