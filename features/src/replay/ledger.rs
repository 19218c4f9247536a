//! Updates of all accounts by block, with exact balances.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, PositionEvent, kind, setting, side,
};

use super::history::AccountHistory;
use crate::account::update::{AccountUpdate, StateChange};
use crate::error::FeatureError;
use crate::market::Market;

/// The updates of every account, from the rows read so far.
///
/// If a market has exact balance changes, only these move balances; events and liquidations then only
/// identify who acted.
pub(super) struct Ledger<'a> {
    market: &'a Market,
    accounts: BTreeMap<String, AccountEntry>,
}

/// The updates of one account.
#[derive(Default)]
struct AccountEntry {
    updates_by_block: BTreeMap<u64, AccountUpdate>,
    /// Exact collateral by asset, if the market has it.
    collateral: BTreeMap<usize, i128>,
    /// Exact debt by asset, if the market has it.
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
        let account = self.market.account_id(account);
        if !self.accounts.contains_key(account.as_ref()) {
            self.accounts.insert(account.clone().into_owned(), AccountEntry::default());
        }
        self.accounts.get_mut(account.as_ref()).expect("it was inserted above")
    }

    pub(super) fn add_event(&mut self, event: &PositionEvent) -> Result<(), FeatureError> {
        let market = self.market;
        let update = self.entry(&event.account).update_at(event.block, event.time);
        let (Some(symbol), Some(amount)) = (&event.asset, event.amount) else { return Ok(()) };
        let asset = market.asset_index(symbol)?;
        let change = match event.kind.as_str() {
            kind::DEPOSIT => StateChange::CollateralDelta { asset, amount },
            kind::WITHDRAW => StateChange::CollateralDelta { asset, amount: -amount },
            kind::BORROW => StateChange::DebtDelta { asset, amount },
            kind::REPAY => StateChange::DebtDelta { asset, amount: -amount },
            _ => return Ok(()),
        };
        update.changes.extend((!market.has_exact_balances()).then_some(change));
        update.owner_acted = true;
        Ok(())
    }

    pub(super) fn add_liquidation(
        &mut self,
        liquidation: &Liquidation,
    ) -> Result<(), FeatureError> {
        let market = self.market;
        let update =
            self.entry(&liquidation.account).update_at(liquidation.block, liquidation.time);
        update.liquidated = true;
        if let Ok(asset) = market.asset_index(&liquidation.debt_asset) {
            let usd = liquidation.debt_amount * market.oracle_price(asset, update.time_s);
            // Before an asset's first price the value of its debt is not known.
            update.liquidated_usd += if usd.is_finite() { usd } else { 0.0 };
        }
        if market.has_exact_balances() {
            return Ok(());
        }
        let asset = market.asset_index(&liquidation.collateral_asset)?;
        update
            .changes
            .push(StateChange::CollateralDelta { asset, amount: -liquidation.collateral_amount });
        let asset = market.asset_index(&liquidation.debt_asset)?;
        update.changes.push(match liquidation.debt_scaled {
            Some(scaled) => StateChange::ScaledDebtDelta { asset, amount: -scaled },
            None => StateChange::DebtDelta { asset, amount: -liquidation.debt_amount },
        });
        Ok(())
    }

    /// Collateral that leaves without a liquidation was withdrawn or transferred by its owner; the
    /// recipient did not act. Supply that is not collateral is ignored.
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
        let update = entry.update_at(change.block, change.time);
        if is_collateral {
            update.owner_acted |= change.scaled_exact < 0 && !update.liquidated;
            update.changes.push(StateChange::SetCollateral { asset, scaled });
        } else {
            update.changes.push(StateChange::SetDebt { asset, scaled });
        }
        Ok(())
    }

    /// The protocol enables an asset as collateral on its first inflow and disables it on its last
    /// outflow; a setting without a balance change is an action of the owner.
    pub(super) fn add_setting(&mut self, row: &AccountSetting) -> Result<(), FeatureError> {
        let change = match (row.setting.as_str(), &row.asset) {
            (setting::COLLATERAL, Some(symbol)) => StateChange::SetCollateralEnabled {
                asset: self.market.asset_index(symbol)?,
                enabled: row.value != 0,
            },
            (setting::EMODE, _) => StateChange::SetEmode(row.value),
            _ => return Ok(()),
        };
        let update = self.entry(&row.account).update_at(row.block, row.time);
        update.owner_acted |= matches!(change, StateChange::SetEmode(_)) || !update.sets_balance();
        update.changes.push(change);
        Ok(())
    }

    /// The accounts in order, with their updates in order of block.
    pub(super) fn into_histories(self) -> Vec<AccountHistory> {
        let history = |(account, entry): (String, AccountEntry)| AccountHistory {
            account,
            updates: entry.updates_by_block.into_values().collect(),
        };
        self.accounts.into_iter().map(history).collect()
    }
}
