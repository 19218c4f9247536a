//! Liquidators: they act when the bonus pays for the gas and the slippage, and get through.

use rand::RngExt;

use super::super::asset::{AssetIndex, PROTOCOL_FEE, WETH};
use super::super::chronicle::{Chronicle, Deed, End};
use super::super::environment::Path;
use super::super::random::chance;
use super::position::Position;
use super::{Borrower, Scene};

/// How many liquidators there are.
pub(crate) const LIQUIDATORS: u32 = 16;
/// Gas of a liquidation call and of selling what was seized.
const GAS: f64 = 550_000.0;
/// What is bid for a place in the block, over the base fee.
const BID: f64 = 1.5;
/// Fee of the pool in which seized collateral is sold.
pub(crate) const POOL_FEE: f64 = 0.0005;
/// A sale that moves the price by this share is what depth is measured by.
const DEPTH_MOVE: f64 = 0.02;

impl Borrower {
    /// Faces liquidators at every tick up to `until` at which the health factor is below 1.
    pub(super) fn face_liquidators<C: Chronicle>(
        &mut self,
        scene: &mut Scene<'_, C>,
        until: usize,
    ) {
        while let Some(tick) = self.position.first_below(scene.path, scene.tick, until) {
            scene.tick = tick;
            self.face_one(scene);
            if !self.is_borrowing() || scene.chronicle.is_complete() {
                return;
            }
        }
    }

    fn face_one<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>) {
        let (path, tick) = (scene.path, scene.tick);
        if !chance(scene.rng, path.hour(tick).promptness) {
            return;
        }
        let place = self.position.largest(path, tick);
        let asset = self.position.collateral[place].asset;
        let bonus = self.position.terms(asset).2;
        let most = self.position.repayable_usd(path, tick, place);
        let repaid = Sale::at(path, tick, asset, bonus).best_repayment(most);
        if let Some(repaid_usd) = repaid {
            self.seize(scene, place, repaid_usd, bonus);
        }
    }

    fn seize<C: Chronicle>(
        &mut self,
        scene: &mut Scene<'_, C>,
        place: usize,
        repaid_usd: f64,
        bonus: f64,
    ) {
        let (path, tick) = (scene.path, scene.tick);
        let Position { collateral, debt, .. } = &mut self.position;
        let held = &mut collateral[place];
        let seized_tokens = repaid_usd * (1.0 + bonus) / path.told(held.asset, tick);
        let seized = held.take(seized_tokens, path.supply_index(held.asset, tick));
        let index = path.borrow_index(debt.asset, tick);
        let covered = debt.take(repaid_usd / path.told(debt.asset, tick), index);
        let liquidator = scene.rng.random_range(0..LIQUIDATORS);
        self.note(scene, Deed::Liquidation { seized, covered, liquidator });
        if self.position.collateral[place].scaled == 0 {
            self.note(scene, Deed::Pledge(seized.asset, false));
        }
        self.after(scene);
    }

    /// What is left of an account after a seizure: a loan, bad debt, or its owner's collateral.
    fn after<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>) {
        let bare = self.position.collateral.iter().all(|held| held.scaled == 0);
        if bare && self.position.debt.scaled > 0 {
            let index = scene.path.borrow_index(self.position.debt.asset, scene.tick);
            let lost = self.position.debt.take_all(index);
            self.note(scene, Deed::BadDebt(lost));
        }
        if self.position.debt.scaled == 0 {
            self.recover(scene);
            self.leave(scene, End::Liquidated);
        } else {
            scene.chronicle.end(scene.tick, End::Liquidated);
        }
    }

    /// The owner takes what a liquidation left.
    fn recover<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>) {
        for place in 0..2 {
            let held = &mut self.position.collateral[place];
            if held.scaled > 0 {
                let index = scene.path.supply_index(held.asset, scene.tick);
                let out = held.take_all(index);
                self.took_out(scene, place, out);
            }
        }
    }
}

/// What seized collateral brings.
struct Sale {
    /// Worth at market of what a repaid dollar seizes, after the protocol's share and the pool's.
    gain: f64,
    /// The pool's reserve of dollars as a constant product would have it, USD.
    reserve_usd: f64,
    gas_usd: f64,
}

impl Sale {
    fn at(path: &Path, tick: usize, asset: AssetIndex, bonus: f64) -> Self {
        let hour = path.hour(tick);
        let market = path.spot(asset, tick) / path.told(asset, tick);
        let gas_usd = GAS * hour.gas_gwei * BID * 1e-9 * path.spot(WETH, tick);
        Self {
            gain: (1.0 + bonus * (1.0 - PROTOCOL_FEE)) * market * (1.0 - POOL_FEE),
            reserve_usd: reserve_usd(hour.depth_usd[asset]),
            gas_usd,
        }
    }

    /// The repayment that earns most, USD, up to `most`; `None` if none earns anything.
    ///
    /// A sale of `v` dollars into a constant product with reserve `Y` brings `v / (1 + v / Y)`, so
    /// the profit `g q / (1 + g q / Y) - q - gas` is greatest at `q = Y (sqrt(g) - 1) / g`.
    fn best_repayment(&self, most: f64) -> Option<f64> {
        let Self { gain, reserve_usd, gas_usd } = *self;
        let best = reserve_usd * (gain.sqrt() - 1.0) / gain;
        let repaid = best.min(most);
        let sold = gain * repaid;
        let profit = sold / (1.0 + sold / reserve_usd) - repaid - gas_usd;
        (profit > 0.0).then_some(repaid)
    }
}

/// The reserve of dollars of the constant product in which a sale that moves the price by
/// [`DEPTH_MOVE`] brings this.
pub(crate) fn reserve_usd(depth_usd: f64) -> f64 {
    // The price falls with the square of the reserve: (Y / (Y + v))^2 = 1 - move.
    depth_usd / (1.0 - (1.0 - DEPTH_MOVE).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_repayment_earns_more_than_its_neighbours() {
        let sale = Sale { gain: 1.05, reserve_usd: 1e6, gas_usd: 10.0 };
        let best = sale.best_repayment(f64::MAX).unwrap();
        let profit = |repaid: f64| {
            let sold = sale.gain * repaid;
            sold / (1.0 + sold / sale.reserve_usd) - repaid
        };
        assert!(profit(best) > profit(best * 1.001) && profit(best) > profit(best * 0.999));
    }

    #[test]
    fn nobody_liquidates_at_a_loss() {
        let sale = Sale { gain: 1.05, reserve_usd: 1e6, gas_usd: 60.0 };
        assert_eq!(sale.best_repayment(1_000.0), None);
        assert_eq!(sale.best_repayment(2_000.0), Some(2_000.0));
        assert_eq!(Sale { gain: 0.99, ..sale }.best_repayment(1e9), None);
    }
}
