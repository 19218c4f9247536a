//! Properties of the most that a liquidator can earn.

use plimsoll_lending::{AaveV3CloseFactor, CloseFactorInput, CloseFactorRule};
use plimsoll_lending::{CollateralSale, SaleCost};
use proptest::prelude::*;

use crate::arbitrary::fixed_seed;

/// Costs of sales by rising size.
fn pools() -> impl Strategy<Value = Vec<SaleCost>> {
    prop::collection::vec((0.0..1e6_f64, 0.0..0.3_f64), 0..8).prop_map(|steps| {
        let mut points = vec![SaleCost { sold_usd: 0.0, cost: 0.003 }];
        for (sold_usd, cost) in steps {
            let last = points[points.len() - 1];
            let cost = (last.cost + cost).min(0.9);
            points.push(SaleCost { sold_usd: last.sold_usd + sold_usd, cost });
        }
        points
    })
}

fn rules() -> impl Strategy<Value = CloseFactorRule> {
    let fraction = 0.1..1.0_f64;
    prop_oneof![
        Just(CloseFactorRule::Full),
        fraction.clone().prop_map(CloseFactorRule::Fixed),
        fraction.prop_map(|fraction| CloseFactorRule::FixedAboveHealthFactor {
            fraction,
            full_at_health_factor: 0.95
        }),
        Just(CloseFactorRule::AaveV3(AaveV3CloseFactor::default())),
    ]
}

fn calls() -> impl Strategy<Value = CloseFactorInput> {
    let parts = (0.5..2.0_f64, 1.0..1e6_f64, 0.05..1.0_f64, 0.1..3.0_f64, 0.0..0.3_f64);
    parts.prop_map(|(health_factor, account_debt_usd, share, cover, liquidation_bonus)| {
        let debt_usd = share * account_debt_usd;
        let collateral_usd = cover * debt_usd;
        CloseFactorInput {
            health_factor,
            account_debt_usd,
            debt_usd,
            collateral_usd,
            liquidation_bonus,
        }
    })
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn profit_never_falls_as_more_may_be_repaid(
        pool in pools(), repaid in 0.0..1e6_f64, more in 1.0..100.0_f64, received in 1.0..1.3_f64,
    ) {
        let profit_usd = |max_repaid_usd| {
            CollateralSale { max_repaid_usd, received_per_usd: received }.max_profit_usd(&pool)
        };
        let (less, more) = (profit_usd(repaid), profit_usd(repaid * more));
        prop_assert!(more >= less - 1e-9 * less.abs().max(1.0), "{less} {more}");
        prop_assert!((0.0..=repaid * (received - 1.0) + 1e-6).contains(&less));
    }

    #[test]
    fn repayable_debt_never_falls_as_the_account_grows(
        rule in rules(), call in calls(), factor in 1.0..1e3_f64,
    ) {
        let larger = CloseFactorInput {
            account_debt_usd: factor * call.account_debt_usd,
            debt_usd: factor * call.debt_usd,
            collateral_usd: factor * call.collateral_usd,
            ..call
        };
        let repayable = rule.repayable_once_unhealthy_usd(&call);
        prop_assert!(rule.repayable_once_unhealthy_usd(&larger) >= repayable * (1.0 - 1e-12));
        prop_assert!(repayable >= rule.max_repayable_usd(&call) * (1.0 - 1e-12));
    }
}
