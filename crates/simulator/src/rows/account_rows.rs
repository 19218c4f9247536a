//! Rows of accounts: events, balances, settings, liquidations.

use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, PositionEvent, kind, setting, side,
};
use plimsoll_lake::{DecodedRows, format_address, to_tokens};

use super::addresses::{AddressKind, address};
use super::builder::RowBuilder;
use super::log_cursor::LogCursor;
use crate::asset::{ASSET_CONFIGS, AssetIndex};
use crate::events::{Action, BalanceMovement, Event};

impl RowBuilder<'_> {
    pub(super) fn account_rows(&self, tick: usize, cursor: &mut LogCursor, rows: &mut DecodedRows) {
        for event in self.history.events_between(tick, tick) {
            self.action_rows(event, cursor, rows);
        }
    }

    fn action_rows(&self, event: &Event, cursor: &mut LogCursor, rows: &mut DecodedRows) {
        let account = &self.accounts[event.borrower as usize];
        let mut push_movement = |kind: &str, movement: BalanceMovement, side: &str, sign: i128| {
            rows.balance_changes.push(self.balance_change(
                cursor.next_log(),
                account,
                side,
                movement,
                sign,
            ));
            rows.position_events.push(self.position_event(
                cursor.next_log(),
                account,
                kind,
                movement,
            ));
        };
        match event.action {
            Action::Deposit(movement) => {
                push_movement(kind::DEPOSIT, movement, side::COLLATERAL, 1)
            }
            Action::Withdraw(movement) => {
                push_movement(kind::WITHDRAW, movement, side::COLLATERAL, -1)
            }
            Action::Borrow(movement) => push_movement(kind::BORROW, movement, side::DEBT, 1),
            Action::Repay(movement) => push_movement(kind::REPAY, movement, side::DEBT, -1),
            Action::UseAsCollateral(asset, pledged) => {
                let value = u32::from(pledged);
                let row =
                    self.account_setting(cursor.next_log(), account, setting::COLLATERAL, value);
                let asset = Some(ASSET_CONFIGS[asset].symbol.to_owned());
                rows.account_settings.push(AccountSetting { asset, ..row });
            }
            Action::SetEmode(number) => {
                let row = self.account_setting(cursor.next_log(), account, setting::EMODE, number);
                rows.account_settings.push(row);
            }
            Action::Liquidation { seized, covered, liquidator } => {
                let seizure =
                    self.balance_change(cursor.next_log(), account, side::COLLATERAL, seized, -1);
                let cover =
                    self.balance_change(cursor.next_log(), account, side::DEBT, covered, -1);
                rows.balance_changes.extend([seizure, cover]);
                let row = self.liquidation(cursor.next_log(), account, seized, covered, liquidator);
                rows.liquidations.push(row);
            }
            Action::BadDebt(written_off) => {
                let row =
                    self.balance_change(cursor.next_log(), account, side::DEBT, written_off, -1);
                rows.balance_changes.push(row);
            }
        }
    }

    fn position_event(
        &self,
        cursor: LogCursor,
        account: &str,
        kind: &str,
        movement: BalanceMovement,
    ) -> PositionEvent {
        let name = &self.market;
        PositionEvent {
            chain: name.chain.clone(),
            protocol: name.protocol.clone(),
            market: name.market.clone(),
            block: cursor.block,
            log_index: cursor.log_index,
            tx: None,
            time: cursor.time,
            account: account.to_owned(),
            kind: kind.to_owned(),
            asset: Some(symbol(movement.asset)),
            amount_exact: Some(movement.amount),
            amount: Some(tokens_moved(movement)),
        }
    }

    fn balance_change(
        &self,
        cursor: LogCursor,
        account: &str,
        side: &str,
        movement: BalanceMovement,
        sign: i128,
    ) -> BalanceChange {
        let name = &self.market;
        BalanceChange {
            chain: name.chain.clone(),
            protocol: name.protocol.clone(),
            market: name.market.clone(),
            block: cursor.block,
            log_index: cursor.log_index,
            time: cursor.time,
            account: account.to_owned(),
            asset: symbol(movement.asset),
            side: side.to_owned(),
            scaled_exact: sign * movement.scaled,
            amount_exact: sign * movement.amount,
            amount: sign as f64 * tokens_moved(movement),
        }
    }

    fn account_setting(
        &self,
        cursor: LogCursor,
        account: &str,
        setting: &str,
        value: u32,
    ) -> AccountSetting {
        let name = &self.market;
        AccountSetting {
            chain: name.chain.clone(),
            protocol: name.protocol.clone(),
            market: name.market.clone(),
            block: cursor.block,
            log_index: cursor.log_index,
            time: cursor.time,
            account: account.to_owned(),
            setting: setting.to_owned(),
            asset: None,
            value,
        }
    }

    fn liquidation(
        &self,
        cursor: LogCursor,
        account: &str,
        seized: BalanceMovement,
        covered: BalanceMovement,
        liquidator: u32,
    ) -> Liquidation {
        let name = &self.market;
        let liquidator =
            format_address(address(self.simulation.seed, AddressKind::Liquidator(liquidator)));
        Liquidation {
            chain: name.chain.clone(),
            protocol: name.protocol.clone(),
            market: name.market.clone(),
            block: cursor.block,
            log_index: cursor.log_index,
            tx: None,
            time: cursor.time,
            account: account.to_owned(),
            liquidator: Some(liquidator),
            collateral_asset: symbol(seized.asset),
            collateral_exact: seized.amount,
            collateral_amount: tokens_moved(seized),
            debt_asset: symbol(covered.asset),
            debt_exact: covered.amount,
            debt_amount: tokens_moved(covered),
            debt_scaled: None,
        }
    }
}

fn symbol(asset: AssetIndex) -> String {
    ASSET_CONFIGS[asset].symbol.to_owned()
}

fn tokens_moved(movement: BalanceMovement) -> f64 {
    to_tokens(movement.amount, ASSET_CONFIGS[movement.asset].decimals)
}
