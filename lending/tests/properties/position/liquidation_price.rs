//! Properties of the liquidation price.

use plimsoll_lending::{health_factor, liquidation_price};
use proptest::prelude::*;

use crate::arbitrary::{Market, asset, fixed_seed, market};

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn at_the_liquidation_price_health_is_one(market in market(), asset in asset()) {
        let Market { account, mut prices, reserves } = market;
        if let Some(price) = liquidation_price(&account, &prices, &reserves, asset) {
            prices[asset.index()] = price;
            prop_assert!((health_factor(&account, &prices, &reserves) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn account_without_a_liquidation_price_is_liquidatable_at_every_price_or_none(
        market in market(),
        asset in asset(),
    ) {
        let Market { account, mut prices, reserves } = market;
        if liquidation_price(&account, &prices, &reserves, asset).is_none() {
            let verdicts = [1e-9, 1e-3, 1.0, 1e3, 1e9].map(|price| {
                prices[asset.index()] = price;
                health_factor(&account, &prices, &reserves) < 1.0
            });
            prop_assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]));
        }
    }
}
