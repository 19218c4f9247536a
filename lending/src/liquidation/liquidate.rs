//! One liquidation in floats, in place, for simulation and stress tests.

use crate::position::{
    Account, AssetAmount, AssetId, CloseFactorInput, Prices, ReserveParameters, health_factor,
};

/// A debt asset repaid for a collateral asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiquidationPair {
    /// The collateral seized.
    pub collateral: AssetId,
    /// The debt repaid.
    pub debt: AssetId,
}

/// Amounts moved by one liquidation, USD.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Liquidation {
    /// Debt repaid.
    pub repaid_usd: f64,
    /// Collateral that leaves the account.
    pub seized_usd: f64,
    /// Part of it that the protocol keeps.
    pub protocol_fee_usd: f64,
    /// Remaining debt of an account without collateral: the lenders' loss, which Aave from release
    /// 3.3 on and Morpho Blue write off at once.
    pub bad_debt_usd: f64,
}

impl Liquidation {
    /// Collateral that the liquidator receives, USD.
    #[must_use]
    pub fn received_usd(&self) -> f64 {
        self.seized_usd - self.protocol_fee_usd
    }
}

impl LiquidationPair {
    /// The largest debt and the largest collateral by value, as liquidators choose them; the first
    /// of equals. `None` if either side has no value.
    ///
    /// # Panics
    /// If an asset has no price.
    #[must_use]
    pub fn largest_by_value(account: &Account, prices: &Prices) -> Option<Self> {
        let collateral = largest_asset(&account.collateral, prices)?;
        Some(Self { collateral, debt: largest_asset(&account.debt, prices)? })
    }
}

/// Liquidates an unhealthy account. The liquidator repays as much of `offered_usd` as the close
/// factor rule of the debt's reserve permits; infinite for as much as possible.
///
/// The float version of [`aave_v3::Borrower::liquidate`](crate::aave_v3::Borrower::liquidate). Where
/// the contract reverts because dust would be left, this repays an amount that leaves none. A
/// healthy account is not changed.
///
/// # Panics
/// If an asset has no price or no reserve.
pub fn liquidate(
    account: &mut Account,
    prices: &Prices,
    reserves: &[ReserveParameters],
    pair: LiquidationPair,
    offered_usd: f64,
) -> Liquidation {
    let seized_from = &reserves[pair.collateral.index()];
    let call = CloseFactorInput {
        health_factor: health_factor(account, prices, reserves),
        account_debt_usd: account.debt_usd(prices),
        debt_usd: account.debt_amount(pair.debt) * prices[pair.debt.index()],
        collateral_usd: account.collateral_amount(pair.collateral)
            * prices[pair.collateral.index()],
        liquidation_bonus: seized_from.liquidation_bonus,
    };
    let rule = &reserves[pair.debt.index()].close_factor;
    let repaid_usd = rule.repayable_usd(&call, offered_usd);
    if repaid_usd.is_nan() || repaid_usd <= 0.0 {
        return Liquidation::default();
    }
    let seized_usd = (repaid_usd * (1.0 + call.liquidation_bonus)).min(call.collateral_usd);
    reduce_amounts(&mut account.debt, pair.debt, repaid_usd / call.debt_usd);
    reduce_amounts(&mut account.collateral, pair.collateral, seized_usd / call.collateral_usd);
    let bonus_usd = repaid_usd * call.liquidation_bonus;
    Liquidation {
        repaid_usd,
        seized_usd,
        protocol_fee_usd: seized_from.liquidation_protocol_fee * bonus_usd,
        bad_debt_usd: bad_debt_usd(account, prices),
    }
}

/// A share from which the whole amount is taken, so that rounding leaves no remainder.
const FULL_SHARE: f64 = 1.0 - 1e-12;

fn reduce_amounts(amounts: &mut [AssetAmount], asset: AssetId, share: f64) {
    let kept = if share < FULL_SHARE { 1.0 - share } else { 0.0 };
    for entry in amounts.iter_mut().filter(|entry| entry.asset == asset) {
        entry.amount *= kept;
    }
}

fn bad_debt_usd(account: &Account, prices: &Prices) -> f64 {
    if account.collateral_usd(prices) > 0.0 { 0.0 } else { account.debt_usd(prices) }
}

fn largest_asset(amounts: &[AssetAmount], prices: &Prices) -> Option<AssetId> {
    let asset_usd = |asset: AssetId| -> f64 {
        let of_asset = amounts.iter().filter(|entry| entry.asset == asset);
        of_asset.map(|entry| entry.value_usd(prices)).sum()
    };
    let mut best = (None, 0.0);
    for entry in amounts {
        let usd = asset_usd(entry.asset);
        if usd > best.1 {
            best = (Some(entry.asset), usd);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CloseFactorRule;

    const ETH: AssetId = AssetId(0);
    const DAI: AssetId = AssetId(1);
    const PAIR: LiquidationPair = LiquidationPair { collateral: ETH, debt: DAI };
    const PRICES: [f64; 2] = [2_000.0, 1.0];

    fn reserves() -> [ReserveParameters; 2] {
        let rule = CloseFactorRule::default();
        let mut eth = ReserveParameters::new(0.8, 0.825, 0.05, rule).unwrap();
        eth.liquidation_protocol_fee = 0.1;
        [eth, ReserveParameters::borrow_only(rule)]
    }

    fn account(eth: f64, dai: f64) -> Account {
        Account::new(vec![AssetAmount::new(ETH, eth)], vec![AssetAmount::new(DAI, dai)])
    }

    #[test]
    fn half_a_debt_is_repaid_for_collateral_and_bonus() {
        let mut account = account(10.0, 17_000.0);
        let done = liquidate(&mut account, &PRICES, &reserves(), PAIR, f64::INFINITY);
        assert_eq!((done.repaid_usd, done.seized_usd), (8_500.0, 8_925.0));
        assert!((done.protocol_fee_usd - 42.5).abs() < 1e-9 && done.bad_debt_usd == 0.0);
        assert!((done.received_usd() - 8_882.5).abs() < 1e-9);
        assert_eq!(account.debt_amount(DAI), 8_500.0);
        assert!((account.collateral_amount(ETH) - 5.5375).abs() < 1e-12);
    }

    #[test]
    fn uncovered_debt_is_bad_debt() {
        let mut account = account(10.0, 21_000.0);
        let done = liquidate(&mut account, &PRICES, &reserves(), PAIR, f64::INFINITY);
        assert_eq!(account.collateral_amount(ETH), 0.0);
        assert!((done.repaid_usd - 20_000.0 / 1.05).abs() < 1e-9);
        assert!((done.bad_debt_usd - (21_000.0 - 20_000.0 / 1.05)).abs() < 1e-9);
    }

    #[test]
    fn healthy_account_is_not_liquidated() {
        let mut healthy = account(10.0, 16_000.0);
        let done = liquidate(&mut healthy, &PRICES, &reserves(), PAIR, f64::INFINITY);
        assert_eq!(done, Liquidation::default());
        assert_eq!(healthy, account(10.0, 16_000.0));
    }

    #[test]
    fn the_largest_of_either_side_is_liquidated() {
        let mut account = account(10.0, 16_000.0);
        account.debt.push(AssetAmount::new(ETH, 1.0));
        account.collateral.push(AssetAmount::new(DAI, 30_000.0));
        let largest = LiquidationPair { collateral: DAI, debt: DAI };
        assert_eq!(LiquidationPair::largest_by_value(&account, &PRICES), Some(largest));
        assert_eq!(LiquidationPair::largest_by_value(&Account::default(), &PRICES), None);
    }
}
