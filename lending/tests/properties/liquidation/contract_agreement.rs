//! Float liquidations agree with the contracts up to rounding.

use plimsoll_lending::aave_v3::{self, Borrower, LiquidationError, Payout, Position, Release};
use plimsoll_lending::{
    Account, AssetAmount, AssetId, CloseFactorRule, Liquidation, LiquidationPair,
    ReserveParameters, health_factor, liquidate,
};
use proptest::collection::vec;
use proptest::prelude::*;
use ruint::aliases::U256;

use crate::arbitrary::fixed_seed;

/// Relative effect of rounding to whole units, and of values to 8 decimals, at one dollar.
const TOLERANCE: f64 = 1e-6;
const PAIR: LiquidationPair = LiquidationPair { collateral: AssetId(0), debt: AssetId(1) };

/// An account in the integers of the contracts.
#[derive(Clone, Debug)]
struct ContractAccount {
    release: Release,
    positions: Vec<Position>,
}

fn ray(value: f64) -> U256 {
    U256::from((value * 1e9) as u64) * U256::from(10).pow(U256::from(18))
}

fn units(usd: f64, price: f64, decimals: u8) -> U256 {
    U256::from((usd / price * 10_f64.powi(decimals.into())) as u128)
}

prop_compose! {
    fn reserve()(
        indexes in (1.0..1.5_f64, 1.0..1.8_f64),
        (price, decimals) in prop_oneof![(0.1..5.0_f64, Just(8_u8)), (0.1..5e3, Just(18_u8))],
        threshold in 5_000..9_000_u64,
        bonus in 1..1_000_u64,
        fee in prop_oneof![Just(0_u64), 1..3_000_u64],
    ) -> aave_v3::Reserve {
        aave_v3::Reserve {
            liquidity_index: ray(indexes.0),
            variable_borrow_index: ray(indexes.1),
            price: U256::from((price * 1e8) as u64),
            decimals,
            ltv_bps: threshold - 100,
            liquidation_threshold_bps: threshold,
            liquidation_bonus_bps: 10_000 + bonus,
            liquidation_protocol_fee_bps: fee,
        }
    }
}

fn release() -> impl Strategy<Value = Release> {
    proptest::sample::select(Release::ALL.to_vec())
}

/// Collateral and debt of the pair, other collateral and other debt, USD.
fn values_usd() -> impl Strategy<Value = [f64; 4]> {
    let some = || (2.5..11.0_f64).prop_map(f64::exp);
    let perhaps = move || prop_oneof![Just(0.0), some()];
    (some(), 0.5..1.3_f64, perhaps(), perhaps())
        .prop_map(|(held, ltv, other, owed)| [held, (held + other) * ltv, other, owed])
}

prop_compose! {
    fn contract_account()(
        release in release(),
        reserves in vec(reserve(), 4),
        [held, owed, other_held, other_owed] in values_usd(),
    ) -> ContractAccount {
        let usd = [(held, 0.0), (0.0, owed), (other_held, 0.0), (0.0, other_owed)];
        let position = |(reserve, (held, owed)): (aave_v3::Reserve, (f64, f64))| {
            let price = f64::from(reserve.price) / 1e8;
            let scaled = |usd: f64, index: U256| {
                units(usd / (f64::from(index) / 1e27), price, reserve.decimals)
            };
            Position {
                reserve,
                scaled_collateral: scaled(held, reserve.liquidity_index),
                scaled_debt: scaled(owed, reserve.variable_borrow_index),
                used_as_collateral: held > 0.0,
                in_e_mode: false,
                ltv_zero_in_e_mode: false,
            }
        };
        ContractAccount { release, positions: reserves.into_iter().zip(usd).map(position).collect() }
    }
}

impl ContractAccount {
    fn liquidate(&self, debt_to_cover: U256) -> Result<aave_v3::Liquidation, LiquidationError> {
        let borrower = Borrower { release: self.release, positions: &self.positions, e_mode: None };
        borrower.liquidate(&aave_v3::LiquidationCall {
            collateral: PAIR.collateral.index(),
            debt: PAIR.debt.index(),
            debt_to_cover,
            payout: Payout::Underlying,
        })
    }

    fn tokens(&self, at: usize, amount: U256) -> f64 {
        f64::from(amount) / 10_f64.powi(self.positions[at].reserve.decimals.into())
    }

    fn usd(&self, at: usize, amount: U256) -> f64 {
        self.tokens(at, amount) * f64::from(self.positions[at].reserve.price) / 1e8
    }

    fn prices(&self) -> Vec<f64> {
        self.positions.iter().map(|each| f64::from(each.reserve.price) / 1e8).collect()
    }

