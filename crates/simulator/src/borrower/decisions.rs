//! Actions of owners: restore a low health factor, increase leverage, act for other reasons, close.

use rand::RngExt;

use super::state::{Borrower, MAX_BORROWED_SHARE, SimContext};
use crate::events::{Action, BalanceMovement, Event, EventSink, ExitCause};
use crate::random::{bernoulli, normal, uniform};

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
    pub(super) fn check_health<C: EventSink>(&mut self, context: &mut SimContext<'_, C>) {
        let (capacity, debt) =
            self.position.capacity_and_debt_at_market(context.path, context.tick);
        let health = capacity / debt;
        if health < self.profile.low_health {
            if bernoulli(context.rng, self.profile.response_probability) {
                self.restore_health(context, capacity, debt);
            }
        } else if health > self.profile.high_health
            && bernoulli(context.rng, LEVERAGE_UP_PROBABILITY)
        {
            let goal = self.profile.target_health * uniform(context.rng, 0.95, 1.1);
            self.increase_leverage(context, capacity / goal - debt);
        }
    }

    /// Raises a low health factor from savings or, where these cover too little, by selling collateral.
    fn restore_health<C: EventSink>(
        &mut self,
        context: &mut SimContext<'_, C>,
        capacity: f64,
        debt: f64,
    ) {
        if bernoulli(context.rng, PANIC_CLOSE_PROBABILITY) {
            return self.close_loan(context);
        }
        let owner = &self.profile;
        let health = capacity / debt;
        let aim = owner.low_health
            + (owner.target_health - owner.low_health) * uniform(context.rng, -0.3, 0.9);
        let goal = aim.max(health * 1.01);
        let threshold = self.position.average_threshold(context.path, context.tick);
        let (to_repay, to_add) = (debt - capacity / goal, (goal * debt - capacity) / threshold);
        let repays = bernoulli(context.rng, owner.repay_probability);
        let savings = owner.savings_share * debt;
        let needed = if repays { to_repay } else { to_add };
        let spent = needed.min(savings);
        if spent < 0.3 * needed {
            let sold = (goal * debt - capacity) / (goal * (1.0 - SWAP_COST) - threshold);
            return self.deleverage(context, sold);
        }
        self.profile.savings_share -= spent / debt;
        if repays { self.repay(context, spent) } else { self.deposit_largest(context, spent) }
    }

    /// Sells collateral to repay debt.
    fn deleverage<C: EventSink>(&mut self, context: &mut SimContext<'_, C>, sold_usd: f64) {
        let debt = self.position.capacity_and_debt_at_market(context.path, context.tick).1;
        let sold_usd = sold_usd.min(0.95 * debt);
        if sold_usd >= MIN_ACTION_USD {
            self.repay(context, sold_usd * (1.0 - SWAP_COST));
            self.withdraw_largest(context, sold_usd);
        }
    }

    /// The part of a wanted loan that the borrow capacity allows, USD.
    fn clamp_to_borrowable<C>(&self, context: &SimContext<'_, C>, requested_usd: f64) -> f64 {
        let owed = self.position.debt_usd(context.path, context.tick);
        requested_usd.min(
            MAX_BORROWED_SHARE * self.position.borrowable_usd(context.path, context.tick) - owed,
        )
    }

    /// Borrows or withdraws collateral, within the borrow capacity.
    fn increase_leverage<C: EventSink>(
        &mut self,
        context: &mut SimContext<'_, C>,
        requested_usd: f64,
    ) {
        let usd = self.clamp_to_borrowable(context, requested_usd);
        if usd < MIN_ACTION_USD {
            return;
        }
        if bernoulli(context.rng, 0.7) {
            self.borrow(context, usd);
        } else {
            // The withdrawal that results in the same health factor as the loan.
            let (capacity, debt) =
                self.position.capacity_and_debt_at_market(context.path, context.tick);
            let withdrawal = capacity * (1.0 - debt / (debt + usd));
            let threshold = self.position.average_threshold(context.path, context.tick);
            self.withdraw_largest(context, withdrawal / threshold);
        }
    }

    pub(super) fn take_discretionary_action<C: EventSink>(
        &mut self,
        context: &mut SimContext<'_, C>,
    ) {
        let (capacity, debt) =
            self.position.capacity_and_debt_at_market(context.path, context.tick);
        let share =
            (ACTION_SHARE.0 * (ACTION_SHARE.1 * normal(context.rng)).exp()).min(MAX_ACTION_SHARE);
        let threshold = self.position.average_threshold(context.path, context.tick);
        let collateral = capacity / threshold;
        // Debt reverts to the owner's usual debt.
        let shrinks = bernoulli(context.rng, debt / (debt + self.profile.debt_usd));
        match (shrinks, context.rng.random::<f64>()) {
            (true, u) if u < 0.45 => {
                self.act_if_worthwhile(context, share * debt, Self::deleverage)
            }
            (true, u) if u < 0.70 => self.act_if_worthwhile(context, share * debt, Self::repay),
            (true, _) => self.act_if_worthwhile(context, share * collateral, Self::deposit_largest),
            // More collateral and more debt at once.
            (false, u) if u < 0.45 => {
                self.act_if_worthwhile(context, share * collateral, Self::deposit_largest);
                let more = self.clamp_to_borrowable(context, share * debt);
                self.act_if_worthwhile(context, more, Self::borrow);
            }
            _ => {
                let floor = self.profile.low_health.max(MIN_VOLUNTARY_HEALTH);
                self.increase_leverage(context, (share * debt).min(capacity / floor - debt));
            }
        }
    }

    fn act_if_worthwhile<C: EventSink>(
        &mut self,
        context: &mut SimContext<'_, C>,
        usd: f64,
        act: fn(&mut Self, &mut SimContext<'_, C>, f64),
    ) {
        if usd >= MIN_ACTION_USD {
            act(self, context, usd);
        }
    }

    pub(super) fn close_loan<C: EventSink>(&mut self, context: &mut SimContext<'_, C>) {
        let index = context.path.borrow_index(self.position.debt.asset, context.tick);
        let repaid = self.position.debt.remove_all(index);
        self.record(context, Action::Repay(repaid));
        for slot in 0..2 {
            let balance = self.position.collateral[slot];
            if balance.scaled > 0 {
                let index = context.path.supply_index(balance.asset, context.tick);
                let withdrawal = self.position.collateral[slot].remove_all(index);
                self.record_withdrawal(context, slot, withdrawal);
            }
        }
        self.end_loan(context, ExitCause::Closed);
    }

    pub(super) fn deposit<C: EventSink>(
        &mut self,
        context: &mut SimContext<'_, C>,
        slot: usize,
        usd: f64,
    ) {
        let balance = &mut self.position.collateral[slot];
        let tokens = usd / context.path.spot_usd(balance.asset, context.tick);
        let movement = balance.add(tokens, context.path.supply_index(balance.asset, context.tick));
        self.record(context, Action::Deposit(movement));
    }

    fn deposit_largest<C: EventSink>(&mut self, context: &mut SimContext<'_, C>, usd: f64) {
        let slot = self.position.largest_collateral(context.path, context.tick);
        self.deposit(context, slot, usd);
    }

    pub(super) fn borrow<C: EventSink>(&mut self, context: &mut SimContext<'_, C>, usd: f64) {
        let debt = &mut self.position.debt;
        let tokens = usd / context.path.spot_usd(debt.asset, context.tick);
        let movement = debt.add(tokens, context.path.borrow_index(debt.asset, context.tick));
        self.record(context, Action::Borrow(movement));
    }

    /// Repays a part; repaying all is a closing.
    fn repay<C: EventSink>(&mut self, context: &mut SimContext<'_, C>, usd: f64) {
        let debt = &mut self.position.debt;
        let index = context.path.borrow_index(debt.asset, context.tick);
        let most = 0.95 * debt.scaled_tokens() * index;
        let tokens = (usd / context.path.spot_usd(debt.asset, context.tick)).min(most);
        let movement = debt.remove(tokens, index);
        self.record(context, Action::Repay(movement));
    }

    fn withdraw_largest<C: EventSink>(&mut self, context: &mut SimContext<'_, C>, usd: f64) {
        let slot = self.position.largest_collateral(context.path, context.tick);
        let balance = &mut self.position.collateral[slot];
        let index = context.path.supply_index(balance.asset, context.tick);
        let most = 0.9 * balance.scaled_tokens() * index;
        let tokens = (usd / context.path.spot_usd(balance.asset, context.tick)).min(most);
        let movement = balance.remove(tokens, index);
        self.record_withdrawal(context, slot, movement);
    }

    pub(super) fn record_withdrawal<C: EventSink>(
        &self,
        context: &mut SimContext<'_, C>,
        slot: usize,
        movement: BalanceMovement,
    ) {
        self.record(context, Action::Withdraw(movement));
        if self.position.collateral[slot].scaled == 0 {
            self.record(context, Action::UseAsCollateral(movement.asset, false));
        }
    }

    pub(super) fn record<C: EventSink>(&self, context: &mut SimContext<'_, C>, action: Action) {
        context.events.record(Event { tick: context.tick as u32, borrower: self.number, action });
    }
}
