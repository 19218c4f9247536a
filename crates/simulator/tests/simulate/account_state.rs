//! The state of a market's accounts, reconstructed from its tables alone.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, PositionEvent, ReserveIndex, parameter, setting,
    side,
};
use plimsoll_lending::{
    Account, AssetAmount, AssetId, CloseFactorRule, ReserveParameters, compounded_growth,
    effective_annual_rate, linear_growth,
};

use crate::market::MarketTables;

/// Unit of on-chain interest indexes.
const RAY: f64 = 1e27;

/// The state of one account after some block.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct AccountState {
    /// Scaled balances by side and asset, exact.
    pub(crate) scaled: BTreeMap<(String, String), i128>,
    used_as_collateral: BTreeSet<String>,
    emode: u32,
}

/// The rows of one account in one block, and its state before and after.
#[derive(Clone)]
pub(crate) struct AccountBlock<'a> {
    pub(crate) account: &'a str,
    pub(crate) time_s: i64,
    pub(crate) before: AccountState,
    pub(crate) after: AccountState,
    pub(crate) balances: Vec<&'a BalanceChange>,
    pub(crate) events: Vec<&'a PositionEvent>,
    pub(crate) liquidations: Vec<&'a Liquidation>,
    settings: Vec<&'a AccountSetting>,
}

impl AccountState {
    fn apply(&mut self, block: &AccountBlock<'_>) {
        for change in &block.balances {
            let key = (change.side.clone(), change.asset.clone());
            *self.scaled.entry(key).or_default() += change.scaled_exact;
        }
        for chosen in &block.settings {
            match (chosen.setting.as_str(), &chosen.asset) {
                (setting::EMODE, _) => self.emode = chosen.value,
                (_, Some(asset)) if chosen.value == 1 => {
                    self.used_as_collateral.insert(asset.clone());
                }
                (_, Some(asset)) => {
                    self.used_as_collateral.remove(asset);
                }
                _ => {}
            }
        }
    }

    /// Sum of the scaled balances of a side over all assets.
    pub(crate) fn scaled_total(&self, side: &str) -> i128 {
        self.scaled
            .iter()
            .filter(|((asset_side, _), _)| asset_side == side)
            .map(|(_, scaled)| scaled)
            .sum()
    }
}

impl MarketTables {
    /// The blocks of every account, ordered by account and block.
    pub(crate) fn account_blocks(&self) -> Vec<AccountBlock<'_>> {
        let mut blocks: BTreeMap<(&str, u64), AccountBlock<'_>> = BTreeMap::new();
        macro_rules! gather {
            ($rows:ident) => {
                for row in &self.$rows {
                    let block = blocks.entry((&row.account, row.block));
                    let block = block
                        .or_insert_with(|| AccountBlock::new(&row.account, row.time.timestamp()));
                    block.$rows.push(row);
                }
            };
        }
        gather!(balances);
        gather!(events);
        gather!(liquidations);
        gather!(settings);
        let mut blocks: Vec<_> = blocks.into_values().collect();
        let mut state = AccountState::default();
        for i in 0..blocks.len() {
            if i == 0 || blocks[i - 1].account != blocks[i].account {
                state = AccountState::default();
            }
            blocks[i].before = state.clone();
            state.apply(&blocks[i]);
            blocks[i].after = state.clone();
        }
        blocks
    }

    /// The interest index of a side of an asset at a second, extrapolated from the last stored one.
    pub(crate) fn index_at(&self, index_side: &str, asset: &str, time_s: i64) -> f64 {
        let last_index = self
            .indexes
            .iter()
            .rfind(|row: &&ReserveIndex| row.asset == asset && row.time.timestamp() <= time_s);
        let Some(row) = last_index else { return 1.0 };
        let elapsed_s = time_s - row.time.timestamp();
        if index_side == side::DEBT {
            let rate = effective_annual_rate(row.borrow_rate);
            row.borrow_index as f64 / RAY * compounded_growth(rate, elapsed_s)
        } else {
            row.liquidity_index as f64 / RAY * linear_growth(row.liquidity_rate, elapsed_s)
        }
    }

    /// An account's balances at a second, in tokens.
    pub(crate) fn account(&self, state: &AccountState, time_s: i64) -> Account {
        let holdings = |held_side: &str| {
            let of_side =
                state.scaled.iter().filter(|((side, _), scaled)| side == held_side && **scaled > 0);
            let holding = |((_, asset), scaled): (&(String, String), &i128)| {
                let tokens = *scaled as f64 / self.unit(asset);
                let id = AssetId(self.asset_index(asset) as u32);
                AssetAmount::new(id, tokens * self.index_at(held_side, asset, time_s))
            };
            of_side.map(holding).collect()
        };
        Account::new(holdings(side::COLLATERAL), holdings(side::DEBT))
    }

    /// Prices by asset at a second.
    pub(crate) fn prices_at(&self, time_s: i64) -> Vec<f64> {
        self.assets.iter().map(|asset| self.price_at(&asset.asset, time_s)).collect()
    }

    /// The reserve parameters that apply to an account, by its efficiency mode and enabled
    /// collateral.
    pub(crate) fn reserves(&self, state: &AccountState) -> Vec<ReserveParameters> {
        let category = format!("emode-{}", state.emode);
        let membership = format!("emode_{}_collateral", state.emode);
        let reserve = |asset: &str| {
            let is_member = self.parameter(asset, &membership) == Some(1.0);
            let terms = if is_member { &category } else { asset };
            let value = |name| self.parameter(terms, name).expect("a rule of the market");
            let mut reserve = ReserveParameters::new(
                value(parameter::MAX_LTV),
                value(parameter::LIQUIDATION_THRESHOLD),
                value(parameter::LIQUIDATION_BONUS),
                CloseFactorRule::default(),
            )
            .expect("a valid reserve");
            if !state.used_as_collateral.contains(asset) {
                (reserve.max_ltv, reserve.liquidation_threshold) = (0.0, 0.0);
            }
            reserve
        };
        self.assets.iter().map(|asset| reserve(&asset.asset)).collect()
    }

    fn parameter(&self, asset: &str, name: &str) -> Option<f64> {
        let row = self.parameters.iter().find(|row| row.asset == asset && row.parameter == name);
        row.map(|row| row.value)
    }
}

impl<'a> AccountBlock<'a> {
    fn new(account: &'a str, time_s: i64) -> Self {
        Self {
            account,
            time_s,
            before: AccountState::default(),
            after: AccountState::default(),
            balances: Vec::new(),
            events: Vec::new(),
            liquidations: Vec::new(),
            settings: Vec::new(),
        }
    }
}
