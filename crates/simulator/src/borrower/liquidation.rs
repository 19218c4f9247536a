//! Liquidators: they act when the bonus exceeds gas and slippage and their transaction is included.

use rand::RngExt;

use super::position::Position;
use super::state::{Borrower, SimContext};
use crate::asset::{AssetIndex, LIQUIDATION_PROTOCOL_FEE, WETH};
use crate::environment::MarketPath;
use crate::events::{Action, EventSink, ExitCause};
use crate::random::bernoulli;

/// Number of liquidators.
const LIQUIDATORS: u32 = 16;
/// Gas of a liquidation call and of the sale of the seized collateral.
const LIQUIDATION_GAS: f64 = 550_000.0;
/// Gas price that liquidators pay, as a multiple of the base fee.
const PRIORITY_FEE_FACTOR: f64 = 1.5;
/// Fee of the pool in which seized collateral is sold.
pub(crate) const POOL_FEE_RATE: f64 = 0.0005;
/// Price impact of the sale that defines depth.
const DEPTH_PRICE_IMPACT: f64 = 0.02;

impl Borrower {
    /// Attempts a liquidation at every tick up to `until` with a health factor below 1.
    pub(super) fn process_liquidations<C: EventSink>(
        &mut self,
        context: &mut SimContext<'_, C>,
        until: usize,
    ) {
        while let Some(tick) =
            self.position.first_liquidatable_tick(context.path, context.tick, until)
        {
            context.tick = tick;
            self.attempt_liquidation(context);
            if !self.is_borrowing() || context.events.is_complete() {
                return;
            }
        }
    }

    fn attempt_liquidation<C: EventSink>(&mut self, context: &mut SimContext<'_, C>) {
        let (path, tick) = (context.path, context.tick);
        if !bernoulli(context.rng, path.hour_at(tick).inclusion_probability) {
            return;
        }
        let slot = self.position.largest_collateral(path, tick);
        let asset = self.position.collateral[slot].asset;
        let bonus = self.position.risk_parameters(asset).2;
        let max_usd = self.position.repayable_usd(path, tick, slot);
        let repayment_usd =
            CollateralSale::new(path, tick, asset, bonus).optimal_repayment_usd(max_usd);
        if let Some(repaid_usd) = repayment_usd {
            self.liquidate(context, slot, repaid_usd, bonus);
        }
    }

    fn liquidate<C: EventSink>(
        &mut self,
        context: &mut SimContext<'_, C>,
        slot: usize,
        repaid_usd: f64,
        bonus: f64,
    ) {
        let (path, tick) = (context.path, context.tick);
        let Position { collateral, debt, .. } = &mut self.position;
        let balance = &mut collateral[slot];
        let seized_tokens = repaid_usd * (1.0 + bonus) / path.oracle_usd(balance.asset, tick);
        let seized = balance.remove(seized_tokens, path.supply_index(balance.asset, tick));
        let index = path.borrow_index(debt.asset, tick);
        let covered = debt.remove(repaid_usd / path.oracle_usd(debt.asset, tick), index);
        let liquidator = context.rng.random_range(0..LIQUIDATORS);
        self.record(context, Action::Liquidation { seized, covered, liquidator });
        if self.position.collateral[slot].scaled == 0 {
            self.record(context, Action::UseAsCollateral(seized.asset, false));
        }
        self.settle_liquidation(context);
    }

    /// Handles what a liquidation leaves: a smaller loan, bad debt, or collateral of the owner.
    fn settle_liquidation<C: EventSink>(&mut self, context: &mut SimContext<'_, C>) {
        let no_collateral = self.position.collateral.iter().all(|balance| balance.scaled == 0);
        if no_collateral && self.position.debt.scaled > 0 {
            let index = context.path.borrow_index(self.position.debt.asset, context.tick);
            let written_off = self.position.debt.remove_all(index);
            self.record(context, Action::BadDebt(written_off));
        }
        if self.position.debt.scaled == 0 {
            self.withdraw_remaining(context);
            self.end_loan(context, ExitCause::Liquidated);
        } else {
            context.events.record_exit(context.tick, ExitCause::Liquidated);
        }
    }

