//! What an account lives through while its balances rest.

use super::{AccountState, MIN_OPEN_USD};
use crate::market::{AssetHour, HOUR_S, Market};

/// One side of an account at rest: places and scaled tokens.
type Side = Vec<(usize, f64)>;

/// An account's balances at rest, and what its collateral counts for until a parameter changes.
struct Resting {
    collateral: Side,
    debt: Side,
    /// Thresholds of the collateral, in its order.
    thresholds: Vec<f64>,
}

impl AccountState {
    /// Lives through the whole hours up to `time_s`, with the balances as they are.
    ///
    /// However the time is cut into calls, the same hours are lived.
    pub fn live(&mut self, market: &Market, time_s: i64) {
        let last = time_s.div_euclid(HOUR_S);
        let mut hour = self.lived.until_hour() + 1;
        if !self.has_debt() || hour > last {
            return self.lived.pass(last);
        }
        let mut resting = Resting {
            collateral: held(&self.scaled_collateral),
            debt: held(&self.scaled_debt),
            thresholds: Vec::new(),
        };
        while hour <= last {
            let from_s = hour * HOUR_S;
            let reserves = self.reserves(market, from_s);
            let threshold = |&(asset, _): &(usize, f64)| reserves[asset].liquidation_threshold;
            resting.thresholds = resting.collateral.iter().map(threshold).collect();
            let change_s = market.parameters_change_s(from_s);
            while hour <= last && hour * HOUR_S < change_s {
                let known = market.at_hour(hour);
                if let Some(log_health) = known.and_then(|known| resting.log_health(known)) {
                    self.lived.live(hour, log_health);
                }
                hour += 1;
            }
        }
        self.lived.pass(last);
    }
}

fn held(scaled: &[f64]) -> Side {
    scaled.iter().copied().enumerate().filter(|(_, scaled)| *scaled > 0.0).collect()
}

impl Resting {
    /// The lower of the log healths at the protocol's and at the published price; `None` if the
    /// account is not open or a price not known.
    fn log_health(&self, known: &[AssetHour]) -> Option<f64> {
        let oracle = self.health(known, |asset| asset.oracle_usd)?;
        let spot = self.health(known, |asset| asset.spot_usd)?;
        Some(oracle.min(spot).ln())
    }

    /// Adds and multiplies in the order in which the kernel does, so that bits agree.
    fn health(&self, known: &[AssetHour], price: impl Fn(&AssetHour) -> f64) -> Option<f64> {
        let (mut collateral_usd, mut capacity_usd, mut debt_usd) = (0.0, 0.0, 0.0);
        for (&(asset, scaled), threshold) in self.collateral.iter().zip(&self.thresholds) {
            let usd = scaled * known[asset].supply_index * price(&known[asset]);
            collateral_usd += usd;
            capacity_usd += usd * threshold;
        }
        for &(asset, scaled) in &self.debt {
            debt_usd += scaled * known[asset].borrow_index * price(&known[asset]);
        }
        let is_open =
            collateral_usd >= MIN_OPEN_USD && debt_usd >= MIN_OPEN_USD && capacity_usd > 0.0;
        is_open.then(|| capacity_usd / debt_usd)
    }
}
