//! Sums over all accounts of a market, by hour.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::account::health_history::{BIN_COUNT, HourlyHealth, bin_index};
use crate::account::state::AccountState;
use crate::market::Market;
use crate::replay::history::AccountHistory;
use crate::time::HOUR_S;

/// Debt by hour and log health factor, and liquidated debt.
///
/// Amounts are whole cents: sums of integers do not depend on their order, hence not on threads or on
/// later accounts.
#[derive(Debug)]
pub(crate) struct MarketAggregates {
    first_hour: i64,
    /// By hour, the debt of all accounts below the lower end of each bin, and in total.
    debt_cents_below: Vec<[u64; BIN_COUNT + 1]>,
    /// Times in seconds and the debt liquidated until then, in order.
    cumulative_liquidated_cents: Vec<(i64, u64)>,
}

impl MarketAggregates {
    /// Sums for every hour of a market's prices up to `until_s`.
    pub(crate) fn from_histories(
        market: &Market,
        histories: &[AccountHistory],
        until_s: i64,
    ) -> Self {
        let (first_hour, hours) = market.hour_span();
        let cents: Vec<AtomicU64> = (0..hours * BIN_COUNT).map(|_| AtomicU64::new(0)).collect();
        let add = |health: &HourlyHealth| {
            let hour = usize::try_from(health.hour - first_hour).ok();
            let cell = hour.and_then(|hour| cents.get(hour * BIN_COUNT + health.bin));
            if let Some(cell) = cell {
                cell.fetch_add(health.debt_cents, Ordering::Relaxed);
            }
        };
        histories.par_iter().for_each(|history| {
            let mut state = history.initial_state(market, until_s);
            for update in history.updates.iter().take_while(|update| update.time_s <= until_s) {
                state.advance_with(market, update.time_s, &mut |health| add(health));
                state.apply(market, update);
            }
            state.advance_with(market, until_s, &mut |health| add(health));
        });
        let cents: Vec<u64> = cents.into_iter().map(AtomicU64::into_inner).collect();
        let debt_cents_below = cents.chunks(BIN_COUNT).map(cumulative_by_bin).collect();
        Self {
            first_hour,
            debt_cents_below,
            cumulative_liquidated_cents: cumulative_liquidations(histories, until_s),
        }
    }

    /// Sums for the last whole hour at `as_of_s`, to which all these accounts have advanced.
    pub(crate) fn from_states<'a>(
        states: impl Iterator<Item = &'a AccountState>,
        histories: &[AccountHistory],
        as_of_s: i64,
    ) -> Self {
        let hour = as_of_s.div_euclid(HOUR_S);
        let mut cents = [0; BIN_COUNT];
        for health in states.filter_map(|state| state.health_history.latest()) {
            if health.hour == hour {
                cents[health.bin] += health.debt_cents;
            }
        }
        Self {
            first_hour: hour,
            debt_cents_below: vec![cumulative_by_bin(&cents)],
            cumulative_liquidated_cents: cumulative_liquidations(histories, as_of_s),
        }
    }

    /// Debt of all accounts in these bins at the last whole hour, USD.
    pub(crate) fn debt_usd(&self, time_s: i64, bins: Range<usize>) -> f64 {
        self.debt_cents(time_s.div_euclid(HOUR_S), bins) as f64 / 100.0
    }

    /// The same without the debt of one account.
    pub(crate) fn others_debt_usd(
        &self,
        time_s: i64,
        bins: Range<usize>,
        own: Option<&HourlyHealth>,
    ) -> f64 {
        let hour = time_s.div_euclid(HOUR_S);
        let own = own.filter(|own| own.hour == hour && bins.contains(&own.bin));
        let own_cents = own.map_or(0, |own| own.debt_cents);
        self.debt_cents(hour, bins).saturating_sub(own_cents) as f64 / 100.0
    }

    fn debt_cents(&self, hour: i64, bins: Range<usize>) -> u64 {
        let row = usize::try_from(hour - self.first_hour)
            .ok()
            .and_then(|row| self.debt_cents_below.get(row));
        row.map_or(0, |below| below[bins.end.min(BIN_COUNT)] - below[bins.start.min(BIN_COUNT)])
    }

    /// Debt repaid by liquidations in the last `within_s` seconds, USD.
    pub(crate) fn liquidated_usd(&self, time_s: i64, within_s: i64) -> f64 {
        let until = |time_s: i64| {
            let known =
                self.cumulative_liquidated_cents.partition_point(|(at_s, _)| *at_s <= time_s);
            self.cumulative_liquidated_cents[..known].last().map_or(0, |(_, cents)| *cents)
        };
        (until(time_s) - until(time_s - within_s)) as f64 / 100.0
    }
}

/// The bins of log health factors from `from` to below `to`.
pub(crate) fn bin_range(from: f64, to: f64) -> Range<usize> {
    bin_index(from)..bin_index(to)
}

fn cumulative_by_bin(cents: &[u64]) -> [u64; BIN_COUNT + 1] {
    let mut below = [0; BIN_COUNT + 1];
    for (bin, cents) in cents.iter().enumerate() {
        below[bin + 1] = below[bin] + cents;
    }
    below
}

fn cumulative_liquidations(histories: &[AccountHistory], until_s: i64) -> Vec<(i64, u64)> {
    let updates = histories.iter().flat_map(|history| &history.updates);
    let known = updates.filter(|update| update.liquidated_usd > 0.0 && update.time_s <= until_s);
    let mut rows: Vec<_> = known
        .map(|update| (update.time_s, (update.liquidated_usd * 100.0).round() as u64))
        .collect();
    rows.sort_unstable();
    let mut all = 0;
    for (_, cents) in &mut rows {
        all += *cents;
        *cents = all;
    }
    rows
}
