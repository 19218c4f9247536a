//! A market's risk parameters and interest, as they stood at any time.

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{MarketAsset, ReserveParameter, parameter};
use plimsoll_lake::{Filter, Store};
use plimsoll_lending::{CloseFactorRule, RateIndex, ReserveParameters};

use super::MarketId;
use crate::FeatureError;

/// Parameters of every asset, by the time from which they held.
#[derive(Debug)]
pub(crate) struct Parameters {
    /// Snapshots in order of time; the first holds from the beginning.
    snapshots: Vec<(i64, Vec<ReserveParameters>)>,
    rates: Vec<Vec<(i64, f64)>>,
    indexes: Vec<RateIndex>,
}

impl Parameters {
    /// Reads the changes from the lake, none after `until`.
    pub(super) fn read(
        store: &Store,
        id: &MarketId,
        assets: &[MarketAsset],
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        let mut changes: Vec<ReserveParameter> = store.rows_where(&id.filter(Filter::default()))?;
        changes.retain(|change| until.is_none_or(|until| change.time <= until));
        changes.sort_by_key(|change| (change.block, change.log_index));
        Self::replay(id, assets, &changes)
    }

    fn replay(
        id: &MarketId,
        assets: &[MarketAsset],
        changes: &[ReserveParameter],
    ) -> Result<Self, FeatureError> {
        let close_factor = close_factor_of(&id.protocol);
        let mut now = vec![ReserveParameters::borrow_only(close_factor); assets.len()];
        let mut snapshots = vec![(i64::MIN, now.clone())];
        let mut rates = vec![Vec::new(); assets.len()];
        for change in changes {
            let Some(asset) = assets.iter().position(|a| a.asset == change.asset) else { continue };
            let time_s = change.time.timestamp();
            if change.parameter == parameter::BORROW_RATE {
                rates[asset].push((time_s, change.value));
            }
            if set(&mut now[asset], change) {
                // Where a protocol has one ratio for both, as Maker has, they are the same.
                if !borrows_below_threshold(changes, change) {
                    now[asset].max_ltv = now[asset].liquidation_threshold;
                }
                snapshots.push((time_s, now.clone()));
            }
        }
        let fault = |source| FeatureError::Parameter { market: id.prefix(), source };
        now.iter().try_for_each(ReserveParameters::validate).map_err(fault)?;
        let index = |rates: &Vec<(i64, f64)>| RateIndex::new(rates.iter().copied());
        let indexes = rates.iter().map(index).collect::<Result<_, _>>().map_err(fault)?;
        Ok(Self { snapshots, rates, indexes })
    }

    pub(super) fn reserves(&self, time_s: i64) -> &[ReserveParameters] {
        let known = self.snapshots.partition_point(|(from_s, _)| *from_s <= time_s);
        &self.snapshots[known.max(1) - 1].1
    }

    pub(super) fn borrow_index(&self, asset: usize) -> &RateIndex {
        &self.indexes[asset]
    }

    pub(super) fn borrow_rate(&self, asset: usize, time_s: i64) -> f64 {
        let rates = &self.rates[asset];
        let known = rates.partition_point(|(from_s, _)| *from_s <= time_s);
        if known == 0 { 0.0 } else { rates[known - 1].1 }
    }
}

/// Whether the change is of a parameter that mechanics know.
fn set(reserve: &mut ReserveParameters, change: &ReserveParameter) -> bool {
    match change.parameter.as_str() {
        parameter::LIQUIDATION_THRESHOLD => reserve.liquidation_threshold = change.value,
        parameter::MAX_LTV => reserve.max_ltv = change.value,
        parameter::LIQUIDATION_BONUS => reserve.liquidation_bonus = change.value,
        parameter::MINIMUM_DEBT => reserve.minimum_debt_usd = change.value,
        _ => return false,
    }
    true
}

/// Whether the changed asset's market sets a maximum loan-to-value of its own.
fn borrows_below_threshold(changes: &[ReserveParameter], of: &ReserveParameter) -> bool {
    changes.iter().any(|c| c.parameter == parameter::MAX_LTV && c.asset == of.asset)
}

fn close_factor_of(protocol: &str) -> CloseFactorRule {
    if protocol.starts_with("aave-v3") {
        CloseFactorRule::default()
    } else {
        CloseFactorRule::Whole
    }
}
