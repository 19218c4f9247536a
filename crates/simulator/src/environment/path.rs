//! One course that the environment took, tick by tick.

use plimsoll_lending::{compounded_growth, effective_annual_rate, linear_growth};

use super::super::asset::{ASSET_COUNT, AssetIndex};
use super::super::clock::{TICK_S, TICKS_PER_HOUR};
use super::interest::{InterestState, ReserveState};
use super::oracle::Oracle;

/// What holds for an hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HourState {
    /// Base fee, gwei per gas.
    pub(crate) gas_gwei: f64,
    /// What each asset's pool gives for a sale that moves its price by 2 %, USD.
    pub(crate) depth_usd: [f64; ASSET_COUNT],
    /// The probability that a liquidator gets through within a tick.
    pub(crate) inclusion_probability: f64,
    /// How much more often than usual owners look.
    pub(crate) alarm_factor: f64,
    /// Rates, and indexes as the hour begins.
    pub(crate) reserves: [ReserveState; ASSET_COUNT],
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
pub(super) struct HourTicks {
    spot_usd: [[f64; TICKS_PER_HOUR]; ASSET_COUNT],
    collateral_usd: [[f64; TICKS_PER_HOUR]; ASSET_COUNT],
    debt_usd: [[f64; TICKS_PER_HOUR]; ASSET_COUNT],
}

impl HourTicks {
    pub(super) fn set(
        &mut self,
        tick: usize,
        spot: &[f64; ASSET_COUNT],
        oracles: &[Oracle; ASSET_COUNT],
        interest: &InterestState,
    ) {
        for asset in 0..ASSET_COUNT {
            let price = oracles[asset].price;
            self.spot_usd[asset][tick] = spot[asset];
            self.collateral_usd[asset][tick] = price * interest.supply_index[asset];
            self.debt_usd[asset][tick] = price * interest.borrow_index[asset];
        }
    }
}

/// The ticks after `from`, by asset.
#[derive(Debug, Default)]
pub(crate) struct MarketPath {
    start_tick: usize,
    pub(crate) hours: Vec<HourState>,
    spot_usd: [Vec<f64>; ASSET_COUNT],
    /// Oracle price times supply index: what a scaled token counts for as collateral, USD.
    collateral_usd: [Vec<f64>; ASSET_COUNT],
    /// Oracle price times debt index: what a scaled token of debt counts for, USD.
    debt_usd: [Vec<f64>; ASSET_COUNT],
    /// Kept only where somebody wants them.
    pub(crate) oracle_updates: Option<Vec<OracleUpdate>>,
}

impl MarketPath {
    /// A path that keeps what the oracles told.
    pub(crate) fn with_oracle_updates() -> Self {
        Self { oracle_updates: Some(Vec::new()), ..Self::default() }
    }

    pub(super) fn reset(&mut self, from: usize, hours: usize) {
        self.start_tick = from;
        self.hours.clear();
        self.hours.reserve(hours);
        for column in
            [&mut self.spot_usd, &mut self.collateral_usd, &mut self.debt_usd].into_iter().flatten()
        {
            column.clear();
            column.reserve(hours * TICKS_PER_HOUR);
        }
    }

    pub(super) fn append_hour(&mut self, ticks: &HourTicks) {
        let extend = |columns: &mut [Vec<f64>], ticks: &[[f64; TICKS_PER_HOUR]]| {
            columns.iter_mut().zip(ticks).for_each(|(column, hour)| column.extend_from_slice(hour));
        };
        extend(&mut self.spot_usd, &ticks.spot_usd);
        extend(&mut self.collateral_usd, &ticks.collateral_usd);
        extend(&mut self.debt_usd, &ticks.debt_usd);
    }

    pub(super) fn record_update(&mut self, update: OracleUpdate) {
        if let Some(updates) = &mut self.oracle_updates {
            updates.push(update);
        }
    }

    /// The tick before the first.
    pub(crate) const fn start_tick(&self) -> usize {
        self.start_tick
    }

    /// The last tick.
    pub(crate) fn end_tick(&self) -> usize {
        self.start_tick + self.hours.len() * TICKS_PER_HOUR
    }

    /// The hour that a tick lies in.
    pub(crate) fn hour_at(&self, tick: usize) -> &HourState {
        &self.hours[self.index(tick) / TICKS_PER_HOUR]
    }

    /// Market price, USD per token.
    pub(crate) fn spot_usd(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.spot_usd[asset][self.index(tick)]
    }

    /// What a scaled token of collateral counts for, USD.
    pub(crate) fn collateral_usd(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.collateral_usd[asset][self.index(tick)]
    }

    /// What a scaled token of debt counts for, USD.
    pub(crate) fn debt_usd(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.debt_usd[asset][self.index(tick)]
    }

    /// The oracle's price, USD per token.
    pub(crate) fn oracle_usd(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.collateral_usd(asset, tick) / self.supply_index(asset, tick)
    }

    /// Index of debt.
    pub(crate) fn borrow_index(&self, asset: AssetIndex, tick: usize) -> f64 {
        let reserve = &self.hour_at(tick).reserves[asset];
        let effective = effective_annual_rate(reserve.borrow_rate);
        reserve.borrow_index * compounded_growth(effective, self.elapsed_in_hour_s(tick))
    }

    /// Index of collateral.
    pub(crate) fn supply_index(&self, asset: AssetIndex, tick: usize) -> f64 {
        let reserve = &self.hour_at(tick).reserves[asset];
        reserve.supply_index * linear_growth(reserve.supply_rate, self.elapsed_in_hour_s(tick))
    }

    fn elapsed_in_hour_s(&self, tick: usize) -> i64 {
        ((self.index(tick) % TICKS_PER_HOUR + 1) * TICK_S) as i64
    }

    /// The first tick after `after` and up to `until` at which collateral counts for less than
    /// debt: weights times [`held`](Self::held) against a weight times [`owed`](Self::owed).
    pub(crate) fn first_liquidatable_tick(
        &self,
        collateral: [(AssetIndex, f64); 2],
        debt: (AssetIndex, f64),
        (after, until): (usize, usize),
    ) -> Option<usize> {
        let range = after - self.start_tick..until - self.start_tick;
        let [(first, a), (second, b)] = collateral;
        let (first, second) = (
            &self.collateral_usd[first][range.clone()],
            &self.collateral_usd[second][range.clone()],
        );
        let owed = &self.debt_usd[debt.0][range];
        let below = |((x, y), z): ((&f64, &f64), &f64)| a * x + b * y < debt.1 * z;
        let place = first.iter().zip(second).zip(owed).position(below);
        place.map(|place| after + 1 + place)
    }

    fn index(&self, tick: usize) -> usize {
        tick - self.start_tick - 1
    }
}
