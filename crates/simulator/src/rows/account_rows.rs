//! What happened to accounts: events, balances, settings, liquidations.

use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, PositionEvent, kind, setting, side,
};

use super::super::asset::{ASSET, AssetIndex};
use super::super::chronicle::{Deed, Event, Moved};
use super::super::names::{Name, address};
use super::{Place, Scribe};
use plimsoll_lake::hex;
use plimsoll_lake::{Rows, tokens};

impl Scribe<'_> {
    pub(super) fn account_rows(&self, tick: usize, place: &mut Place, rows: &mut Rows) {
        for event in self.history.between(tick, tick) {
            self.deed(event, place, rows);
        }
    }

    fn deed(&self, event: &Event, place: &mut Place, rows: &mut Rows) {
        let account = &self.accounts[event.borrower as usize];
        let mut act = |kind: &str, moved: Moved, side: &str, sign: i128| {
            rows.balance_changes.push(self.balance(place.next(), account, side, moved, sign));
            rows.position_events.push(self.event(place.next(), account, kind, moved));
        };
        match event.deed {
            Deed::Deposit(moved) => act(kind::DEPOSIT, moved, side::COLLATERAL, 1),
            Deed::Withdraw(moved) => act(kind::WITHDRAW, moved, side::COLLATERAL, -1),
            Deed::Borrow(moved) => act(kind::BORROW, moved, side::DEBT, 1),
            Deed::Repay(moved) => act(kind::REPAY, moved, side::DEBT, -1),
            Deed::Pledge(asset, pledged) => {
                let value = u32::from(pledged);
                let row = self.setting(place.next(), account, setting::COLLATERAL, value);
                let asset = Some(ASSET[asset].symbol.to_owned());
                rows.account_settings.push(AccountSetting { asset, ..row });
            }
            Deed::Emode(number) => {
                let row = self.setting(place.next(), account, setting::EMODE, number);
                rows.account_settings.push(row);
            }
            Deed::Liquidation { seized, covered, liquidator } => {
                let seizure = self.balance(place.next(), account, side::COLLATERAL, seized, -1);
                let cover = self.balance(place.next(), account, side::DEBT, covered, -1);
                rows.balance_changes.extend([seizure, cover]);
                let row = self.liquidation(place.next(), account, seized, covered, liquidator);
                rows.liquidations.push(row);
            }
            Deed::BadDebt(lost) => {
                let row = self.balance(place.next(), account, side::DEBT, lost, -1);
                rows.balance_changes.push(row);
            }
        }
    }

    fn event(&self, place: Place, account: &str, kind: &str, moved: Moved) -> PositionEvent {
        let name = &self.name;
        PositionEvent {
            chain: name.chain.clone(),
            protocol: name.protocol.clone(),
            market: name.market.clone(),
            block: place.block,
            log_index: place.log_index,
            tx: None,
            time: place.time,
            account: account.to_owned(),
            kind: kind.to_owned(),
            asset: Some(symbol(moved.asset)),
            amount_exact: Some(moved.amount),
            amount: Some(in_tokens(moved)),
        }
    }

    fn balance(
        &self,
        place: Place,
        account: &str,
        side: &str,
        moved: Moved,
        sign: i128,
    ) -> BalanceChange {
        let name = &self.name;
        BalanceChange {
            chain: name.chain.clone(),
            protocol: name.protocol.clone(),
            market: name.market.clone(),
            block: place.block,
            log_index: place.log_index,
            time: place.time,
            account: account.to_owned(),
            asset: symbol(moved.asset),
            side: side.to_owned(),
            scaled_exact: sign * moved.scaled,
            amount_exact: sign * moved.amount,
            amount: sign as f64 * in_tokens(moved),
        }
    }

    fn setting(&self, place: Place, account: &str, setting: &str, value: u32) -> AccountSetting {
        let name = &self.name;
        AccountSetting {
            chain: name.chain.clone(),
            protocol: name.protocol.clone(),
            market: name.market.clone(),
            block: place.block,
            log_index: place.log_index,
            time: place.time,
            account: account.to_owned(),
            setting: setting.to_owned(),
            asset: None,
            value,
        }
    }

    fn liquidation(
        &self,
        place: Place,
        account: &str,
        seized: Moved,
        covered: Moved,
        liquidator: u32,
    ) -> Liquidation {
        let name = &self.name;
        let liquidator = hex(address(self.simulation.seed, Name::Liquidator(liquidator)));
        Liquidation {
            chain: name.chain.clone(),
            protocol: name.protocol.clone(),
            market: name.market.clone(),
            block: place.block,
            log_index: place.log_index,
            tx: None,
            time: place.time,
            account: account.to_owned(),
            liquidator: Some(liquidator),
            collateral_asset: symbol(seized.asset),
            collateral_exact: seized.amount,
            collateral_amount: in_tokens(seized),
            debt_asset: symbol(covered.asset),
            debt_exact: covered.amount,
            debt_amount: in_tokens(covered),
            debt_scaled: None,
        }
    }
}

fn symbol(asset: AssetIndex) -> String {
    ASSET[asset].symbol.to_owned()
}

fn in_tokens(moved: Moved) -> f64 {
    tokens(moved.amount, ASSET[moved.asset].decimals)
}
