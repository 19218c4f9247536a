//! Events, gathered by account and block.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{Liquidation, PositionEvent, kind};
use plimsoll_lake::{Filter, Store};

use crate::FeatureError;
use crate::market::Market;

/// All that happened to an account in one block.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// When, seconds.
    pub time_s: i64,
    /// Whether the account was liquidated.
    pub liquidated: bool,
    /// Whether the owner moved a balance.
    pub owner_acted: bool,
    pub(crate) moves: Vec<Move>,
}

/// One balance moved: in if positive, out if negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Move {
    /// Collateral, tokens.
    Collateral { asset: usize, amount: f64 },
    /// Debt, tokens at the time.
    Debt { asset: usize, amount: f64 },
    /// Debt, index-scaled tokens.
    ScaledDebt { asset: usize, amount: f64 },
}

/// One account's actions, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Account id.
    pub account: String,
    /// Actions in order of block.
    pub actions: Vec<Action>,
}

type Accounts = BTreeMap<String, BTreeMap<u64, Action>>;

/// Every account's history in a market, by account, with nothing known after `until`.
///
/// # Errors
/// [`FeatureError::UnknownAsset`] if an event names an asset that the market does not declare, or
/// the lake's own errors.
pub fn histories(
    store: &Store,
    market: &Market,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<History>, FeatureError> {
    let mut filter = market.id().filter(Filter::default());
    if let Some(until) = until {
        filter = filter.to(until);
    }
    let known = |time: DateTime<Utc>| until.is_none_or(|until| time <= until);
    let mut accounts = Accounts::new();
    for event in store.rows_where::<PositionEvent>(&filter)? {
        if known(event.time) {
            let action = action(&mut accounts, &event.account, event.block, event.time);
            add_event(action, market, &event)?;
        }
    }
    for liquidation in store.rows_where::<Liquidation>(&filter)? {
        if known(liquidation.time) {
            let Liquidation { account, block, time, .. } = &liquidation;
            add_liquidation(action(&mut accounts, account, *block, *time), market, &liquidation)?;
        }
    }
    let history = |(account, blocks): (String, BTreeMap<u64, Action>)| History {
        account,
        actions: blocks.into_values().collect(),
    };
    Ok(accounts.into_iter().map(history).collect())
}

fn action<'a>(
    accounts: &'a mut Accounts,
    account: &str,
    block: u64,
    time: DateTime<Utc>,
) -> &'a mut Action {
    if !accounts.contains_key(account) {
        accounts.insert(account.to_owned(), BTreeMap::new());
    }
    let blocks = accounts.get_mut(account).expect("it was inserted above");
    let time_s = time.timestamp();
    let empty = || Action { time_s, liquidated: false, owner_acted: false, moves: Vec::new() };
    blocks.entry(block).or_insert_with(empty)
}

fn add_event(
    action: &mut Action,
    market: &Market,
    event: &PositionEvent,
) -> Result<(), FeatureError> {
    let (Some(symbol), Some(amount)) = (&event.asset, event.amount) else { return Ok(()) };
    let asset = market.asset(symbol)?;
    action.moves.push(match event.kind.as_str() {
        kind::DEPOSIT => Move::Collateral { asset, amount },
        kind::WITHDRAW => Move::Collateral { asset, amount: -amount },
        kind::BORROW => Move::Debt { asset, amount },
        kind::REPAY => Move::Debt { asset, amount: -amount },
        _ => return Ok(()),
    });
    action.owner_acted = true;
    Ok(())
}

fn add_liquidation(
    action: &mut Action,
    market: &Market,
    liquidation: &Liquidation,
) -> Result<(), FeatureError> {
    let asset = market.asset(&liquidation.collateral_asset)?;
    action.moves.push(Move::Collateral { asset, amount: -liquidation.collateral_amount });
    let asset = market.asset(&liquidation.debt_asset)?;
    action.moves.push(match liquidation.debt_scaled {
        Some(scaled) => Move::ScaledDebt { asset, amount: -scaled },
        None => Move::Debt { asset, amount: -liquidation.debt_amount },
    });
    action.liquidated = true;
    Ok(())
}
