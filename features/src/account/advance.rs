//! The hours between updates of an account, during which its balances are constant.

use std::ops::{ControlFlow, Range};

use super::health_history::{HealthHistory, HourlyHealth};
use super::open_health::OpenHealth;
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
        self.advance_with(market, time_s, &mut |_| ());
    }

    /// The same; calls `on_hour` with the health of each hour.
    pub(crate) fn advance_with(
        &mut self,
        market: &Market,
        time_s: i64,
        on_hour: &mut impl FnMut(&HourlyHealth),
    ) {
        let last = time_s.div_euclid(HOUR_S);
        let hours = self.health_history.until_hour() + 1..last + 1;
        if self.has_debt() && !hours.is_empty() {
            // The balances determine the health of the hours; the history only records it.
            let mut history =
                std::mem::replace(&mut self.health_history, HealthHistory::new(time_s));
            self.visit_hours(market, hours, |hour, balances, known| {
                if let Some(health) = balances.open_health(known) {
                    on_hour(&history.record_hour(hour, &health));
                }
                ControlFlow::Continue(())
            });
            self.health_history = history;
        }
        self.health_history.advance_to(last);
    }

    /// The first of the whole hours at which the current balances have a health factor below 1 at the
    /// oracle price, with interest and under the parameters of the hour.
    pub(crate) fn first_hour_below_threshold(
        &self,
        market: &Market,
        hours: Range<i64>,
    ) -> Option<i64> {
        let mut first = None;
        self.visit_hours(market, hours, |hour, balances, known| {
            let health = balances.health(known, |asset| asset.oracle_usd);
            if health.is_none_or(|(health_factor, _)| health_factor >= 1.0) {
                return ControlFlow::Continue(());
            }
            first = Some(hour);
            ControlFlow::Break(())
        });
        first
    }

    /// Calls `visit` with each whole hour of known prices, the balances under the hour's parameters,
    /// and its prices and indexes.
    fn visit_hours(
        &self,
        market: &Market,
        hours: Range<i64>,
        mut visit: impl FnMut(i64, &ConstantBalances, &[HourlyAssetState]) -> ControlFlow<()>,
    ) {
        let mut balances = ConstantBalances {
            collateral: self.counted_collateral(market),
            debt: nonzero(&self.scaled_debt),
            thresholds: Vec::new(),
        };
        let mut hour = hours.start;
        while hour < hours.end {
            let from_s = hour * HOUR_S;
            let reserves = self.effective_reserves(market, from_s);
            let threshold = |&(asset, _): &(usize, f64)| reserves[asset].liquidation_threshold;
            balances.thresholds = balances.collateral.iter().map(threshold).collect();
            let change_s = market.next_parameter_change_s(from_s);
            while hour < hours.end && hour * HOUR_S < change_s {
                let visited = market.hourly_states(hour).map(|known| visit(hour, &balances, known));
                if visited.is_some_and(|flow| flow.is_break()) {
                    return;
                }
                hour += 1;
            }
        }
    }
}

impl AccountState {
    /// The collateral as in [`AccountState::account`].
    fn counted_collateral(&self, market: &Market) -> ScaledBalances {
        let mut collateral = nonzero(&self.scaled_collateral);
        collateral.retain(|(asset, _)| self.counts_as_held(market, *asset));
        collateral
    }
}

fn nonzero(scaled: &[f64]) -> ScaledBalances {
    scaled.iter().copied().enumerate().filter(|(_, scaled)| *scaled > 0.0).collect()
}

impl ConstantBalances {
    /// `None` if the account is not open or a price is not known.
    fn open_health(&self, known: &[HourlyAssetState]) -> Option<OpenHealth> {
        let (oracle, debt_usd) = self.health(known, |asset| asset.oracle_usd)?;
        let (spot, _) = self.health(known, |asset| asset.spot_usd)?;
        Some(OpenHealth { log_health: oracle.ln(), log_health_spot: spot.ln(), debt_usd })
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
