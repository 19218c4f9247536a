//! Decodes logs of aTokens and debt tokens into changes of scaled balances.

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::side;
use plimsoll_lending::aave_v3::{Release, ScaledToken};

use crate::chain::adapter::aave_v3::events::ScaledToken::ScaledTokenEvents;
use crate::chain::adapter::aave_v3::reserve_registry::ReserveRegistry;
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::exact_amount::exact_amount;
use crate::chain::decode::row_builder::{BalanceDelta, RowBuilder};
use crate::chain::decode::state::DecoderState;

/// One holder's scaled balance of one token, before and after.
struct BalanceMovement {
    owner: Address,
    before: U256,
    after: U256,
    index: U256,
}

/// The inputs of a balance.
pub(super) struct TokenLedger<'a> {
    pub(super) reserves: &'a ReserveRegistry,
    pub(super) token: Address,
    pub(super) release: Release,
    pub(super) state: &'a mut DecoderState,
}

pub(super) fn push_event(
    context: &mut RowBuilder<'_>,
    ledger: TokenLedger<'_>,
    event: ScaledTokenEvents,
) -> Result<(), DecodeError> {
    let Some((reserve, side)) = ledger.reserves.get_by_token(ledger.token) else { return Ok(()) };
    let movements = ledger.movements(side, event)?;
    let changes = movements.iter().map(|movement| ledger.balance_delta(side, movement));
    let changes = changes.collect::<Result<Vec<_>, _>>()?;
    for (movement, change) in movements.iter().zip(changes) {
        if change.scaled != 0 {
            context.push_balance_change(movement.owner, &reserve.token, side, change);
        }
        let words = [movement.after, U256::ZERO, U256::ZERO];
        ledger.state.set(ledger.token, movement.owner.into_word(), words);
    }
    Ok(())
}

impl TokenLedger<'_> {
    fn balance(&self, owner: Address) -> U256 {
        self.state.get(self.token, owner.into_word())[0]
    }

    fn movements(
        &self,
        side: &str,
        event: ScaledTokenEvents,
    ) -> Result<Vec<BalanceMovement>, DecodeError> {
        let (token, release) = (scaled_token(side), self.release);
        Ok(match event {
            // Interest accrues with a payment, so a payment below the interest is logged as a mint.
            ScaledTokenEvents::Mint(e) => {
                let before = self.balance(e.onBehalfOf);
                let after = match e.value.checked_sub(e.balanceIncrease) {
                    Some(amount) => {
                        token.scaled_after_increase(release, before, amount, e.index).ok()
                    }
                    None => token
                        .scaled_after_decrease(
                            release,
                            before,
                            e.balanceIncrease - e.value,
                            e.index,
                        )
                        .ok(),
                };
                vec![movement(e.onBehalfOf, before, after, e.index)?]
            }
            ScaledTokenEvents::Burn(e) => {
                let before = self.balance(e.from);
                let amount = e.value.checked_add(e.balanceIncrease);
                let after = amount
                    .and_then(|a| token.scaled_after_decrease(release, before, a, e.index).ok());
                vec![movement(e.from, before, after, e.index)?]
            }
            ScaledTokenEvents::BalanceTransfer(e) if e.from == e.to => Vec::new(),
            ScaledTokenEvents::BalanceTransfer(e) => {
                let (from, to) = (self.balance(e.from), self.balance(e.to));
                vec![
                    movement(e.from, from, from.checked_sub(e.value), e.index)?,
                    movement(e.to, to, to.checked_add(e.value), e.index)?,
                ]
            }
        })
    }

    fn balance_delta(
        &self,
        side: &str,
        movement: &BalanceMovement,
    ) -> Result<BalanceDelta, DecodeError> {
        let BalanceMovement { before, after, index, .. } = *movement;
        let with_interest = |scaled| -> Result<i128, DecodeError> {
            let balance = scaled_token(side).balance(self.release, scaled, index);
            exact_amount(
                balance
                    .map_err(|_| DecodeError::value(format!("the index {index} is too large")))?,
            )
        };
        Ok(BalanceDelta {
            scaled: exact_amount(after)? - exact_amount(before)?,
            amount: with_interest(after)? - with_interest(before)?,
        })
    }
}

fn scaled_token(side: &str) -> ScaledToken {
    if side == side::DEBT { ScaledToken::VariableDebtToken } else { ScaledToken::AToken }
}

fn movement(
    owner: Address,
    before: U256,
    after: Option<U256>,
    index: U256,
) -> Result<BalanceMovement, DecodeError> {
    let after = after.ok_or_else(|| {
        DecodeError::value(format!(
            "{owner} cannot change a balance of {before} by so much at index {index}"
        ))
    })?;
    Ok(BalanceMovement { owner, before, after, index })
}
