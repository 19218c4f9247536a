//! Rows of a market from one log: each table's row is laid out here once.

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, PositionEvent, ReserveIndex, ReserveParameter,
};

use super::adapter::token::Token;
use plimsoll_lake::{MarketName, hex}; use super::place::{Place};
use plimsoll_lake::{Rows, tokens}; use super::rows::{exact};
use super::stream::Fault;

/// The log that is being read: whose it is, where it stands, and where its rows go.
pub(crate) struct Context<'a> {
    pub(crate) name: &'a MarketName,
    pub(crate) place: Place,
    pub(crate) rows: &'a mut Rows,
}

/// A change of a balance: in units that interest leaves alone, and in the asset's smallest unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) scaled: i128,
    pub(crate) amount: i128,
}

/// A reserve's interest, as a log tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interest {
    pub(crate) liquidity_index: i128,
    pub(crate) borrow_index: i128,
    pub(crate) liquidity_rate: f64,
    pub(crate) borrow_rate: f64,
}

/// An asset and how much of it.
pub(crate) type Of<'a> = (&'a Token, U256);

impl Context<'_> {
    pub(crate) fn position(
        &mut self,
        kind: &str,
        owner: Address,
        (token, amount): Of<'_>,
    ) -> Result<(), Fault> {
        let amount = exact(amount)?;
        self.rows.position_events.push(PositionEvent {
            chain: self.name.chain.clone(),
            protocol: self.name.protocol.clone(),
            market: self.name.market.clone(),
            block: self.place.block,
            log_index: self.place.log_index,
            tx: Some(self.place.tx.clone()),
            time: self.place.time,
            account: self.name.account(owner),
            kind: kind.to_owned(),
            asset: Some(token.symbol.clone()),
            amount_exact: Some(amount),
            amount: Some(tokens(amount, token.decimals)),
        });
        Ok(())
    }

    pub(crate) fn liquidation(
        &mut self,
        (borrower, liquidator): (Address, Address),
        (collateral, seized): Of<'_>,
        (debt, covered): Of<'_>,
    ) -> Result<(), Fault> {
        let (seized, covered) = (exact(seized)?, exact(covered)?);
        self.rows.liquidations.push(Liquidation {
            chain: self.name.chain.clone(),
            protocol: self.name.protocol.clone(),
            market: self.name.market.clone(),
            block: self.place.block,
            log_index: self.place.log_index,
            tx: Some(self.place.tx.clone()),
            time: self.place.time,
            account: self.name.account(borrower),
            liquidator: Some(hex(liquidator)),
            collateral_asset: collateral.symbol.clone(),
            collateral_exact: seized,
            collateral_amount: tokens(seized, collateral.decimals),
            debt_asset: debt.symbol.clone(),
            debt_exact: covered,
            debt_amount: tokens(covered, debt.decimals),
            debt_scaled: None,
        });
        Ok(())
    }

    pub(crate) fn balance(&mut self, owner: Address, token: &Token, side: &str, change: Change) {
        self.rows.balance_changes.push(BalanceChange {
            chain: self.name.chain.clone(),
            protocol: self.name.protocol.clone(),
            market: self.name.market.clone(),
            block: self.place.block,
            log_index: self.place.log_index,
            time: self.place.time,
            account: self.name.account(owner),
            asset: token.symbol.clone(),
            side: side.to_owned(),
            scaled_exact: change.scaled,
            amount_exact: change.amount,
            amount: tokens(change.amount, token.decimals),
        });
    }

    pub(crate) fn setting(
        &mut self,
        owner: Address,
        setting: &str,
        asset: Option<&Token>,
        value: u32,
    ) {
        self.rows.account_settings.push(AccountSetting {
            chain: self.name.chain.clone(),
            protocol: self.name.protocol.clone(),
            market: self.name.market.clone(),
            block: self.place.block,
            log_index: self.place.log_index,
            time: self.place.time,
            account: self.name.account(owner),
            setting: setting.to_owned(),
            asset: asset.map(|token| token.symbol.clone()),
            value,
        });
    }

    pub(crate) fn interest(&mut self, token: &Token, interest: Interest) {
        self.rows.reserve_indexes.push(ReserveIndex {
            chain: self.name.chain.clone(),
            protocol: self.name.protocol.clone(),
            market: self.name.market.clone(),
            block: self.place.block,
            log_index: self.place.log_index,
            time: self.place.time,
            asset: token.symbol.clone(),
            liquidity_index: interest.liquidity_index,
            borrow_index: interest.borrow_index,
            liquidity_rate: interest.liquidity_rate,
            borrow_rate: interest.borrow_rate,
        });
    }

    pub(crate) fn parameter(&mut self, asset: &str, parameter: String, value: f64) {
        self.rows.reserve_parameters.push(ReserveParameter {
            chain: self.name.chain.clone(),
            protocol: self.name.protocol.clone(),
            market: self.name.market.clone(),
            block: self.place.block,
            log_index: self.place.log_index,
            tx: Some(self.place.tx.clone()),
            time: self.place.time,
            asset: asset.to_owned(),
            parameter,
            value,
        });
    }
}
