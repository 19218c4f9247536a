//! Interest accrual of the indexes. Source: `ReserveLogic`, `MathUtils`.

use ruint::aliases::U256;

use super::release::Release;
use crate::fixed_point::aave_v3::{RAY, ray_mul};
use crate::fixed_point::{ArithmeticError, Rounding, add, div, mul, uint};

const SECONDS_PER_YEAR: U256 = uint(31_536_000);

/// The liquidity index `elapsed_s` after its last update, from index and rate in ray:
/// `ReserveLogic.getNormalizedIncome`, with linear growth.
///
/// # Errors
/// [`ArithmeticError`] on overflow.
pub fn normalized_income(index: U256, rate: U256, elapsed_s: u64) -> Result<U256, ArithmeticError> {
    let grown = add(RAY, div(mul(rate, U256::from(elapsed_s))?, SECONDS_PER_YEAR)?)?;
    ray_mul(grown, index, Rounding::HalfUp)
}

/// The variable borrow index `elapsed_s` after its last update, from index and rate in ray:
/// `ReserveLogic.getNormalizedDebt`, with three terms of the compound interest series.
///
/// # Errors
/// [`ArithmeticError`] on overflow.
pub fn normalized_debt(
    release: Release,
    index: U256,
    rate: U256,
    elapsed_s: u64,
) -> Result<U256, ArithmeticError> {
    let grown = if release < Release::V3_4 {
        compounded_binomial(rate, elapsed_s)
    } else {
        compounded_exponential(rate, elapsed_s)
    }?;
    ray_mul(grown, index, Rounding::HalfUp)
}

/// `MathUtils.calculateCompoundedInterest` up to release 3.3.
fn compounded_binomial(rate: U256, elapsed_s: u64) -> Result<U256, ArithmeticError> {
    if elapsed_s == 0 {
        return Ok(RAY);
    }
    let [n, one_less, two_less] =
        [elapsed_s, elapsed_s - 1, elapsed_s.saturating_sub(2)].map(U256::from);
    let squared = div(ray_mul_half_up(rate, rate)?, mul(SECONDS_PER_YEAR, SECONDS_PER_YEAR)?)?;
    let cubed = div(ray_mul_half_up(squared, rate)?, SECONDS_PER_YEAR)?;
    let pairs = mul(n, one_less)?;
    let second = div(mul(pairs, squared)?, uint(2))?;
    let third = div(mul(mul(pairs, two_less)?, cubed)?, uint(6))?;
    let first = div(mul(rate, n)?, SECONDS_PER_YEAR)?;
    add(add(add(RAY, first)?, second)?, third)
}

/// `MathUtils.calculateCompoundedInterest` from release 3.4 on.
fn compounded_exponential(rate: U256, elapsed_s: u64) -> Result<U256, ArithmeticError> {
    let x = div(mul(rate, U256::from(elapsed_s))?, SECONDS_PER_YEAR)?;
    let third = ray_mul_half_up(x, div(x, uint(6))?)?;
    let higher_terms = ray_mul_half_up(x, add(div(x, uint(2))?, third)?)?;
    add(add(RAY, x)?, higher_terms)
}

fn ray_mul_half_up(a: U256, b: U256) -> Result<U256, ArithmeticError> {
    ray_mul(a, b, Rounding::HalfUp)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_S: u64 = 31_536_000;

    #[test]
    fn a_year_at_ten_per_cent_compounds_to_the_third_term() {
        let rate = RAY / uint(10);
        let expected = 1.0 + 0.1 + 0.005 + 0.001 / 6.0;
        // The older releases compute the cube of the rate per second with two digits.
        for (release, tolerance) in [(Release::V3_0, 1e-5), (Release::V3_6, 1e-12)] {
            let grown = normalized_debt(release, RAY, rate, YEAR_S).unwrap();
            assert!((f64::from(grown) / 1e27 - expected).abs() < tolerance, "{release:?}");
        }
    }

    #[test]
    fn income_grows_linearly() {
        assert_eq!(normalized_income(RAY, RAY / uint(10), YEAR_S), Ok(RAY + RAY / uint(10)));
    }

    #[test]
    fn no_time_grows_nothing() {
        for release in Release::ALL {
            assert_eq!(normalized_debt(release, RAY, RAY, 0), Ok(RAY));
        }
        assert_eq!(normalized_income(RAY, RAY, 0), Ok(RAY));
        assert_eq!(normalized_income(U256::MAX, RAY, 1), Err(ArithmeticError::Overflow));
    }
}
