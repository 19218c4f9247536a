//! Liquidations and loans follow the protocol's rules, verified from the tables alone.

use plimsoll_lake::tables::{Liquidation, kind, side};
use plimsoll_lending::{CloseFactorInput, CloseFactorRule, borrow_capacity_usd, health_factor};

use crate::account_state::AccountBlock;
use crate::market::{BAD_DEBT_MARKET, CRASH_MARKET, DEPEG_MARKET, MarketTables};

/// Rounding error of sums in `f64`.
const ROUNDING: f64 = 1e-9;

/// One liquidation, and the account's values before its block, USD.
#[derive(Clone)]
struct ObservedCall<'a> {
    account_block: AccountBlock<'a>,
    row: &'a Liquidation,
    call: CloseFactorInput,
    covered_usd: f64,
    seized_usd: f64,
    /// Sum of the values of one smallest unit of either asset.
    unit_usd: f64,
}

fn liquidation_calls() -> Vec<ObservedCall<'static>> {
    let calls_in = |tables: &'static MarketTables| {
        let seized = tables
            .account_blocks()
            .into_iter()
            .filter(|account_block| !account_block.liquidations.is_empty());
        seized.map(|account_block| liquidation_call(tables, account_block)).collect::<Vec<_>>()
    };
    [calls_in(&CRASH_MARKET), calls_in(&BAD_DEBT_MARKET)].concat()
}

fn liquidation_call<'a>(
    tables: &'a MarketTables,
    account_block: AccountBlock<'a>,
) -> ObservedCall<'a> {
    let [row] = account_block.liquidations[..] else {
        panic!("{} in one block", account_block.account)
    };
    let (account, prices) = (
        tables.account(&account_block.before, account_block.time_s),
        tables.prices_at(account_block.time_s),
    );
    let reserves = tables.reserves(&account_block.before);
    let index = |symbol: &str| tables.asset_index(symbol);
    let (collateral, debt) = (index(&row.collateral_asset), index(&row.debt_asset));
    let id = |index: usize| plimsoll_lending::AssetId(index as u32);
    let call = CloseFactorInput {
        health_factor: health_factor(&account, &prices, &reserves),
        account_debt_usd: account.debt_usd(&prices),
        debt_usd: account.debt_amount(id(debt)) * prices[debt],
        collateral_usd: account.collateral_amount(id(collateral)) * prices[collateral],
        liquidation_bonus: reserves[collateral].liquidation_bonus,
    };
    let units = [(collateral, &row.collateral_asset), (debt, &row.debt_asset)];
    let unit_usd = units.map(|(index, symbol)| prices[index] / tables.unit(symbol));
    ObservedCall {
        row,
        call,
        covered_usd: row.debt_amount * prices[debt],
        seized_usd: row.collateral_amount * prices[collateral],
        unit_usd: unit_usd[0] + unit_usd[1],
        account_block,
    }
}

#[test]
fn a_crashing_market_has_partial_and_full_liquidations() {
    let calls = liquidation_calls();
    let full =
        calls.iter().filter(|call| call.account_block.after.scaled_total(side::DEBT) == 0).count();
    assert!(full > 3 && calls.len() > 20 + full, "{} calls, {full} full", calls.len());
}

#[test]
fn liquidated_accounts_have_a_health_factor_below_one() {
    for ObservedCall { row, call, .. } in liquidation_calls() {
        assert!(call.health_factor < 1.0 + 1e-12, "{row:?}: {}", call.health_factor);
    }
}

#[test]
fn a_liquidation_repays_at_most_what_the_close_factor_allows() {
    for ObservedCall { row, call, covered_usd, unit_usd, .. } in liquidation_calls() {
        let most = CloseFactorRule::default().max_repayable_usd(&call);
        assert!(covered_usd <= most * (1.0 + ROUNDING) + unit_usd, "{row:?}: {most}");
    }
}

#[test]
fn seized_collateral_equals_repaid_debt_plus_bonus() {
    for ObservedCall { row, call, covered_usd, seized_usd, unit_usd, .. } in liquidation_calls() {
        let due = covered_usd * (1.0 + call.liquidation_bonus);
        let rounding = 2.0 * ROUNDING * due + 2.0 * unit_usd;
        assert!((seized_usd - due).abs() <= rounding, "{row:?}: {seized_usd} for {due}");
    }
}

#[test]
fn borrowers_stay_within_the_maximum_loan_to_value() {
    let mut loans = 0;
    for tables in [&CRASH_MARKET, &BAD_DEBT_MARKET, &DEPEG_MARKET] {
        for account_block in tables.account_blocks() {
            if !account_block.events.iter().any(|event| event.kind == kind::BORROW) {
                continue;
            }
            let account = tables.account(&account_block.after, account_block.time_s);
            let prices = tables.prices_at(account_block.time_s);
            let most =
                borrow_capacity_usd(&account, &prices, &tables.reserves(&account_block.after));
            let debt = account.debt_usd(&prices);
            assert!(debt <= most, "{} owes {debt} of {most}", account_block.account);
            loans += 1;
        }
    }
    assert!(loans > 200, "only {loans} loans");
}

#[test]
fn no_withdrawal_leaves_a_health_factor_below_one() {
    for tables in [&CRASH_MARKET, &BAD_DEBT_MARKET] {
        for account_block in tables.account_blocks() {
            if !account_block.events.iter().any(|event| event.kind == kind::WITHDRAW) {
                continue;
            }
            let account = tables.account(&account_block.after, account_block.time_s);
            let prices = tables.prices_at(account_block.time_s);
            let health = health_factor(&account, &prices, &tables.reserves(&account_block.after));
            assert!(health >= 1.0, "{} withdrew down to {health}", account_block.account);
        }
    }
}
