//! One simulated path of the environment, tick by tick.

use plimsoll_lending::{compounded_growth, effective_annual_rate, linear_growth};

use super::interest::{InterestState, ReserveInterest};
use super::oracle::Oracle;
use crate::asset::{ASSET_COUNT, AssetIndex};
use crate::clock::{TICK_S, TICKS_PER_HOUR};

/// State that is constant within an hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HourState {
    /// Base fee, gwei per gas.
    pub(crate) gas_gwei: f64,
    /// Proceeds from each asset's pool of a sale that moves its price by 2 %, USD.
    pub(crate) depth_usd: [f64; ASSET_COUNT],
    /// Probability that a liquidator's transaction is included within a tick.
    pub(crate) inclusion_probability: f64,
    /// Factor on the owners' visit rates.
    pub(crate) alarm_factor: f64,
    /// Rates, and indexes at the start of the hour.
    pub(crate) reserves: [ReserveInterest; ASSET_COUNT],
}

/// An answer that an oracle published.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OracleAnswer {
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

/// The ticks after `start_tick`, by asset.
#[derive(Debug, Default)]
pub(crate) struct MarketPath {
    start_tick: usize,
    pub(crate) hours: Vec<HourState>,
    spot_usd: [Vec<f64>; ASSET_COUNT],
    /// Oracle price times supply index: the value of a scaled token as collateral, USD.
    collateral_usd: [Vec<f64>; ASSET_COUNT],
    /// Oracle price times debt index: the value of a scaled token of debt, USD.
    debt_usd: [Vec<f64>; ASSET_COUNT],
    /// Recorded only if enabled at construction.
    pub(crate) oracle_answers: Option<Vec<OracleAnswer>>,
}

impl MarketPath {
    /// A path that records oracle answers.
    pub(crate) fn with_oracle_answers() -> Self {
        Self { oracle_answers: Some(Vec::new()), ..Self::default() }
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

    pub(super) fn record_answer(&mut self, answer: OracleAnswer) {
        if let Some(answers) = &mut self.oracle_answers {
            answers.push(answer);
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

    /// The hour that contains a tick.
    pub(crate) fn hour_at(&self, tick: usize) -> &HourState {
        &self.hours[self.index(tick) / TICKS_PER_HOUR]
    }

    /// Market price, USD per token.
    pub(crate) fn spot_usd(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.spot_usd[asset][self.index(tick)]
    }

    /// Value of a scaled token of collateral, USD.
    pub(crate) fn collateral_usd(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.collateral_usd[asset][self.index(tick)]
    }

    /// Value of a scaled token of debt, USD.
    pub(crate) fn debt_usd(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.debt_usd[asset][self.index(tick)]
    }

    /// Oracle price, USD per token.
    pub(crate) fn oracle_usd(&self, asset: AssetIndex, tick: usize) -> f64 {
        self.collateral_usd(asset, tick) / self.supply_index(asset, tick)
    }

    /// Debt index.
    pub(crate) fn borrow_index(&self, asset: AssetIndex, tick: usize) -> f64 {
        let reserve = &self.hour_at(tick).reserves[asset];
        let effective = effective_annual_rate(reserve.borrow_rate);
        reserve.borrow_index * compounded_growth(effective, self.elapsed_in_hour_s(tick))
    }

    /// Supply index.
    pub(crate) fn supply_index(&self, asset: AssetIndex, tick: usize) -> f64 {
        let reserve = &self.hour_at(tick).reserves[asset];
        reserve.supply_index * linear_growth(reserve.supply_rate, self.elapsed_in_hour_s(tick))
    }

    fn elapsed_in_hour_s(&self, tick: usize) -> i64 {
        ((self.index(tick) % TICKS_PER_HOUR + 1) * TICK_S) as i64
    }

    /// The first tick after `after` and up to `until` at which the collateral's weighted value is
    /// below the debt's: weights times [`collateral_usd`](Self::collateral_usd) compared with a
    /// weight times [`debt_usd`](Self::debt_usd).
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
        let debts = &self.debt_usd[debt.0][range];
        let below = |((x, y), z): ((&f64, &f64), &f64)| a * x + b * y < debt.1 * z;
        let index = first.iter().zip(second).zip(debts).position(below);
        index.map(|index| after + 1 + index)
    }

    fn index(&self, tick: usize) -> usize {
        tick - self.start_tick - 1
    }
}
