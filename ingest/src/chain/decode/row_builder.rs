//! Rows of a market from one log: the one place that lays out each table's row.

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, PositionEvent, ReserveIndex, ReserveParameter,
};

use super::error::DecodeError;
use super::exact_amount::exact_amount;
use super::log_position::LogPosition;
use super::token::Token;
use plimsoll_lake::{DecodedRows, to_tokens};
use plimsoll_lake::{MarketKey, format_address};

/// Adds the rows of one log of a market.
pub(crate) struct RowBuilder<'a> {
    pub(crate) key: &'a MarketKey,
    pub(crate) position: LogPosition,
    pub(crate) rows: &'a mut DecodedRows,
}

/// A change of a balance: in scaled units, without interest, and in the asset's smallest unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BalanceDelta {
    pub(crate) scaled: i128,
    pub(crate) amount: i128,
}

/// A reserve's indexes and rates in a log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReserveInterest {
    pub(crate) liquidity_index: i128,
    pub(crate) borrow_index: i128,
    pub(crate) liquidity_rate: f64,
    pub(crate) borrow_rate: f64,
}

/// An asset and an amount of it.
pub(crate) type TokenAmount<'a> = (&'a Token, U256);

impl RowBuilder<'_> {
    pub(crate) fn push_position_event(
        &mut self,
        kind: &str,
        owner: Address,
        (token, amount): TokenAmount<'_>,
    ) -> Result<(), DecodeError> {
        let amount = exact_amount(amount)?;
        self.rows.position_events.push(PositionEvent {
            chain: self.key.chain.clone(),
            protocol: self.key.protocol.clone(),
            market: self.key.market.clone(),
            block: self.position.block,
            log_index: self.position.log_index,
            tx: Some(self.position.tx.clone()),
            time: self.position.time,
            account: self.key.account_id(owner),
            kind: kind.to_owned(),
            asset: Some(token.id.clone()),
            amount_exact: Some(amount),
            amount: Some(to_tokens(amount, token.unit_decimals())),
        });
        Ok(())
    }

    pub(crate) fn push_liquidation(
        &mut self,
        (borrower, liquidator): (Address, Address),
        (collateral, seized): TokenAmount<'_>,
        (debt, covered): TokenAmount<'_>,
    ) -> Result<(), DecodeError> {
        let (seized, covered) = (exact_amount(seized)?, exact_amount(covered)?);
        self.rows.liquidations.push(Liquidation {
            chain: self.key.chain.clone(),
            protocol: self.key.protocol.clone(),
            market: self.key.market.clone(),
            block: self.position.block,
            log_index: self.position.log_index,
            tx: Some(self.position.tx.clone()),
            time: self.position.time,
            account: self.key.account_id(borrower),
            liquidator: Some(format_address(liquidator)),
            collateral_asset: collateral.id.clone(),
            collateral_exact: seized,
            collateral_amount: to_tokens(seized, collateral.unit_decimals()),
            debt_asset: debt.id.clone(),
            debt_exact: covered,
            debt_amount: to_tokens(covered, debt.unit_decimals()),
            debt_scaled: None,
        });
        Ok(())
    }

    pub(crate) fn push_balance_change(
        &mut self,
        owner: Address,
        token: &Token,
        side: &str,
        change: BalanceDelta,
    ) {
        self.rows.balance_changes.push(BalanceChange {
            chain: self.key.chain.clone(),
            protocol: self.key.protocol.clone(),
            market: self.key.market.clone(),
            block: self.position.block,
            log_index: self.position.log_index,
            time: self.position.time,
            account: self.key.account_id(owner),
            asset: token.id.clone(),
            side: side.to_owned(),
            scaled_exact: change.scaled,
            amount_exact: change.amount,
            amount: to_tokens(change.amount, token.unit_decimals()),
        });
    }

    pub(crate) fn push_account_setting(
        &mut self,
        owner: Address,
        setting: &str,
        asset: Option<&Token>,
        value: u32,
    ) {
        self.rows.account_settings.push(AccountSetting {
            chain: self.key.chain.clone(),
            protocol: self.key.protocol.clone(),
            market: self.key.market.clone(),
            block: self.position.block,
            log_index: self.position.log_index,
            time: self.position.time,
            account: self.key.account_id(owner),
            setting: setting.to_owned(),
            asset: asset.map(|token| token.id.clone()),
            value,
        });
    }

    pub(crate) fn push_reserve_index(&mut self, token: &Token, interest: ReserveInterest) {
        self.rows.reserve_indexes.push(ReserveIndex {
            chain: self.key.chain.clone(),
            protocol: self.key.protocol.clone(),
            market: self.key.market.clone(),
            block: self.position.block,
            log_index: self.position.log_index,
            time: self.position.time,
            asset: token.id.clone(),
            liquidity_index: interest.liquidity_index,
            borrow_index: interest.borrow_index,
            liquidity_rate: interest.liquidity_rate,
            borrow_rate: interest.borrow_rate,
        });
    }

    pub(crate) fn push_parameter(&mut self, asset: &str, parameter: String, value: f64) {
        self.rows.reserve_parameters.push(ReserveParameter {
            chain: self.key.chain.clone(),
            protocol: self.key.protocol.clone(),
            market: self.key.market.clone(),
            block: self.position.block,
            log_index: self.position.log_index,
            tx: Some(self.position.tx.clone()),
            time: self.position.time,
            asset: asset.to_owned(),
            parameter,
            value,
        });
    }
}
