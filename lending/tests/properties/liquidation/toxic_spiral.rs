//! Properties of toxic liquidation spirals.

use plimsoll_lending::{liquidation_lowers_ltv, liquidity_penalty, toxic_loan_to_value};
use proptest::prelude::*;

use crate::arbitrary::fixed_seed;

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn condition_holds_exactly_where_the_loan_to_value_falls(
        collateral_usd in 1.0..1e6_f64,
        loan_to_value in 0.1..0.99_f64,
        bonus in 0.0..0.2_f64,
        share in 1e-3..0.8_f64,
        fall in 0.0..0.5_f64,
    ) {
        let debt_usd = loan_to_value * collateral_usd;
        let repaid_usd = share * debt_usd;
        let sold_usd = (1.0 + bonus) * repaid_usd;
        let left_usd = (collateral_usd - sold_usd) * (1.0 - fall);
        let after = (debt_usd - repaid_usd) / left_usd;
        let penalty = liquidity_penalty(collateral_usd, sold_usd, fall);
        prop_assume!((after / loan_to_value - 1.0).abs() > 1e-9);
        prop_assert_eq!(liquidation_lowers_ltv(loan_to_value, bonus, penalty), after < loan_to_value);
    }

    #[test]
    fn liquidation_lowers_ltv_below_the_toxic_loan_to_value(
        bonus in 0.0..0.2_f64,
        penalty in 1.0..5.0_f64,
        share in 0.0..2.0_f64,
    ) {
        prop_assume!((share - 1.0).abs() > 1e-9);
        let loan_to_value = share * toxic_loan_to_value(bonus, penalty);
        prop_assert_eq!(liquidation_lowers_ltv(loan_to_value, bonus, penalty), share < 1.0);
    }
}
