//! Interest by index: a balance is a scaled balance times a growing index.

/// Seconds in the 365-day year of Aave, Compound and Maker.
pub const SECONDS_PER_YEAR: f64 = 31_536_000.0;

/// Scaled balance of an amount, `amount / index`, in the units of the amount.
#[must_use]
pub fn scaled_balance(amount: f64, index: f64) -> f64 {
    amount / index
}

/// Amount of a scaled balance, `scaled * index`, in the units of the balance.
#[must_use]
pub fn balance(scaled: f64, index: f64) -> f64 {
    scaled * index
}

/// Growth of an index by simple interest, `1 + rate dt / year`.
///
/// This is Aave's `MathUtils.calculateLinearInterest`, with which supply accrues between updates.
#[must_use]
pub fn linear_growth(annual_rate: f64, elapsed_s: i64) -> f64 {
    1.0 + annual_rate * years(elapsed_s)
}

/// Growth of an index by interest compounded every second, `(1 + rate)^(dt / year)`.
///
/// The rate is the effective annual rate. Maker's `jug` computes `duty^dt` with
/// `duty = (1 + rate)^(1 / year)`.
#[must_use]
pub fn compounded_growth(annual_rate: f64, elapsed_s: i64) -> f64 {
    (annual_rate.ln_1p() * years(elapsed_s)).exp()
}

/// Effective annual rate of a nominal one compounded every second, `(1 + rate / year)^year - 1`.
///
/// Aave quotes nominal rates (`currentVariableBorrowRate`), Maker effective ones.
#[must_use]
pub fn effective_annual_rate(nominal_annual_rate: f64) -> f64 {
    ((nominal_annual_rate / SECONDS_PER_YEAR).ln_1p() * SECONDS_PER_YEAR).exp_m1()
}

pub(crate) fn years(elapsed_s: i64) -> f64 {
    elapsed_s as f64 / SECONDS_PER_YEAR
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_S: i64 = 31_536_000;

    #[test]
    fn a_year_grows_by_the_rate() {
        assert!((compounded_growth(0.055, YEAR_S) - 1.055).abs() < 1e-15);
        assert!((linear_growth(0.055, YEAR_S) - 1.055).abs() < 1e-15);
        assert_eq!(compounded_growth(0.055, 0), 1.0);
    }

    // Maker's ETH-A `duty` for a stability fee of 5.5 % is 1.000000001697766583380253701 a second.
    #[test]
    fn a_second_grows_by_makers_duty() {
        assert!((compounded_growth(0.055, 1) - 1.000_000_001_697_766_5).abs() < 3e-16);
    }

    #[test]
    fn a_nominal_rate_compounds_to_nearly_its_exponential() {
        assert!((effective_annual_rate(0.05) - 0.05_f64.exp_m1()).abs() < 1e-10);
        let day = compounded_growth(effective_annual_rate(0.05), 86_400);
        assert!((day - (1.0 + 0.05 / SECONDS_PER_YEAR).powi(86_400)).abs() < 1e-11);
    }

    #[test]
    fn scaled_balance_is_inverted_by_balance() {
        assert_eq!(balance(scaled_balance(105.0, 1.05), 1.05), 105.0);
    }
}
