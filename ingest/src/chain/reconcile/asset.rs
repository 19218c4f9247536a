//! An asset of a rebuilt market.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::{ReserveIndex, parameter};
use plimsoll_lending::aave_v3::{Release, Reserve, normalized_debt, normalized_income};

use crate::chain::decode::basis_points::BPS_PER_ONE;

const RAY: f64 = 1e27;

/// An asset with its interest, price and threshold at the block.
#[derive(Debug, Clone, Default)]
pub(super) struct AssetState {
    /// Its id in the lake.
    pub(super) id: String,
    /// Its label in the lake.
    pub(super) label: String,
    pub(super) underlying: Address,
    pub(super) decimals: u32,
    pub(super) price: Option<U256>,
    /// All prices up to the block, in order.
    pub(super) prices: Vec<(u64, U256)>,
    pub(super) index: Option<ReserveIndex>,
    pub(super) parameters: BTreeMap<String, f64>,
}

impl AssetState {
    /// The price at the end of a block.
    pub(super) fn price_at(&self, block: u64) -> Option<U256> {
        let known = self.prices.partition_point(|(from, _)| *from <= block);
        Some(self.prices[known.checked_sub(1)?].1)
    }

    fn parameter(&self, name: &str) -> f64 {
        self.parameters.get(name).copied().unwrap_or_default()
    }

    /// Whether the asset is a collateral of an efficiency mode: by its one category up to release
    /// 3.0, by the mode's list of collaterals later.
    pub(super) fn is_in_e_mode(&self, mode: u32) -> bool {
        self.parameter("emode_category") == f64::from(mode)
            || self.parameter(&format!("emode_{mode}_collateral")) == 1.0
    }

    pub(super) fn has_zero_ltv_in_e_mode(&self, mode: u32) -> bool {
        self.parameter(&format!("emode_{mode}_ltv_zero")) == 1.0
    }

    /// The reserve with interest up to a second; `None` if a price or an index is missing.
    pub(super) fn reserve(&self, time_s: i64, release: Release) -> Option<Reserve> {
        let row = self.index.as_ref()?;
        let elapsed_s = u64::try_from(time_s - row.time.timestamp()).ok()?;
        let ray = |rate: f64| U256::from((rate * RAY).round());
        let [liquidity, borrow] =
            [row.liquidity_index, row.borrow_index].map(|index| U256::try_from(index).ok());
        let (lending, borrowing) = (ray(row.liquidity_rate), ray(row.borrow_rate));
        Some(Reserve {
            liquidity_index: normalized_income(liquidity?, lending, elapsed_s).ok()?,
            variable_borrow_index: normalized_debt(release, borrow?, borrowing, elapsed_s).ok()?,
            price: self.price?,
            decimals: u8::try_from(self.decimals).ok()?,
            ltv_bps: to_bps(self.parameter(parameter::MAX_LTV)),
            liquidation_threshold_bps: to_bps(self.parameter(parameter::LIQUIDATION_THRESHOLD)),
            liquidation_bonus_bps: 0,
            liquidation_protocol_fee_bps: 0,
        })
    }
}

/// A fraction in hundredths of a per cent.
pub(super) fn to_bps(fraction: f64) -> u64 {
    (fraction * BPS_PER_ONE).round() as u64
}
