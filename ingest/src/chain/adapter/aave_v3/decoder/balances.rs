//! Decodes logs of aTokens and debt tokens into changes of scaled balances.

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::side;
use plimsoll_lending::aave_v3::{DiscountedDebt, Release, ScaledToken, scaled_transfer};

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

/// A change of a balance in `Mint` or `Burn`.
struct Payment {
    owner: Address,
    /// Whether the balance grows.
    is_increase: bool,
    amount: U256,
    /// Interest since the holder's last action.
    interest: U256,
    index: U256,
}

/// The inputs of a balance.
pub(super) struct TokenLedger<'a> {
    pub(super) reserves: &'a ReserveRegistry,
    pub(super) token: Address,
    pub(super) release: Release,
    /// Whether `BalanceTransfer` has amounts with interest.
    pub(super) transfers_unscaled: bool,
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
        ledger.state.set(ledger.token, movement.owner.into_word(), movement.state());
    }
    Ok(())
}

impl BalanceMovement {
    /// The holder's state: scaled balance, and the index of its last action.
    fn state(&self) -> [U256; 3] {
        let index = if self.after.is_zero() { U256::ZERO } else { self.index };
        [self.after, index, U256::ZERO]
    }
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
        Ok(match event {
            // Interest accrues with a payment, so a payment below the interest is logged as a mint.
            ScaledTokenEvents::Mint(e) => {
                let (value, interest) = (e.value, e.balanceIncrease);
                let payment = Payment {
                    owner: e.onBehalfOf,
                    is_increase: value >= interest,
                    amount: value.abs_diff(interest),
                    interest,
                    index: e.index,
                };
                vec![self.pay(side, &payment)?]
            }
            ScaledTokenEvents::Burn(e) => {
                let amount = e.value.checked_add(e.balanceIncrease);
                let payment = Payment {
                    owner: e.from,
                    is_increase: false,
                    amount: amount.ok_or_else(|| impossible(e.from, U256::MAX, e.index))?,
                    interest: e.balanceIncrease,
                    index: e.index,
                };
                vec![self.pay(side, &payment)?]
            }
            ScaledTokenEvents::BalanceTransfer(e) if e.from == e.to => Vec::new(),
            ScaledTokenEvents::BalanceTransfer(e) => {
                let (from, to) = (self.balance(e.from), self.balance(e.to));
                let scaled = if self.transfers_unscaled {
                    scaled_transfer(e.value, e.index).ok()
                } else {
                    Some(e.value)
                };
                let (left, sum) = (
                    scaled.and_then(|scaled| from.checked_sub(scaled)),
                    scaled.and_then(|scaled| to.checked_add(scaled)),
                );
                vec![movement(e.from, from, left, e.index)?, movement(e.to, to, sum, e.index)?]
            }
        })
    }

    fn pay(&self, side: &str, payment: &Payment) -> Result<BalanceMovement, DecodeError> {
        let [before, last_index, _] = self.state.get(self.token, payment.owner.into_word());
        let after = if side == side::DEBT && !self.release.has_directed_rounding() {
            let debt = DiscountedDebt { scaled: before, last_index };
            payment.apply_to_debt(debt)
        } else {
            payment.apply(scaled_token(side), self.release, before)
        };
        movement(payment.owner, before, after, payment.index)
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

impl Payment {
    /// The scaled balance afterwards; `None` if the amounts contradict each other.
    fn apply(&self, token: ScaledToken, release: Release, before: U256) -> Option<U256> {
        let change = if self.is_increase {
            ScaledToken::scaled_after_increase
        } else {
            ScaledToken::scaled_after_decrease
        };
        change(token, release, before, self.amount, self.index).ok()
    }

    /// As [`Payment::apply`], for a debt whose interest may have a discount.
    fn apply_to_debt(&self, debt: DiscountedDebt) -> Option<U256> {
        let change = if self.is_increase {
            DiscountedDebt::after_increase
        } else {
            DiscountedDebt::after_decrease
        };
        change(debt, self.amount, self.interest, self.index).ok()
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
    let after = after.ok_or_else(|| impossible(owner, before, index))?;
    Ok(BalanceMovement { owner, before, after, index })
}

fn impossible(owner: Address, before: U256, index: U256) -> DecodeError {
    DecodeError::value(format!(
        "{owner} cannot change a balance of {before} by so much at index {index}"
    ))
}