    fn reserves(&self) -> Vec<ReserveParameters> {
        let close_factor = if self.release.writes_off_bad_debt() {
            CloseFactorRule::default()
        } else {
            CloseFactorRule::FixedAboveHealthFactor { fraction: 0.5, full_at_health_factor: 0.95 }
        };
        let fraction = |bps: u64| bps as f64 / 1e4;
        let parameters = |each: &Position| ReserveParameters {
            liquidation_threshold: fraction(each.reserve.liquidation_threshold_bps),
            liquidation_bonus: fraction(each.reserve.liquidation_bonus_bps - 10_000),
            liquidation_protocol_fee: fraction(each.reserve.liquidation_protocol_fee_bps),
            ..ReserveParameters::borrow_only(close_factor)
        };
        self.positions.iter().map(parameters).collect()
    }

    /// The same account in floats.
    fn account(&self) -> Account {
        let mut account = Account::default();
        for (at, each) in self.positions.iter().enumerate() {
            let (scaled, index) = (each.scaled_collateral, each.reserve.liquidity_index);
            let held = self.tokens(at, self.release.collateral_balance(scaled, index).unwrap());
            let (scaled, index) = (each.scaled_debt, each.reserve.variable_borrow_index);
            let owed = self.tokens(at, self.release.debt_balance(scaled, index).unwrap());
            let asset = AssetId(u32::try_from(at).unwrap());
            account.collateral.push(AssetAmount::new(asset, held));
            account.debt.push(AssetAmount::new(asset, owed));
        }
        account
    }

    /// Whether the account is so close to the limit of a rule that rounding decides.
    fn is_on_the_edge(&self) -> bool {
        let (account, prices) = (self.account(), self.prices());
        let health = health_factor(&account, &prices, &self.reserves());
        // The older release floors the average threshold to a basis point.
        let near = |value: f64, edge: f64| (value / edge - 1.0).abs() < 1e-3;
        let debt = account.debt_amount(PAIR.debt) * prices[1];
        let collateral = account.collateral_amount(PAIR.collateral) * prices[0];
        let edges = [debt, collateral].iter().any(|usd| near(*usd, 1e3) || near(*usd, 2e3));
        let bonus = 1.0 + self.reserves()[0].liquidation_bonus;
        near(health, 1.0) || near(health, 0.95) || edges || near(collateral / bonus, debt)
    }
}

fn is_close(found: f64, expected: f64, scale: f64) -> bool {
    (found - expected).abs() <= TOLERANCE * scale
}

/// Compares every amount of the contract with the float amount.
fn assert_equal(
    contract: &ContractAccount,
    exact: &aave_v3::Liquidation,
    found: &Liquidation,
    left: &Account,
) -> Result<(), TestCaseError> {
    let scale = found.seized_usd;
    let repaid_usd = contract.usd(1, exact.debt_covered);
    prop_assert!(is_close(found.repaid_usd, repaid_usd, scale), "{found:?} {exact:?}");
    prop_assert!(is_close(
        found.received_usd(),
        contract.usd(0, exact.collateral_liquidated),
        scale
    ));
    prop_assert!(is_close(found.protocol_fee_usd, contract.usd(0, exact.protocol_fee), scale));
    let index = contract.positions[0].reserve.liquidity_index;
    let held = contract.release.collateral_balance(exact.scaled_collateral_left, index).unwrap();
    let left_usd = left.collateral_amount(PAIR.collateral) * contract.prices()[0];
    prop_assert!(is_close(left_usd, contract.usd(0, held), scale), "{left_usd} {held}");
    if contract.release.writes_off_bad_debt() {
        let usd = |deficit: &aave_v3::Deficit| contract.usd(deficit.position, deficit.amount);
        let deficits_usd: f64 = exact.deficits.iter().map(usd).sum();
        prop_assert!(is_close(found.bad_debt_usd, deficits_usd, scale + deficits_usd));
    }
    Ok(())
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn float_liquidation_matches_the_contract(contract in contract_account(), share in 0.05..1.5_f64) {
        prop_assume!(!contract.is_on_the_edge());
        let (mut account, prices, reserves) =
            (contract.account(), contract.prices(), contract.reserves());
        let offered_usd = if share > 1.0 { f64::INFINITY } else { share * account.debt_usd(&prices) };
        let offered = match share > 1.0 {
            true => U256::MAX,
            false => units(offered_usd, prices[1], contract.positions[1].reserve.decimals),
        };
        let found = liquidate(&mut account, &prices, &reserves, PAIR, offered_usd);
        match contract.liquidate(offered) {
            Ok(exact) => assert_equal(&contract, &exact, &found, &account)?,
            Err(LiquidationError::HealthFactorNotBelowThreshold { .. }) => {
                prop_assert_eq!(found, Liquidation::default());
            }
            // The contract accepts slightly less than the largest amount without dust, as in floats.
            Err(LiquidationError::MustNotLeaveDust { .. }) if found.repaid_usd > 100.0 => {
                let less = found.repaid_usd - 0.01;
                let decimals = contract.positions[1].reserve.decimals;
                prop_assert!(contract.liquidate(units(less, prices[1], decimals)).is_ok());
                let more = units(less + 0.1, prices[1], decimals);
                prop_assert!(contract.liquidate(more).is_err());
            }
            Err(LiquidationError::MustNotLeaveDust { .. }) => {}
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}
