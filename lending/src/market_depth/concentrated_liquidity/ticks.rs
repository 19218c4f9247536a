//! The sorted ticks at which a pool's liquidity changes.

use std::iter::once;

use super::price::sqrt_price_at_tick;

/// A tick at which liquidity changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) index: i32,
    /// Square root of the price at the tick's lower boundary.
    pub(super) sqrt_price: f64,
    /// Change of the liquidity in range when the price rises across the boundary, never 0.
    pub(super) liquidity_net: i128,
}

/// Ticks in ascending order, with distinct indexes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ticks(Vec<Tick>);

impl Ticks {
    pub(super) fn as_slice(&self) -> &[Tick] {
        &self.0
    }

    /// The ticks at or below `tick`, and those above it.
    pub(super) fn split(&self, tick: i32) -> (&[Tick], &[Tick]) {
        self.0.split_at(self.0.partition_point(|each| each.index <= tick))
    }

    /// Change of the liquidity in range when the price moves from one tick to another.
    pub(super) fn net_between(&self, from: i32, to: i32) -> i128 {
        if to < from {
            return -self.net_between(to, from);
        }
        let (reached, _) = self.split(to);
        let crossed = reached.iter().rev().take_while(|tick| tick.index > from);
        crossed.map(|tick| tick.liquidity_net).sum()
    }

    /// The liquidity of each range between two ticks.
    pub(super) fn liquidity_between(&self, lower: i32, upper: i32) -> impl Iterator<Item = i128> {
        let (below, above) = self.split(lower);
        let at_lower = below.iter().map(|tick| tick.liquidity_net).sum();
        let changes = above.iter().take_while(move |tick| tick.index < upper);
        once(at_lower).chain(changes.scan(at_lower, |liquidity, tick| {
            *liquidity += tick.liquidity_net;
            Some(*liquidity)
        }))
    }

    /// Adds to the net liquidity of a tick; a tick with net liquidity 0 is removed.
    pub(super) fn add(&mut self, index: i32, delta: i128) {
        match self.0.binary_search_by_key(&index, |tick| tick.index) {
            Ok(at) => {
                self.0[at].liquidity_net += delta;
                if self.0[at].liquidity_net == 0 {
                    self.0.remove(at);
                }
            }
            Err(_) if delta == 0 => {}
            Err(at) => {
                let sqrt_price = sqrt_price_at_tick(index);
                self.0.insert(at, Tick { index, sqrt_price, liquidity_net: delta });
            }
        }
    }
}
