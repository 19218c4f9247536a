//! Who did what in which block, and what it left of every balance.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, PositionEvent, kind, setting, side,
};

use super::History;
use crate::FeatureError;
use crate::change::{Action, Change};
use crate::market::Market;

/// Every account's actions, as far as they have been read.
///
/// Where a market tells how balances move, that alone moves them; events and liquidations then say
/// only who acted.
pub(super) struct Ledger<'a> {
    market: &'a Market,
    accounts: BTreeMap<String, Entry>,
}

/// One account.
#[derive(Default)]
struct Entry {
    blocks: BTreeMap<u64, Action>,
    /// Collateral by asset, exact, where the market tells.
    collateral: BTreeMap<usize, i128>,
    /// Debt by asset, the same.
    debt: BTreeMap<usize, i128>,
}

impl Entry {
    fn action(&mut self, block: u64, time: DateTime<Utc>) -> &mut Action {
        self.blocks.entry(block).or_insert_with(|| Action::at(time.timestamp()))
    }
}

impl<'a> Ledger<'a> {
    pub(super) const fn new(market: &'a Market) -> Self {
        Self { market, accounts: BTreeMap::new() }
    }

    fn entry(&mut self, account: &str) -> &mut Entry {
        if !self.accounts.contains_key(account) {
            self.accounts.insert(account.to_owned(), Entry::default());
        }
        self.accounts.get_mut(account).expect("it was inserted above")
    }

    pub(super) fn event(&mut self, event: &PositionEvent) -> Result<(), FeatureError> {
        let market = self.market;
        let action = self.entry(&event.account).action(event.block, event.time);
        let (Some(symbol), Some(amount)) = (&event.asset, event.amount) else { return Ok(()) };
        let asset = market.asset(symbol)?;
        let change = match event.kind.as_str() {
            kind::DEPOSIT => Change::Collateral { asset, amount },
            kind::WITHDRAW => Change::Collateral { asset, amount: -amount },
            kind::BORROW => Change::Debt { asset, amount },
            kind::REPAY => Change::Debt { asset, amount: -amount },
            _ => return Ok(()),
        };
        action.changes.extend((!market.tells_balances()).then_some(change));
        action.owner_acted = true;
        Ok(())
    }

    pub(super) fn liquidation(&mut self, seized: &Liquidation) -> Result<(), FeatureError> {
        let market = self.market;
        let action = self.entry(&seized.account).action(seized.block, seized.time);
        action.liquidated = true;
        if let Ok(asset) = market.asset(&seized.debt_asset) {
            let usd = seized.debt_amount * market.oracle_price(asset, action.time_s);
            // Before an asset's first price nobody can say what its debt was worth.
            action.liquidated_usd += if usd.is_finite() { usd } else { 0.0 };
        }
        if market.tells_balances() {
            return Ok(());
        }
        let asset = market.asset(&seized.collateral_asset)?;
        action.changes.push(Change::Collateral { asset, amount: -seized.collateral_amount });
        let asset = market.asset(&seized.debt_asset)?;
        action.changes.push(match seized.debt_scaled {
            Some(scaled) => Change::ScaledDebt { asset, amount: -scaled },
            None => Change::Debt { asset, amount: -seized.debt_amount },
        });
        Ok(())
    }

    /// Collateral that goes without a liquidation was withdrawn or given away by its owner;
    /// whoever receives it did nothing. What is lent without being put up is no matter here.
    pub(super) fn balance(&mut self, change: &BalanceChange) -> Result<(), FeatureError> {
        let is_collateral = change.side == side::COLLATERAL;
        if !is_collateral && change.side != side::DEBT {
            return Ok(());
        }
        let asset = self.market.asset(&change.asset)?;
        let unit = self.market.unit(asset);
        let entry = self.entry(&change.account);
        let balances = if is_collateral { &mut entry.collateral } else { &mut entry.debt };
        let balance = balances.entry(asset).or_default();
        *balance += change.scaled_exact;
        let scaled = *balance as f64 / unit;
        let action = entry.action(change.block, change.time);
        if is_collateral {
            action.owner_acted |= change.scaled_exact < 0 && !action.liquidated;
            action.changes.push(Change::CollateralIs { asset, scaled });
        } else {
            action.changes.push(Change::DebtIs { asset, scaled });
        }
        Ok(())
    }

    /// The chain itself turns an asset on when the first of it comes in and off when the last
    /// goes; a setting is the owner's doing if no balance moved.
    pub(super) fn setting(&mut self, chosen: &AccountSetting) -> Result<(), FeatureError> {
        let change = match (chosen.setting.as_str(), &chosen.asset) {
            (setting::COLLATERAL, Some(symbol)) => {
                Change::Pledged { asset: self.market.asset(symbol)?, pledged: chosen.value != 0 }
            }
            (setting::EMODE, _) => Change::Emode(chosen.value),
            _ => return Ok(()),
        };
        let action = self.entry(&chosen.account).action(chosen.block, chosen.time);
        action.owner_acted |= matches!(change, Change::Emode(_)) || !action.moved_balance();
        action.changes.push(change);
        Ok(())
    }

    /// The accounts in order, with their actions in order of block.
    pub(super) fn histories(self) -> Vec<History> {
        let history = |(account, entry): (String, Entry)| History {
            account,
            actions: entry.blocks.into_values().collect(),
        };
        self.accounts.into_iter().map(history).collect()
    }
}
