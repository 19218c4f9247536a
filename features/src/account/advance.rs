//! What an account lives through while its balances rest.

use super::health_history::HourlyHealth;
use super::state::{AccountState, MIN_OPEN_USD};
use crate::market::{HourlyAssetState, Market};
use crate::time::HOUR_S;

/// One side of an account at rest: places and scaled tokens.
type ScaledBalances = Vec<(usize, f64)>;

/// An account's balances at rest, and what its collateral counts for until a parameter changes.
struct ConstantBalances {
    collateral: ScaledBalances,
    debt: ScaledBalances,
    /// Thresholds of the collateral, in its order.
    thresholds: Vec<f64>,
}

impl AccountState {
    /// Lives through the whole hours up to `time_s`, with the balances as they are.
    ///
    /// However the time is cut into calls, the same hours are lived.
    pub fn advance_to(&mut self, market: &Market, time_s: i64) {
        self.advance_with(market, time_s, &|_| ());
    }

    /// The same, and tells how the account stood at each hour.
    pub(crate) fn advance_with(
        &mut self,
        market: &Market,
        time_s: i64,
        tell: &impl Fn(&HourlyHealth),
    ) {
        let last = time_s.div_euclid(HOUR_S);
        let mut hour = self.health_history.until_hour() + 1;
        if !self.has_debt() || hour > last {
            return self.health_history.advance_to(last);
        }
        let mut resting = ConstantBalances {
            collateral: nonzero(&self.scaled_collateral),
            debt: nonzero(&self.scaled_debt),
            thresholds: Vec::new(),
        };
        while hour <= last {
            let from_s = hour * HOUR_S;
            let reserves = self.effective_reserves(market, from_s);
            let threshold = |&(asset, _): &(usize, f64)| reserves[asset].liquidation_threshold;
            resting.thresholds = resting.collateral.iter().map(threshold).collect();
            let change_s = market.next_parameter_change_s(from_s);
            while hour <= last && hour * HOUR_S < change_s {
                let known = market.hourly_states(hour);
                if let Some((log_health, debt_usd)) =
                    known.and_then(|known| resting.health_and_debt(known))
                {
                    tell(&self.health_history.record_hour(hour, log_health, debt_usd));
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
    /// The lower of the log healths at the protocol's and at the published price, and the debt at
    /// the protocol's, USD; `None` if the account is not open or a price not known.
    fn health_and_debt(&self, known: &[HourlyAssetState]) -> Option<(f64, f64)> {
        let (oracle, debt_usd) = self.health(known, |asset| asset.oracle_usd)?;
        let (spot, _) = self.health(known, |asset| asset.spot_usd)?;
        Some((oracle.min(spot).ln(), debt_usd))
    }

    /// Health factor and debt, USD; adds and multiplies in the order in which the kernel does, so that bits agree.
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
