//! The hours between updates of an account, during which its balances are constant.

use super::health_history::HourlyHealth;
use super::state::{AccountState, MIN_OPEN_USD};
use crate::market::{HourlyAssetState, Market};
use crate::time::HOUR_S;

/// One side of an account: assets and scaled tokens.
type ScaledBalances = Vec<(usize, f64)>;

/// An account's constant balances, and the thresholds of its collateral until a parameter changes.
struct ConstantBalances {
    collateral: ScaledBalances,
    debt: ScaledBalances,
    /// Liquidation thresholds, in the order of `collateral`.
    thresholds: Vec<f64>,
}

impl AccountState {
    /// Records the health of every whole hour up to `time_s` with the current balances.
    ///
    /// The recorded hours do not depend on how the time is divided into calls.
    pub fn advance_to(&mut self, market: &Market, time_s: i64) {
        self.advance_with(market, time_s, &|_| ());
    }

    /// The same; calls `on_hour` with the health of each hour.
    pub(crate) fn advance_with(
        &mut self,
        market: &Market,
        time_s: i64,
        on_hour: &impl Fn(&HourlyHealth),
    ) {
        let last = time_s.div_euclid(HOUR_S);
        let mut hour = self.health_history.until_hour() + 1;
        if !self.has_debt() || hour > last {
            return self.health_history.advance_to(last);
        }
        let mut balances = ConstantBalances {
            collateral: nonzero(&self.scaled_collateral),
            debt: nonzero(&self.scaled_debt),
            thresholds: Vec::new(),
        };
        while hour <= last {
            let from_s = hour * HOUR_S;
            let reserves = self.effective_reserves(market, from_s);
            let threshold = |&(asset, _): &(usize, f64)| reserves[asset].liquidation_threshold;
            balances.thresholds = balances.collateral.iter().map(threshold).collect();
            let change_s = market.next_parameter_change_s(from_s);
            while hour <= last && hour * HOUR_S < change_s {
                let known = market.hourly_states(hour);
                if let Some((log_health, debt_usd)) =
                    known.and_then(|known| balances.health_and_debt(known))
                {
                    on_hour(&self.health_history.record_hour(hour, log_health, debt_usd));
                }
                hour += 1;
            }
        }
        self.health_history.advance_to(last);
    }
}

fn nonzero(scaled: &[f64]) -> ScaledBalances {
    scaled.iter().copied().enumerate().filter(|(_, scaled)| *scaled > 0.0).collect()
}

impl ConstantBalances {
    /// The lower of the log health factors at the oracle price and at the published price, and the
    /// debt at the oracle price, USD; `None` if the account is not open or a price is not known.
    fn health_and_debt(&self, known: &[HourlyAssetState]) -> Option<(f64, f64)> {
        let (oracle, debt_usd) = self.health(known, |asset| asset.oracle_usd)?;
        let (spot, _) = self.health(known, |asset| asset.spot_usd)?;
        Some((oracle.min(spot).ln(), debt_usd))
    }

    /// Health factor and debt, USD, with the kernel's order of operations, so that bits agree.
    fn health(
        &self,
        known: &[HourlyAssetState],
        price: impl Fn(&HourlyAssetState) -> f64,
    ) -> Option<(f64, f64)> {
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
        is_open.then(|| (capacity_usd / debt_usd, debt_usd))
    }
}
