//! The price oracle, with heartbeat and deviation threshold.

use crate::asset::{ASSET_CONFIGS, AssetIndex};

/// Inverse of an answer's precision: feeds in USD have eight decimal places.
const ANSWER_UNIT: f64 = 1e8;

/// An oracle's last answer and its tick.
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

    /// Updates the answer if it is too old or too far from the spot price; returns a new answer.
    pub(super) fn update(&mut self, asset: AssetIndex, spot: f64, tick: usize) -> Option<f64> {
        let config = &ASSET_CONFIGS[asset];
        let distance = (spot - self.price).abs();
        if !self.is_unset
            && distance <= config.deviation_threshold * self.price
            && tick - self.updated_tick < config.heartbeat_ticks
        {
            return None;
        }
        let price = (spot * ANSWER_UNIT).round() / ANSWER_UNIT;
        *self = Self { price, updated_tick: tick, is_unset: false };
        Some(price)
    }
}
