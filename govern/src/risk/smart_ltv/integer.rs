//! `SmartLTV` in the contract's integers, exact to the last digit.

use ruint::aliases::U256;

use super::SmartLtvError;

/// One, with 18 decimals.
const WAD: u64 = 1_000_000_000_000_000_000;
/// Bits after the binary point of the exponent.
const PRECISION: usize = 59;
/// `MAX_MANTISSA`: from this exponent on the loan-to-value is 0.
const MAX_MANTISSA: u64 = 10_462_186_398_271_841_700;
/// The exponential is a Taylor series up to this power.
const TAYLOR_TERMS: u64 = 33;
const DAY_S: u64 = 86_400;

/// The contract's signed `RiskData`, without the signer's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskData {
    /// Amount that can be sold, smallest units.
    pub liquidity: u128,
    /// Volatility, 1e18 for 1.
    pub volatility_wad: u128,
    /// The slippage within which it can be sold, 1e18 for 1.
    pub liquidation_bonus_wad: u128,
    /// Time of the data, Unix seconds.
    pub last_update_s: u64,
}

/// `SmartLTV.ltv` in integers, 1e18 for 1: `debt_cap` in the unit of the liquidity,
/// `liquidation_bonus_wad` and `confidence_wad` with 18 decimals, `now_s` the block's time.
///
/// # Errors
/// [`SmartLtvError`] where the contract reverts.
pub fn smart_ltv_wad(
    figures: &RiskData,
    debt_cap: u128,
    liquidation_bonus_wad: u128,
    confidence_wad: u128,
    now_s: u64,
) -> Result<u128, SmartLtvError> {
    let RiskData { last_update_s, .. } = *figures;
    if last_update_s < now_s.saturating_sub(DAY_S) {
        return Err(SmartLtvError::Timeout { last_update_s, now_s });
    }
    let known_wad = figures.liquidation_bonus_wad;
    if liquidation_bonus_wad < known_wad {
        return Err(SmartLtvError::WrongLiquidationBonus {
            requested_wad: liquidation_bonus_wad,
            reference_wad: known_wad,
        });
    }
    let mantissa = mantissa(figures, debt_cap, confidence_wad)?;
    if mantissa >= U256::from(MAX_MANTISSA) {
        return Ok(0);
    }
    let share = (U256::from(WAD) << PRECISION) / exponential(mantissa);
    Ok(share.saturating_sub(U256::from(liquidation_bonus_wad)).saturating_to())
}

/// The exponent with 59 binary places, `2^59 c sigma / (sqrt(1e18 l / d) 1e9)`.
fn mantissa(
    figures: &RiskData,
    debt_cap: u128,
    confidence_wad: u128,
) -> Result<U256, SmartLtvError> {
    let zero = |quantity| move || SmartLtvError::Zero { quantity };
    let risk = U256::from(confidence_wad) * U256::from(figures.volatility_wad) / U256::from(WAD);
    let ratio = U256::from(WAD) * U256::from(figures.liquidity);
    let ratio = ratio.checked_div(U256::from(debt_cap)).ok_or_else(zero("debt_cap"))?;
    let root = ratio.root(2) * U256::from(1_000_000_000_u64);
    // Each factor has at most 128 bits; their quotient has at most 196, so a shift by 59 fits.
    (risk << PRECISION).checked_div(root).ok_or_else(zero("liquidity"))
}

/// `RiskyMath.generalExp`, with the binary places of its argument.
fn exponential(x: U256) -> U256 {
    let factorial =
        (1..=TAYLOR_TERMS).map(U256::from).fold(U256::from(1), |product, n| product * n);
    let (mut power, mut coefficient, mut sum) = (x, factorial, U256::ZERO);
    for n in 2..=TAYLOR_TERMS {
        power = (power * x) >> PRECISION;
        coefficient /= U256::from(n);
        sum += power * coefficient;
    }
    sum / factorial + x + (U256::from(1) << PRECISION)
}

#[cfg(test)]
mod tests {
    use super::super::SmartLtv;
    use super::*;

    const RISK_DATA: RiskData = RiskData {
        liquidity: 1_000_000 * WAD as u128,
        volatility_wad: WAD as u128 / 10,
        liquidation_bonus_wad: WAD as u128 / 20,
        last_update_s: 1_000_000,
    };
    const CAP: u128 = 200_000 * WAD as u128;
    const BONUS_WAD: u128 = RISK_DATA.liquidation_bonus_wad;
    const NOW_S: u64 = RISK_DATA.last_update_s + 3_600;

    fn ltv(figures: &RiskData, confidence_wad: u128) -> Result<u128, SmartLtvError> {
        smart_ltv_wad(figures, CAP, BONUS_WAD, confidence_wad, NOW_S)
    }

    /// `testLTVCalculationExact` of the contract's own tests.
    #[test]
    fn contract_vector_is_reproduced() {
        let ltv = ltv(&RISK_DATA, 3 * u128::from(WAD)).unwrap();
        assert!(ltv.abs_diff(824_446_570_000_000_000) < 10_000_000_000, "{ltv}");
    }

    /// `testLTVCalculationMaxMantissa`: a volatility of 999 % gives zero.
    #[test]
    fn extreme_volatility_gives_zero_ltv() {
        let figures = RiskData { volatility_wad: 9_990_000_000_000_000_000, ..RISK_DATA };
        assert_eq!(ltv(&figures, 49 * u128::from(WAD) / 10), Ok(0));
        assert_eq!(
            smart_ltv_wad(
                &figures,
                RISK_DATA.liquidity,
                BONUS_WAD,
                49 * u128::from(WAD) / 10,
                NOW_S
            ),
            Ok(0)
        );
    }

    #[test]
    fn integer_and_float_ltv_agree() {
        for step in 1..200_u64 {
            let volatility_wad = u128::from(step) * u128::from(WAD) / 400;
            let integer = ltv(&RiskData { volatility_wad, ..RISK_DATA }, u128::from(WAD)).unwrap();
            let float = SmartLtv {
                volatility: step as f64 / 400.0,
                liquidity: 1e6,
                debt: 2e5,
                liquidation_bonus: 0.05,
            };
            assert!((integer as f64 / 1e18 - float.ltv(1.0)).abs() < 1e-9, "{step}");
        }
    }

    #[test]
    fn contract_reverts_are_errors() {
        let late =
            smart_ltv_wad(&RISK_DATA, CAP, BONUS_WAD, 1, RISK_DATA.last_update_s + DAY_S + 1);
        assert!(matches!(late, Err(SmartLtvError::Timeout { .. })));
        let on_time = smart_ltv_wad(&RISK_DATA, CAP, BONUS_WAD, 1, RISK_DATA.last_update_s + DAY_S);
        assert!(on_time.is_ok());
        let bonus = smart_ltv_wad(&RISK_DATA, CAP, BONUS_WAD - 1, 1, NOW_S);
        assert!(matches!(bonus, Err(SmartLtvError::WrongLiquidationBonus { .. })));
        let cap = smart_ltv_wad(&RISK_DATA, 0, BONUS_WAD, 1, NOW_S);
        assert_eq!(cap, Err(SmartLtvError::Zero { quantity: "debt_cap" }));
        let dry = ltv(&RiskData { liquidity: 0, ..RISK_DATA }, 1);
        assert_eq!(dry, Err(SmartLtvError::Zero { quantity: "liquidity" }));
        let huge = RiskData { volatility_wad: u128::MAX, ..RISK_DATA };
        assert_eq!(ltv(&huge, u128::MAX), Ok(0));
    }
}
