//! The oracle: a price is told when it is old, or has moved far enough.

use super::super::asset::{ASSET, AssetIndex};

/// Decimal places of an answer: feeds in USD have eight.
const ANSWER_UNIT: f64 = 1e8;

/// What an oracle last said, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oracle {
    pub(super) price: f64,
    told: usize,
    never: bool,
}

impl Oracle {
    pub(super) const fn new(price: f64) -> Self {
        Self { price, told: 0, never: true }
    }

    /// Looks at the price now, and tells it if need be.
    pub(super) fn look(&mut self, asset: AssetIndex, spot: f64, tick: usize) -> Option<f64> {
        let rule = &ASSET[asset];
        let moved = (spot - self.price).abs();
        if !self.never && moved <= rule.deviation * self.price && tick - self.told < rule.heartbeat
        {
            return None;
        }
        let price = (spot * ANSWER_UNIT).round() / ANSWER_UNIT;
        *self = Self { price, told: tick, never: false };
        Some(price)
    }
}
