//! State of a market's reserves according to a lake.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_features::MarketId;
use plimsoll_lake::tables::{MarketAsset, ReserveParameter, parameter};
use plimsoll_lake::{Filter, LakeError, Store, asset_labels};

use crate::parameters::{BPS_PER_ONE, CollateralParameters};
use crate::proposal::steward::{LastChange, ReserveState};

impl ReserveState {
    /// Every reserve of a market that counts as collateral, as known to a lake at a time; by
    /// label. A lake does not contain the time of a steward's last change.
    ///
    /// # Errors
    /// [`LakeError`] if the lake cannot be read.
    pub fn from_lake(
        store: &Store,
        market: &MarketId,
        at: DateTime<Utc>,
    ) -> Result<Vec<Self>, LakeError> {
        let filter = market.filter(Filter::default());
        let mut values: BTreeMap<(String, String), ((u64, u32), f64)> = BTreeMap::new();
        let rows = store.rows_where::<ReserveParameter>(&filter)?;
        for row in rows.into_iter().filter(|row| row.time <= at) {
            let position = (row.block, row.log_index);
            let last = values.entry((row.asset, row.parameter)).or_insert((position, row.value));
            if position >= last.0 {
                *last = (position, row.value);
            }
        }
        let mut reserves = Vec::new();
        let rows = store.rows_where::<MarketAsset>(&filter)?;
        for (row, label) in rows.iter().zip(asset_labels(&rows)) {
            let value_of = |name: &str| {
                values.get(&(row.asset.clone(), name.to_owned())).map(|(_, value)| *value)
            };
            reserves.extend(reserve_state(row, label, value_of));
        }
        reserves.sort_by(|a, b| a.asset.cmp(&b.asset));
        Ok(reserves)
    }
}

/// A reserve from its parameters' values; `None` if it is not a collateral.
fn reserve_state(
    row: &MarketAsset,
    label: String,
    value_of: impl Fn(&str) -> Option<f64>,
) -> Option<ReserveState> {
    let bps = |name: &str| value_of(name).map(|value| (value * BPS_PER_ONE).round() as u16);
    let liquidation_threshold_bps = bps(parameter::LIQUIDATION_THRESHOLD)?;
    let stored = CollateralParameters {
        // A protocol with a single ratio uses the threshold as its max LTV.
        max_ltv_bps: bps(parameter::MAX_LTV).unwrap_or(liquidation_threshold_bps),
        liquidation_threshold_bps,
        liquidation_bonus_bps: bps(parameter::LIQUIDATION_BONUS).unwrap_or_default(),
    };
    (liquidation_threshold_bps > 0).then(|| ReserveState {
        asset: label,
        address: row.address.as_ref().and_then(|address| address.parse().ok()),
        stored,
        is_frozen: value_of("frozen") == Some(1.0),
        pending_ltv_bps: bps("pending_ltv"),
        is_restricted: false,
        last_change: LastChange::default(),
    })
}
