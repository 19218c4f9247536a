//! One course that the environment took, tick by tick.

use plimsoll_lending::{compounded_growth, effective_annual_rate, linear_growth};

use super::super::asset::{ASSETS, AssetIndex};
use super::super::clock::{HOUR, TICK_S};
use super::interest::{Interest, Reserve};
use super::oracle::Oracle;

/// What holds for an hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hour {
    /// Base fee, gwei per gas.
    pub(crate) gas_gwei: f64,
    /// What each asset's pool gives for a sale that moves its price by 2 %, USD.
    pub(crate) depth_usd: [f64; ASSETS],
    /// The probability that a liquidator gets through within a tick.
    pub(crate) promptness: f64,
    /// How much more often than usual owners look.
    pub(crate) alarm: f64,
    /// Rates, and indexes as the hour begins.
    pub(crate) reserves: [Reserve; ASSETS],
}

/// A price that an oracle told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OracleUpdate {
    pub(crate) tick: usize,
    pub(crate) asset: AssetIndex,
    pub(crate) price: f64,
}

/// The ticks of an hour, by asset.
#[derive(Debug, Default)]
pub(super) struct Ticks {
    spot: [[f64; HOUR]; ASSETS],
    held: [[f64; HOUR]; ASSETS],
    owed: [[f64; HOUR]; ASSETS],
}

impl Ticks {
    pub(super) fn set(
        &mut self,
        tick: usize,
        spot: &[f64; ASSETS],
        oracles: &[Oracle; ASSETS],
        interest: &Interest,
    ) {
        for asset in 0..ASSETS {
            let price = oracles[asset].price;
            self.spot[asset][tick] = spot[asset];
            self.held[asset][tick] = price * interest.supply_index[asset];
            self.owed[asset][tick] = price * interest.borrow_index[asset];
        }
    }
}

/// The ticks after `from`, by asset.
#[derive(Debug, Default)]
pub(crate) struct Path {
    from: usize,
    pub(crate) hours: Vec<Hour>,
    spot: [Vec<f64>; ASSETS],
    /// Oracle price times supply index: what a scaled token counts for as collateral, USD.
    held: [Vec<f64>; ASSETS],
    /// Oracle price times debt index: what a scaled token of debt counts for, USD.
    owed: [Vec<f64>; ASSETS],
    /// Kept only where somebody wants them.
    pub(crate) updates: Option<Vec<OracleUpdate>>,
}

impl Path {
    /// A path that keeps what the oracles told.
    pub(crate) fn recorded() -> Self {
        Self { updates: Some(Vec::new()), ..Self::default() }
    }

    pub(super) fn begin(&mut self, from: usize, hours: usize) {
        self.from = from;
        self.hours.clear();
        self.hours.reserve(hours);
        for column in [&mut self.spot, &mut self.held, &mut self.owed].into_iter().flatten() {
            column.clear();
            column.reserve(hours * HOUR);
        }
    }

    pub(super) fn extend(&mut self, ticks: &Ticks) {
        let extend = |columns: &mut [Vec<f64>], ticks: &[[f64; HOUR]]| {
            columns.iter_mut().zip(ticks).for_each(|(column, hour)| column.extend_from_slice(hour));
        };
        extend(&mut self.spot, &ticks.spot);
        extend(&mut self.held, &ticks.held);
        extend(&mut self.owed, &ticks.owed);
    }

    pub(super) fn updated(&mut self, update: OracleUpdate) {
        if let Some(updates) = &mut self.updates {
            updates.push(update);
        }
    }

    /// The tick before the first.
    pub(crate) const fn from(&self) -> usize {
        self.from
    }

    /// The last tick.
    pub(crate) fn until(&self) -> usize {
        self.from + self.hours.len() * HOUR
    }

    /// The hour that a tick lies in.
    pub(crate) fn hour(&self, tick: usize) -> &Hour {
        &self.hours[self.place(tick) / HOUR]
    }

    /// Market price, USD per token.
    pub(crate) fn spot(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.spot[asset][self.place(tick)]
    }

    /// What a scaled token of collateral counts for, USD.
    pub(crate) fn held(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.held[asset][self.place(tick)]
    }

    /// What a scaled token of debt counts for, USD.
    pub(crate) fn owed(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.owed[asset][self.place(tick)]
    }

    /// The oracle's price, USD per token.
    pub(crate) fn told(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.held(asset, tick) / self.supply_index(asset, tick)
    }

    /// Index of debt.
    pub(crate) fn borrow_index(&self, asset: AssetIndex, tick: usize) -> f64 {
        let reserve = &self.hour(tick).reserves[asset];
        let effective = effective_annual_rate(reserve.borrow_rate);
        reserve.borrow_index * compounded_growth(effective, self.within_hour_s(tick))
    }

    /// Index of collateral.
    pub(crate) fn supply_index(&self, asset: AssetIndex, tick: usize) -> f64 {
        let reserve = &self.hour(tick).reserves[asset];
        reserve.supply_index * linear_growth(reserve.supply_rate, self.within_hour_s(tick))
    }

    fn within_hour_s(&self, tick: usize) -> i64 {
        ((self.place(tick) % HOUR + 1) * TICK_S) as i64
    }

    /// The first tick after `after` and up to `until` at which collateral counts for less than
    /// debt: weights times [`held`](Self::held) against a weight times [`owed`](Self::owed).
    pub(crate) fn first_below(
        &self,
        collateral: [(AssetIndex, f64); 2],
        debt: (AssetIndex, f64),
        (after, until): (usize, usize),
    ) -> Option<usize> {
        let range = after - self.from..until - self.from;
        let [(first, a), (second, b)] = collateral;
        let (first, second) = (&self.held[first][range.clone()], &self.held[second][range.clone()]);
        let owed = &self.owed[debt.0][range];
        let below = |((x, y), z): ((&f64, &f64), &f64)| a * x + b * y < debt.1 * z;
        let place = first.iter().zip(second).zip(owed).position(below);
        place.map(|place| after + 1 + place)
    }

    fn place(&self, tick: usize) -> usize {
        tick - self.from - 1
    }
}
