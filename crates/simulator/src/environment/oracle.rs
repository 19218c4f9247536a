//! The oracle: a price is told when it is old, or has moved far enough.

use super::super::asset::{ASSET_CONFIGS, AssetIndex};

/// Decimal places of an answer: feeds in USD have eight.
const ANSWER_UNIT: f64 = 1e8;

/// What an oracle last said, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oracle {
    pub(super) price: f64,
    updated_tick: usize,
    is_unset: bool,
}

impl Oracle {
    pub(super) const fn new(price: f64) -> Self {
        Self { price, updated_tick: 0, is_unset: true }
    }

    /// Looks at the price now, and tells it if need be.
    pub(super) fn update(&mut self, asset: AssetIndex, spot: f64, tick: usize) -> Option<f64> {
        let rule = &ASSET_CONFIGS[asset];
        let moved = (spot - self.price).abs();
        if !self.is_unset
            && moved <= rule.deviation_threshold * self.price
            && tick - self.updated_tick < rule.heartbeat_ticks
        {
            return None;
        }
        let price = (spot * ANSWER_UNIT).round() / ANSWER_UNIT;
        *self = Self { price, updated_tick: tick, is_unset: false };
        Some(price)
    }
}
