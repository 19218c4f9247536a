//! Interest up to a second, in the contracts' own integers.
//!
//! Source: `MathUtils` and `WadRayMath` of `aave/aave-v3-core` 1.19.3 and of
//! `aave-dao/aave-v3-origin` 3.6.0.

use alloy_primitives::U256;

use crate::chain::adapter::aave_v3::{RAY, Rounding};

const SECONDS_PER_YEAR: u64 = 365 * 86_400;

/// `ReserveLogic.getNormalizedIncome`: the index grows by the line.
pub(super) fn income(index: U256, rate: U256, elapsed_s: u64) -> U256 {
    let grown = RAY + rate * U256::from(elapsed_s) / year();
    ray_mul(grown, index)
}

/// `ReserveLogic.getNormalizedDebt`: the index grows by three terms of the compound's series.
pub(super) fn debt(index: U256, rate: U256, elapsed_s: u64, rounding: Rounding) -> U256 {
    let grown = match rounding {
        Rounding::HalfUp => binomial(rate, elapsed_s),
        Rounding::Directed => exponential(rate, elapsed_s),
    };
    ray_mul(grown, index)
}

/// `MathUtils.calculateCompoundedInterest` up to release 3.4.
fn binomial(rate: U256, elapsed_s: u64) -> U256 {
    if elapsed_s == 0 {
        return RAY;
    }
    let [n, one_less, two_less] =
        [elapsed_s, elapsed_s - 1, elapsed_s.saturating_sub(2)].map(U256::from);
    let squared = ray_mul(rate, rate) / (year() * year());
    let cubed = ray_mul(squared, rate) / year();
    let second = n * one_less * squared / U256::from(2);
    let third = n * one_less * two_less * cubed / U256::from(6);
    RAY + rate * n / year() + second + third
}

/// `MathUtils.calculateCompoundedInterest` from release 3.5 on.
fn exponential(rate: U256, elapsed_s: u64) -> U256 {
    let x = rate * U256::from(elapsed_s) / year();
    RAY + x + ray_mul(x, x / U256::from(2) + ray_mul(x, x / U256::from(6)))
}

fn ray_mul(a: U256, b: U256) -> U256 {
    (a * b + RAY / U256::from(2)) / RAY
}

fn year() -> U256 {
    U256::from(SECONDS_PER_YEAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_at_ten_per_cent_compounds_to_the_third_term() {
        let rate = RAY / U256::from(10);
        let expected = 1.0 + 0.1 + 0.005 + 0.001 / 6.0;
        // The older releases keep two digits of the rate's cube a second.
        for (rounding, tolerance) in [(Rounding::HalfUp, 1e-5), (Rounding::Directed, 1e-12)] {
            let grown = debt(RAY, rate, SECONDS_PER_YEAR, rounding);
            assert!((f64::from(grown) / 1e27 - expected).abs() < tolerance, "{rounding:?}");
        }
        assert_eq!(income(RAY, rate, SECONDS_PER_YEAR), RAY + rate);
        assert_eq!(debt(RAY, rate, 0, Rounding::HalfUp), RAY);
    }
}
