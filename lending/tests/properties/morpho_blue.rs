//! Properties of liquidations on Morpho Blue.

use plimsoll_lending::liquidation_lowers_ltv;
use plimsoll_lending::morpho_blue::{
    Liquidation, LiquidationAmount, Market, Position, liquidation_incentive_factor,
};
use proptest::prelude::*;
use ruint::aliases::U256;

use crate::arbitrary::fixed_seed;

#[derive(Clone, Debug)]
struct Loan {
    market: Market,
    position: Position,
    price: U256,
}

fn scale() -> f64 {
    1e36
}

prop_compose! {
    /// An unhealthy position; the loan asset has 6 decimals and the collateral 18.
    fn loan()(
        lltv in prop_oneof![Just(0.625), Just(0.77), Just(0.86), Just(0.945)],
        depth in 1.0001..1.6_f64,
        collateral in 1e15..1e21_f64,
        usd in 1.0..5_000.0_f64,
        others in 1.0..1e4_f64,
        share_price in 1.0..2.0_f64,
    ) -> Loan {
        let price = usd * 1e6 / 1e18 * scale();
        let debt = collateral * price / scale() * lltv * depth;
        let total = debt * (1.0 + others);
        let int = |value: f64| U256::from(value);
        let shares = |assets: f64| int(assets * 1e6 / share_price);
        Loan {
            market: Market {
                total_supply_assets: int(1.5 * total),
                total_supply_shares: int(1.5e6 * total),
                total_borrow_assets: int(total),
                total_borrow_shares: shares(total),
                lltv_wad: int(lltv * 1e18),
            },
            position: Position { borrow_shares: shares(debt), collateral: int(collateral) },
            price: int(price),
        }
    }
}

impl Loan {
    fn liquidate(&self, seizure: LiquidationAmount) -> Option<Liquidation> {
        self.market.liquidate(&self.position, self.price, seizure).ok()
    }

    /// A portion of the shares that the collateral covers, or of all shares owed.
    fn shares(&self, portion: f64) -> Option<U256> {
        let all = self.liquidate(LiquidationAmount::SeizedAssets(self.position.collateral));
        let most = all.map_or(self.position.borrow_shares, |all| all.repaid_shares);
        Some(U256::from(f64::from(most) * portion)).filter(|shares| !shares.is_zero())
    }
}

proptest! {
    #![proptest_config(fixed_seed())]

    #[test]
    fn liquidating_by_assets_costs_no_more_shares(loan in loan(), portion in 0.01..0.99_f64) {
        let shares = loan.shares(portion).unwrap();
        let by_shares = loan.liquidate(LiquidationAmount::RepaidShares(shares)).unwrap();
        prop_assume!(!by_shares.seized_assets.is_zero());
        let by_assets = loan.liquidate(LiquidationAmount::SeizedAssets(by_shares.seized_assets)).unwrap();
        prop_assert!(by_assets.repaid_shares <= shares);
        let apart = f64::from(shares - by_assets.repaid_shares) / f64::from(shares);
        prop_assert!(apart < 1e-3 || by_shares.repaid_assets < U256::from(10_000));
    }

    #[test]
    fn nothing_is_lost_between_the_borrower_and_the_market(loan in loan(), portion in 0.01..=1.0_f64) {
        let seized = U256::from(f64::from(loan.position.collateral) * portion);
        let seized = seized.min(loan.position.collateral);
        let Some(found) = loan.liquidate(LiquidationAmount::SeizedAssets(seized)) else { return Ok(()) };
        let gone = loan.position.borrow_shares - found.position.borrow_shares;
        prop_assert_eq!(gone, loan.market.total_borrow_shares - found.market.total_borrow_shares);
        prop_assert_eq!(gone, found.repaid_shares + found.bad_debt_shares);
        let borrowed = loan.market.total_borrow_assets - found.market.total_borrow_assets;
        prop_assert_eq!(borrowed, found.repaid_assets + found.bad_debt_assets);
        let lost = loan.market.total_supply_assets - found.market.total_supply_assets;
        prop_assert_eq!(lost, found.bad_debt_assets);
        prop_assert!(found.bad_debt_shares.is_zero() || found.position.collateral.is_zero());
    }

    #[test]
    fn partial_liquidation_lowers_ltv_where_incentive_is_covered(
        loan in loan(),
        portion in 0.1..0.9_f64,
    ) {
        let value = |position: &Position, market: &Market| {
            let owed = f64::from(position.borrow_shares) * f64::from(market.total_borrow_assets)
                / f64::from(market.total_borrow_shares);
            owed / (f64::from(position.collateral) * f64::from(loan.price) / scale())
        };
        let found = loan.liquidate(LiquidationAmount::RepaidShares(loan.shares(portion).unwrap())).unwrap();
        prop_assume!(found.repaid_assets > U256::from(1_000_000));
        let before = value(&loan.position, &loan.market);
        let after = value(&found.position, &found.market);
        let bonus = liquidation_incentive_factor(f64::from(loan.market.lltv_wad) / 1e18) - 1.0;
        prop_assume!((before * (1.0 + bonus) - 1.0).abs() > 1e-4);
        prop_assert_eq!(after < before, liquidation_lowers_ltv(before, bonus, 1.0));
    }
}
