//! Liquidations and loans keep to the protocol's rules, reckoned from the tables alone.

use plimsoll_lake::tables::{Liquidation, kind, side};
use plimsoll_lending::{CloseFactorRule, LiquidationCall, borrow_capacity_usd, health_factor};

use crate::books::Deed;
use crate::market::{CRASH, DEPEG, STORM, Told};

/// What sums in `f64` leave.
const ROUNDING: f64 = 1e-9;

/// One liquidation, and what the account was before its block, USD.
#[derive(Clone)]
struct Call<'a> {
    deed: Deed<'a>,
    row: &'a Liquidation,
    call: LiquidationCall,
    covered_usd: f64,
    seized_usd: f64,
    /// What a smallest unit of either asset is worth.
    unit_usd: f64,
}

fn calls() -> Vec<Call<'static>> {
    let of = |told: &'static Told| {
        let seized = told.deeds().into_iter().filter(|deed| !deed.liquidations.is_empty());
        seized.map(|deed| call(told, deed)).collect::<Vec<_>>()
    };
    [of(&CRASH), of(&STORM)].concat()
}

fn call<'a>(told: &'a Told, deed: Deed<'a>) -> Call<'a> {
    let [row] = deed.liquidations[..] else { panic!("{} in one block", deed.account) };
    let (account, prices) = (told.account(&deed.before, deed.time_s), told.prices_at(deed.time_s));
    let reserves = told.reserves(&deed.before);
    let place = |symbol: &str| told.place(symbol);
    let (held, owed) = (place(&row.collateral_asset), place(&row.debt_asset));
    let id = |place: usize| plimsoll_lending::AssetId(place as u32);
    let call = LiquidationCall {
        health_factor: health_factor(&account, &prices, &reserves),
        account_debt_usd: account.debt_usd(&prices),
        debt_usd: account.debt_in(id(owed)) * prices[owed],
        collateral_usd: account.collateral_in(id(held)) * prices[held],
        liquidation_bonus: reserves[held].liquidation_bonus,
    };
    let units = [(held, &row.collateral_asset), (owed, &row.debt_asset)];
    let unit_usd = units.map(|(place, symbol)| prices[place] / told.unit(symbol));
    Call {
        row,
        call,
        covered_usd: row.debt_amount * prices[owed],
        seized_usd: row.collateral_amount * prices[held],
        unit_usd: unit_usd[0] + unit_usd[1],
        deed,
    }
}

#[test]
fn a_market_that_crashes_liquidates_some_in_part_and_some_whole() {
    let calls = calls();
    let whole = calls.iter().filter(|call| call.deed.after.on(side::DEBT) == 0).count();
    assert!(whole > 3 && calls.len() > 20 + whole, "{} calls, {whole} whole", calls.len());
}

#[test]
fn whoever_is_liquidated_had_a_health_factor_below_one() {
    for Call { row, call, .. } in calls() {
        assert!(call.health_factor < 1.0 + 1e-12, "{row:?}: {}", call.health_factor);
    }
}

#[test]
fn a_liquidation_covers_no_more_than_the_close_factor_allows() {
    for Call { row, call, covered_usd, unit_usd, .. } in calls() {
        let most = CloseFactorRule::default().largest_repayable_usd(&call);
        assert!(covered_usd <= most * (1.0 + ROUNDING) + unit_usd, "{row:?}: {most}");
    }
}

#[test]
fn what_is_seized_is_what_was_covered_and_the_bonus() {
    for Call { row, call, covered_usd, seized_usd, unit_usd, .. } in calls() {
        let due = covered_usd * (1.0 + call.liquidation_bonus);
        let rounding = 2.0 * ROUNDING * due + 2.0 * unit_usd;
        assert!((seized_usd - due).abs() <= rounding, "{row:?}: {seized_usd} for {due}");
    }
}

#[test]
fn whoever_borrows_stays_within_the_maximum_loan_to_value() {
    let mut loans = 0;
    for told in [&CRASH, &STORM, &DEPEG] {
        for deed in told.deeds() {
            if !deed.events.iter().any(|event| event.kind == kind::BORROW) {
                continue;
            }
            let account = told.account(&deed.after, deed.time_s);
            let prices = told.prices_at(deed.time_s);
            let most = borrow_capacity_usd(&account, &prices, &told.reserves(&deed.after));
            let debt = account.debt_usd(&prices);
            assert!(debt <= most, "{} owes {debt} of {most}", deed.account);
            loans += 1;
        }
    }
    assert!(loans > 200, "only {loans} loans");
}

#[test]
fn no_withdrawal_leaves_a_health_factor_below_one() {
    for told in [&CRASH, &STORM] {
        for deed in told.deeds() {
            if !deed.events.iter().any(|event| event.kind == kind::WITHDRAW) {
                continue;
            }
            let account = told.account(&deed.after, deed.time_s);
            let prices = told.prices_at(deed.time_s);
            let health = health_factor(&account, &prices, &told.reserves(&deed.after));
            assert!(health >= 1.0, "{} withdrew down to {health}", deed.account);
        }
    }
}
