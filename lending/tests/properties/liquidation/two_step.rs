//! Properties of a liquidation in two steps.

use plimsoll_lending::LiquidatableLoan;
use proptest::prelude::*;

use crate::arbitrary::fixed_seed;

fn loan() -> impl Strategy<Value = LiquidatableLoan> {
    (0.5..0.85_f64, 0.02..0.15_f64, 0.3..=1.0_f64, 0.0..=1.0_f64).prop_map(
        |(liquidation_threshold, liquidation_bonus, close_factor, depth)| {
            let [least, most] = [liquidation_threshold, 1.0 / (1.0 + liquidation_bonus)];
            let debt_usd = 1e4 * (least + depth * (most - least));
            LiquidatableLoan {
                collateral_usd: 1e4,
                debt_usd,
                liquidation_threshold,
                liquidation_bonus,
                close_factor,
            }
        },
    )
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn two_step_repayment_is_optimal(
        loan in loan(),
        share in 0.0..1.0_f64,
    ) {
        let best = loan.two_step_repayment().unwrap();
        let first_usd = share * best.first_usd;
        let total_usd = first_usd + loan.close_factor * (loan.debt_usd - first_usd);
        prop_assert!(total_usd <= best.total_usd() + 1e-9);
    }

    #[test]
    fn two_steps_never_repay_more_than_is_owed_or_covered(loan in loan()) {
        let steps = loan.two_step_repayment().unwrap();
        let covered_usd = loan.collateral_usd / (1.0 + loan.liquidation_bonus);
        prop_assert!(steps.first_usd >= 0.0 && steps.second_usd >= 0.0);
        prop_assert!(steps.total_usd() <= loan.debt_usd.min(covered_usd) + 1e-9);
    }
}
