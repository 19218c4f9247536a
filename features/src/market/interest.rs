//! Interest on the balances of one asset.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{ReserveIndex, Row};
use plimsoll_lending::{LendingError, RateIndex, effective_annual_rate, linear_growth};

use super::id::MarketId;
use crate::error::FeatureError;

/// The fixed-point unit of indexes on a chain.
const RAY: f64 = 1e27;

/// Interest on one asset; the default is none.
#[derive(Debug, Default)]
pub(super) struct Interest {
    borrow_index: RateIndex,
    /// Effective rates on debt, a fraction a year, by the time from which they apply.
    borrow_rates: Vec<(i64, f64)>,
    supply_points: Vec<SupplyIndexPoint>,
}

/// The supply index at one time, as recorded on a chain.
#[derive(Debug, Clone, Copy)]
struct SupplyIndexPoint {
    time_s: i64,
    index: f64,
    annual_rate: f64,
}

impl Interest {
    /// Debt accrues at rates that changed at these times; supply earns nothing.
    pub(super) fn from_rates(rates: Vec<(i64, f64)>) -> Result<Self, LendingError> {
        let debt = RateIndex::new(rates.iter().copied())?;
        Ok(Self { borrow_index: debt, borrow_rates: rates, supply_points: Vec::new() })
    }

    /// Reads the recorded indexes of each asset, by symbol, up to `until`.
    pub(super) fn read(
        store: &Store,
        id: &MarketId,
        until: Option<DateTime<Utc>>,
    ) -> Result<BTreeMap<String, Self>, FeatureError> {
        let mut by_asset: BTreeMap<String, Vec<ReserveIndex>> = BTreeMap::new();
        for batch in store.read(const { &ReserveIndex::TABLE }, &id.filter_until(until))? {
            let rows = ReserveIndex::from_batch(&batch)?.into_iter();
            for row in rows.filter(|row| until.is_none_or(|until| row.time <= until)) {
                by_asset.entry(row.asset.clone()).or_default().push(row);
            }
        }
        let invalid = |source| FeatureError::InvalidParameter { market: id.name(), source };
        let interest = |(asset, rows): (String, Vec<_>)| Ok((asset, Self::from_indexes(&rows)?));
        by_asset.into_iter().map(interest).collect::<Result<_, _>>().map_err(invalid)
    }

    fn from_indexes(rows: &[ReserveIndex]) -> Result<Self, LendingError> {
        let mut last_of_second: Vec<&ReserveIndex> = Vec::new();
        for row in rows {
            last_of_second.pop_if(|last| last.time == row.time);
            last_of_second.push(row);
        }
        let rows = last_of_second.iter();
        let rate = |row: &ReserveIndex| effective_annual_rate(row.borrow_rate);
        let rates: Vec<_> = rows.clone().map(|row| (row.time.timestamp(), rate(row))).collect();
        let indexes = rows.clone().map(|row| row.borrow_index as f64 / RAY);
        let debt = indexes.zip(&rates).map(|(index, &(time_s, rate))| (time_s, index, rate));
        let supply = rows.map(|row| SupplyIndexPoint {
            time_s: row.time.timestamp(),
            index: row.liquidity_index as f64 / RAY,
            annual_rate: row.liquidity_rate,
        });
        Ok(Self {
            borrow_index: RateIndex::from_observations(debt)?,
            supply_points: supply.collect(),
            borrow_rates: rates,
        })
    }

    /// The index of debt.
    pub(super) const fn borrow_index(&self) -> &RateIndex {
        &self.borrow_index
    }

    /// The index of collateral at `time_s`: 1 before the first record.
    pub(super) fn supply_index_at(&self, time_s: i64) -> f64 {
        let Some(last) = self.supply_point_at(time_s) else { return 1.0 };
        last.index * linear_growth(last.annual_rate, time_s - last.time_s)
    }

    /// The effective rate on debt at `time_s`, a fraction a year: 0 before the first.
    pub(super) fn borrow_rate(&self, time_s: i64) -> f64 {
        let known = self.borrow_rates.partition_point(|(from_s, _)| *from_s <= time_s);
        self.borrow_rates[..known].last().map_or(0.0, |(_, rate)| *rate)
    }

    /// The effective rate on supply at `time_s`, a fraction a year: 0 before the first.
    pub(super) fn supply_rate(&self, time_s: i64) -> f64 {
        self.supply_point_at(time_s).map_or(0.0, |supply| effective_annual_rate(supply.annual_rate))
    }

    /// The rate on supply over that on debt at `time_s`; NaN unless both are known and debt pays interest.
    pub(super) fn supply_over_borrow_rate(&self, time_s: i64) -> f64 {
        let Some(supply) = self.supply_point_at(time_s) else { return f64::NAN };
        let borrow = self.borrow_rate(time_s).ln_1p();
        if borrow > 0.0 { supply.annual_rate / borrow } else { f64::NAN }
    }

    fn supply_point_at(&self, time_s: i64) -> Option<&SupplyIndexPoint> {
        let known = self.supply_points.partition_point(|supply| supply.time_s <= time_s);
        self.supply_points[..known].last()
    }
}
