//! What aTokens and debt tokens say: how scaled balances moved.

use alloy_primitives::{Address, U256};

use super::super::book::Book;
use super::super::events::ScaledToken::ScaledTokenEvents;
use super::super::rounding::Rounding;
use crate::chain::context::{Change, Context};
use crate::chain::rows::{exact};
use crate::chain::stream::{Fault, Registers};

/// One holder's balance of one token, before and after.
struct Movement {
    owner: Address,
    before: U256,
    after: U256,
    index: U256,
}

/// What a balance is reckoned with.
pub(super) struct Ledger<'a> {
    pub(super) book: &'a Book,
    pub(super) token: Address,
    pub(super) rounding: Rounding,
    pub(super) registers: &'a mut Registers,
}

pub(super) fn add(
    context: &mut Context<'_>,
    ledger: Ledger<'_>,
    event: ScaledTokenEvents,
) -> Result<(), Fault> {
    let Some((reserve, side)) = ledger.book.token(ledger.token) else { return Ok(()) };
    let movements = ledger.movements(side, event)?;
    let changes = movements.iter().map(|movement| ledger.change(side, movement));
    let changes = changes.collect::<Result<Vec<_>, _>>()?;
    for (movement, change) in movements.iter().zip(changes) {
        if change.scaled != 0 {
            context.balance(movement.owner, &reserve.token, side, change);
        }
        let words = [movement.after, U256::ZERO, U256::ZERO];
        ledger.registers.set(ledger.token, movement.owner.into_word(), words);
    }
    Ok(())
}

impl Ledger<'_> {
    fn held(&self, owner: Address) -> U256 {
        self.registers.get(self.token, owner.into_word())[0]
    }

    fn movements(&self, side: &str, event: ScaledTokenEvents) -> Result<Vec<Movement>, Fault> {
        let rounding = self.rounding;
        Ok(match event {
            // Interest is booked with a payment, so one that is less than it is told as a mint.
            ScaledTokenEvents::Mint(e) => {
                let before = self.held(e.onBehalfOf);
                let after = match e.value.checked_sub(e.balanceIncrease) {
                    Some(amount) => rounding.grown(side, before, amount, e.index),
                    None => rounding.shrunk(side, before, e.balanceIncrease - e.value, e.index),
                };
                vec![moved(e.onBehalfOf, before, after, e.index)?]
            }
            ScaledTokenEvents::Burn(e) => {
                let before = self.held(e.from);
                let amount = e.value.checked_add(e.balanceIncrease);
                let after = amount.and_then(|a| rounding.shrunk(side, before, a, e.index));
                vec![moved(e.from, before, after, e.index)?]
            }
            ScaledTokenEvents::BalanceTransfer(e) if e.from == e.to => Vec::new(),
            ScaledTokenEvents::BalanceTransfer(e) => {
                let (from, to) = (self.held(e.from), self.held(e.to));
                vec![
                    moved(e.from, from, from.checked_sub(e.value), e.index)?,
                    moved(e.to, to, to.checked_add(e.value), e.index)?,
                ]
            }
        })
    }

    fn change(&self, side: &str, movement: &Movement) -> Result<Change, Fault> {
        let Movement { before, after, index, .. } = *movement;
        let with_interest = |scaled| -> Result<i128, Fault> {
            let balance = self.rounding.balance(side, scaled, index);
            exact(balance.ok_or_else(|| Fault::value(format!("the index {index} is too large")))?)
        };
        Ok(Change {
            scaled: exact(after)? - exact(before)?,
            amount: with_interest(after)? - with_interest(before)?,
        })
    }
}

fn moved(
    owner: Address,
    before: U256,
    after: Option<U256>,
    index: U256,
) -> Result<Movement, Fault> {
    let after = after.ok_or_else(|| {
        Fault::value(format!("{owner} cannot move so much from {before} at index {index}"))
    })?;
    Ok(Movement { owner, before, after, index })
}