    /// Withdraws the collateral that a liquidation left.
    fn withdraw_remaining<C: EventSink>(&mut self, context: &mut SimContext<'_, C>) {
        for slot in 0..2 {
            let balance = &mut self.position.collateral[slot];
            if balance.scaled > 0 {
                let index = context.path.supply_index(balance.asset, context.tick);
                let withdrawal = balance.remove_all(index);
                self.record_withdrawal(context, slot, withdrawal);
            }
        }
    }
}

/// The economics of seizing and selling collateral.
struct CollateralSale {
    /// Market value of the collateral seized per repaid dollar, after the protocol's and the pool's
    /// fees.
    proceeds_per_usd: f64,
    /// The pool's stablecoin reserve as a constant-product pool, USD.
    reserve_usd: f64,
    gas_usd: f64,
}

impl CollateralSale {
    fn new(path: &MarketPath, tick: usize, asset: AssetIndex, bonus: f64) -> Self {
        let hour = path.hour_at(tick);
        let market = path.spot_usd(asset, tick) / path.oracle_usd(asset, tick);
        let gas_usd = LIQUIDATION_GAS
            * hour.gas_gwei
            * PRIORITY_FEE_FACTOR
            * 1e-9
            * path.spot_usd(WETH, tick);
        Self {
            proceeds_per_usd: (1.0 + bonus * (1.0 - LIQUIDATION_PROTOCOL_FEE))
                * market
                * (1.0 - POOL_FEE_RATE),
            reserve_usd: pool_reserve_usd(hour.depth_usd[asset]),
            gas_usd,
        }
    }

    /// The most profitable repayment up to `max_usd`, USD; `None` if none is profitable.
    ///
    /// A sale of `v` dollars into a constant product with reserve `Y` yields `v / (1 + v / Y)`, so
    /// the profit `g q / (1 + g q / Y) - q - gas` is largest at `q = Y (sqrt(g) - 1) / g`.
    fn optimal_repayment_usd(&self, max_usd: f64) -> Option<f64> {
        let Self { proceeds_per_usd, reserve_usd, gas_usd } = *self;
        let best = reserve_usd * (proceeds_per_usd.sqrt() - 1.0) / proceeds_per_usd;
        let repayment_usd = best.min(max_usd);
        let sold = proceeds_per_usd * repayment_usd;
        let profit = sold / (1.0 + sold / reserve_usd) - repayment_usd - gas_usd;
        (profit > 0.0).then_some(repayment_usd)
    }
}

/// The stablecoin reserve of the constant-product pool in which a sale with the price impact
/// [`DEPTH_PRICE_IMPACT`] yields `depth_usd`.
pub(crate) fn pool_reserve_usd(depth_usd: f64) -> f64 {
    // The price falls with the square of the reserve: (Y / (Y + v))^2 = 1 - impact.
    depth_usd / (1.0 - (1.0 - DEPTH_PRICE_IMPACT).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_repayment_earns_more_than_its_neighbours() {
        let sale = CollateralSale { proceeds_per_usd: 1.05, reserve_usd: 1e6, gas_usd: 10.0 };
        let best = sale.optimal_repayment_usd(f64::MAX).unwrap();
        let profit = |repayment_usd: f64| {
            let sold = sale.proceeds_per_usd * repayment_usd;
            sold / (1.0 + sold / sale.reserve_usd) - repayment_usd
        };
        assert!(profit(best) > profit(best * 1.001) && profit(best) > profit(best * 0.999));
    }

    #[test]
    fn nobody_liquidates_at_a_loss() {
        let sale = CollateralSale { proceeds_per_usd: 1.05, reserve_usd: 1e6, gas_usd: 60.0 };
        assert_eq!(sale.optimal_repayment_usd(1_000.0), None);
        assert_eq!(sale.optimal_repayment_usd(2_000.0), Some(2_000.0));
        assert_eq!(
            CollateralSale { proceeds_per_usd: 0.99, ..sale }.optimal_repayment_usd(1e9),
            None
        );
    }
}
