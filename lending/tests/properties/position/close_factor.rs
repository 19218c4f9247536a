//! Properties of the close factor.

use plimsoll_lending::{AaveV3CloseFactor, CloseFactorInput, CloseFactorRule};
use proptest::prelude::*;

use crate::arbitrary::fixed_seed;

fn call() -> impl Strategy<Value = CloseFactorInput> {
    (0.5..1.2_f64, 1.0..1e4_f64, 0.0..1e4_f64, 1.0..2e4_f64, 0.0..0.2_f64).prop_map(
        |(health_factor, debt_usd, other_debt_usd, collateral_usd, liquidation_bonus)| {
            let account_debt_usd = debt_usd + other_debt_usd;
            CloseFactorInput {
                health_factor,
                account_debt_usd,
                debt_usd,
                collateral_usd,
                liquidation_bonus,
            }
        },
    )
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn no_rule_repays_more_than_the_whole(call in call(), fraction in 0.0..=1.0_f64) {
        let full = CloseFactorRule::Full.max_repayable_usd(&call);
        for rule in [CloseFactorRule::Fixed(fraction), CloseFactorRule::default()] {
            prop_assert!((0.0..=full).contains(&rule.max_repayable_usd(&call)));
        }
    }

    #[test]
    fn aave_v3_leaves_nothing_or_at_least_the_minimum(call in call()) {
        let repaid = CloseFactorRule::default().max_repayable_usd(&call);
        let least = AaveV3CloseFactor::default().minimum_leftover_usd - 1e-9;
        let debt = call.debt_usd - repaid;
        let collateral = call.collateral_usd - repaid * (1.0 + call.liquidation_bonus);
        let repays_all = debt.min(collateral) < 1e-9;
        prop_assert!(repaid == 0.0 || repays_all || debt.min(collateral) >= least);
    }
}
