//! Properties of repayments and collateral additions.

use plimsoll_lending::{
    AssetAmount, LendingError, add_collateral_to_reach, health_factor, repay_to_reach,
};
use proptest::prelude::*;

use crate::arbitrary::{Market, asset, fixed_seed, market};

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn repaying_the_amount_reaches_the_target(
        market in market(),
        asset in asset(),
        target in 0.5..3.0_f64,
    ) {
        let Market { mut account, prices, reserves } = market;
        let before = health_factor(&account, &prices, &reserves);
        let repaid = repay_to_reach(&account, &prices, &reserves, target, asset);
        let owed = account.debt_amount(asset);
        account.debt.retain(|entry| entry.asset != asset);
        match repaid {
            Ok(amount) => {
                prop_assert!((0.0..=owed).contains(&amount));
                account.debt.push(AssetAmount::new(asset, owed - amount));
                let after = health_factor(&account, &prices, &reserves);
                prop_assert!((after / target.max(before) - 1.0).abs() < 1e-9);
            }
            Err(LendingError::RepaymentTooSmall { reached, .. }) => {
                let after = health_factor(&account, &prices, &reserves);
                prop_assert!(after < target && (reached / after - 1.0).abs() < 1e-12);
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    #[test]
    fn adding_the_amount_reaches_the_target(
        market in market(),
        asset in asset(),
        target in 0.5..3.0_f64,
    ) {
        let Market { mut account, prices, reserves } = market;
        let before = health_factor(&account, &prices, &reserves);
        let added = add_collateral_to_reach(&account, &prices, &reserves, target, asset);
        account.collateral.push(AssetAmount::new(asset, added.unwrap()));
        let after = health_factor(&account, &prices, &reserves);
        prop_assert!((after / target.max(before) - 1.0).abs() < 1e-12);
    }
}
