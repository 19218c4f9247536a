//! Who did what in which block, and what it left of every balance.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, PositionEvent, kind, setting, side,
};

use super::history::AccountHistory;
use crate::account::update::{AccountUpdate, StateChange};
use crate::error::FeatureError;
use crate::market::Market;

/// Every account's actions, as far as they have been read.
///
/// Where a market tells how balances move, that alone moves them; events and liquidations then say
/// only who acted.
pub(super) struct Ledger<'a> {
    market: &'a Market,
    accounts: BTreeMap<String, AccountEntry>,
}

/// One account.
#[derive(Default)]
struct AccountEntry {
    updates_by_block: BTreeMap<u64, AccountUpdate>,
    /// Collateral by asset, exact, where the market tells.
    collateral: BTreeMap<usize, i128>,
    /// Debt by asset, the same.
    debt: BTreeMap<usize, i128>,
}

impl AccountEntry {
    fn update_at(&mut self, block: u64, time: DateTime<Utc>) -> &mut AccountUpdate {
        self.updates_by_block.entry(block).or_insert_with(|| AccountUpdate::new(time.timestamp()))
    }
}

impl<'a> Ledger<'a> {
    pub(super) const fn new(market: &'a Market) -> Self {
        Self { market, accounts: BTreeMap::new() }
    }

    fn entry(&mut self, account: &str) -> &mut AccountEntry {
        if !self.accounts.contains_key(account) {
            self.accounts.insert(account.to_owned(), AccountEntry::default());
        }
        self.accounts.get_mut(account).expect("it was inserted above")
    }

    pub(super) fn add_event(&mut self, event: &PositionEvent) -> Result<(), FeatureError> {
        let market = self.market;
        let action = self.entry(&event.account).update_at(event.block, event.time);
        let (Some(symbol), Some(amount)) = (&event.asset, event.amount) else { return Ok(()) };
        let asset = market.asset_index(symbol)?;
        let change = match event.kind.as_str() {
            kind::DEPOSIT => StateChange::CollateralDelta { asset, amount },
            kind::WITHDRAW => StateChange::CollateralDelta { asset, amount: -amount },
            kind::BORROW => StateChange::DebtDelta { asset, amount },
            kind::REPAY => StateChange::DebtDelta { asset, amount: -amount },
            _ => return Ok(()),
        };
        action.changes.extend((!market.has_exact_balances()).then_some(change));
        action.owner_acted = true;
        Ok(())
    }

    pub(super) fn add_liquidation(&mut self, seized: &Liquidation) -> Result<(), FeatureError> {
        let market = self.market;
        let action = self.entry(&seized.account).update_at(seized.block, seized.time);
        action.liquidated = true;
        if let Ok(asset) = market.asset_index(&seized.debt_asset) {
            let usd = seized.debt_amount * market.oracle_price(asset, action.time_s);
            // Before an asset's first price nobody can say what its debt was worth.
            action.liquidated_usd += if usd.is_finite() { usd } else { 0.0 };
        }
        if market.has_exact_balances() {
            return Ok(());
        }
        let asset = market.asset_index(&seized.collateral_asset)?;
        action
            .changes
            .push(StateChange::CollateralDelta { asset, amount: -seized.collateral_amount });
        let asset = market.asset_index(&seized.debt_asset)?;
        action.changes.push(match seized.debt_scaled {
            Some(scaled) => StateChange::ScaledDebtDelta { asset, amount: -scaled },
            None => StateChange::DebtDelta { asset, amount: -seized.debt_amount },
        });
        Ok(())
    }

    /// Collateral that goes without a liquidation was withdrawn or given away by its owner;
    /// whoever receives it did nothing. What is lent without being put up is no matter here.
    pub(super) fn add_balance_change(
        &mut self,
        change: &BalanceChange,
    ) -> Result<(), FeatureError> {
        let is_collateral = change.side == side::COLLATERAL;
        if !is_collateral && change.side != side::DEBT {
            return Ok(());
        }
        let asset = self.market.asset_index(&change.asset)?;
        let unit = self.market.units_per_token(asset);
        let entry = self.entry(&change.account);
        let balances = if is_collateral { &mut entry.collateral } else { &mut entry.debt };
        let balance = balances.entry(asset).or_default();
        *balance += change.scaled_exact;
        let scaled = *balance as f64 / unit;
        let action = entry.update_at(change.block, change.time);
        if is_collateral {
            action.owner_acted |= change.scaled_exact < 0 && !action.liquidated;
            action.changes.push(StateChange::SetCollateral { asset, scaled });
        } else {
            action.changes.push(StateChange::SetDebt { asset, scaled });
        }
        Ok(())
    }

    /// The chain itself turns an asset on when the first of it comes in and off when the last
    /// goes; a setting is the owner's doing if no balance moved.
    pub(super) fn add_setting(&mut self, chosen: &AccountSetting) -> Result<(), FeatureError> {
        let change = match (chosen.setting.as_str(), &chosen.asset) {
            (setting::COLLATERAL, Some(symbol)) => StateChange::SetCollateralEnabled {
                asset: self.market.asset_index(symbol)?,
                enabled: chosen.value != 0,
            },
            (setting::EMODE, _) => StateChange::SetEmode(chosen.value),
            _ => return Ok(()),
        };
        let action = self.entry(&chosen.account).update_at(chosen.block, chosen.time);
        action.owner_acted |= matches!(change, StateChange::SetEmode(_)) || !action.sets_balance();
        action.changes.push(change);
        Ok(())
    }

    /// The accounts in order, with their actions in order of block.
    pub(super) fn into_histories(self) -> Vec<AccountHistory> {
        let history = |(account, entry): (String, AccountEntry)| AccountHistory {
            account,
            updates: entry.updates_by_block.into_values().collect(),
        };
        self.accounts.into_iter().map(history).collect()
    }
}
