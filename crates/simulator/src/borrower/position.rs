//! A position: exact scaled balances and their values.

use plimsoll_lending::{CloseFactorInput, CloseFactorRule};

use crate::asset::{
    ASSET_CONFIGS, AssetConfig, AssetIndex, EMODE, EMODE_MEMBERS, EMODE_RISK_PARAMETERS,
    UNITS_PER_TOKEN,
};
use crate::environment::MarketPath;
use crate::events::BalanceMovement;

/// A scaled balance of one asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(crate) asset: AssetIndex,
    /// Smallest units, divided by the interest index.
    pub(crate) scaled: i128,
}

/// Up to two collateral assets and one debt asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) collateral: [Balance; 2],
    pub(crate) debt: Balance,
    /// Efficiency mode; 0 is none.
    pub(crate) emode: u32,
}

/// The close factor rule of the simulated market.
const CLOSE_FACTOR_RULE: fn() -> CloseFactorRule = CloseFactorRule::default;

/// Remaining share of a balance that is treated as rounding error.
const ROUNDING: f64 = 1e-9;

impl Balance {
    pub(crate) const fn zero(asset: AssetIndex) -> Self {
        Self { asset, scaled: 0 }
    }

    /// Scaled tokens.
    pub(crate) fn scaled_tokens(&self) -> f64 {
        self.scaled as f64 / UNITS_PER_TOKEN[self.asset]
    }

    /// Adds tokens at an index; returns the movement.
    pub(crate) fn add(&mut self, tokens: f64, index: f64) -> BalanceMovement {
        let movement = balance_movement(self.asset, tokens, index);
        self.scaled += movement.scaled;
        movement
    }

    /// Removes tokens at an index, or all if only a rounding error would remain; returns the
    /// movement.
    pub(crate) fn remove(&mut self, tokens: f64, index: f64) -> BalanceMovement {
        let requested = balance_movement(self.asset, tokens, index);
        if requested.scaled as f64 >= self.scaled as f64 * (1.0 - ROUNDING) {
            return self.remove_all(index);
        }
        self.scaled -= requested.scaled;
        requested
    }

    /// Removes the whole balance; returns the movement.
    pub(crate) fn remove_all(&mut self, index: f64) -> BalanceMovement {
        let Self { asset, scaled } = *self;
        self.scaled = 0;
        BalanceMovement { asset, amount: (scaled as f64 * index).round() as i128, scaled }
    }
}

fn balance_movement(asset: AssetIndex, tokens: f64, index: f64) -> BalanceMovement {
    let amount = (tokens * UNITS_PER_TOKEN[asset]).round();
    BalanceMovement { asset, amount: amount as i128, scaled: (amount / index).round() as i128 }
}

impl Position {
    pub(crate) const fn empty() -> Self {
        Self { collateral: [Balance::zero(0); 2], debt: Balance::zero(5), emode: 0 }
    }

    /// Maximum loan-to-value, liquidation threshold and bonus of an asset in this position.
    pub(crate) fn risk_parameters(&self, asset: AssetIndex) -> (f64, f64, f64) {
        if self.emode == EMODE && EMODE_MEMBERS.contains(&asset) {
            return EMODE_RISK_PARAMETERS;
        }
        let AssetConfig { max_ltv, liquidation_threshold, liquidation_bonus, .. } =
            ASSET_CONFIGS[asset];
        (max_ltv, liquidation_threshold, liquidation_bonus)
    }

    /// The average liquidation threshold of the collateral at a tick.
    pub(crate) fn average_threshold(&self, path: &MarketPath, tick: usize) -> f64 {
        let (mut capacity, mut total) = (0.0, 0.0);
        for balance in &self.collateral {
            let usd = balance.scaled_tokens() * path.collateral_usd(balance.asset, tick);
            capacity += usd * self.risk_parameters(balance.asset).1;
            total += usd;
        }
        capacity / total
    }

    /// Collateral weighted by liquidation thresholds, and debt, USD, at market prices.
    pub(crate) fn capacity_and_debt_at_market(&self, path: &MarketPath, tick: usize) -> (f64, f64) {
        let weighted = |balance: &Balance| {
            let index = path.supply_index(balance.asset, tick);
            balance.scaled_tokens()
                * index
                * path.spot_usd(balance.asset, tick)
                * self.risk_parameters(balance.asset).1
        };
        let open = self.collateral.iter().filter(|balance| balance.scaled > 0);
        let debt = &self.debt;
        let index = path.borrow_index(debt.asset, tick);
        (open.map(weighted).sum(), debt.scaled_tokens() * index * path.spot_usd(debt.asset, tick))
    }

    /// Borrow capacity, USD, at oracle prices.
    pub(crate) fn borrowable_usd(&self, path: &MarketPath, tick: usize) -> f64 {
        let usd =
            |balance: &Balance| balance.scaled_tokens() * path.collateral_usd(balance.asset, tick);
        self.collateral
            .iter()
            .map(|balance| usd(balance) * self.risk_parameters(balance.asset).0)
            .sum()
    }

    /// Debt, USD, at the oracle price.
    pub(crate) fn debt_usd(&self, path: &MarketPath, tick: usize) -> f64 {
        self.debt.scaled_tokens() * path.debt_usd(self.debt.asset, tick)
    }

    /// Health factor at oracle prices.
    pub(crate) fn health_factor(&self, path: &MarketPath, tick: usize) -> f64 {
        let weighted = |balance: &Balance| {
            balance.scaled_tokens()
                * path.collateral_usd(balance.asset, tick)
                * self.risk_parameters(balance.asset).1
        };
        self.collateral.iter().map(weighted).sum::<f64>() / self.debt_usd(path, tick)
    }

    /// The first tick after `after` and up to `until` at which the position can be liquidated.
    pub(crate) fn first_liquidatable_tick(
        &self,
        path: &MarketPath,
        after: usize,
        until: usize,
    ) -> Option<usize> {
        let weighted = |balance: Balance| {
            (balance.asset, balance.scaled_tokens() * self.risk_parameters(balance.asset).1)
        };
        let debt = (self.debt.asset, self.debt.scaled_tokens());
        path.first_liquidatable_tick(self.collateral.map(weighted), debt, (after, until))
    }

    /// Index of the collateral of the largest value.
    pub(crate) fn largest_collateral(&self, path: &MarketPath, tick: usize) -> usize {
        let usd = |slot: usize| {
            let balance = &self.collateral[slot];
            balance.scaled_tokens() * path.collateral_usd(balance.asset, tick)
        };
        usize::from(usd(1) > usd(0))
    }

    /// The largest debt that one liquidation of a collateral can repay, USD.
    pub(crate) fn repayable_usd(&self, path: &MarketPath, tick: usize, slot: usize) -> f64 {
        let balance = &self.collateral[slot];
        let debt_usd = self.debt_usd(path, tick);
        let call = CloseFactorInput {
            health_factor: self.health_factor(path, tick),
            account_debt_usd: debt_usd,
            debt_usd,
            collateral_usd: balance.scaled_tokens() * path.collateral_usd(balance.asset, tick),
            liquidation_bonus: self.risk_parameters(balance.asset).2,
        };
        CLOSE_FACTOR_RULE().max_repayable_usd(&call)
    }
}
