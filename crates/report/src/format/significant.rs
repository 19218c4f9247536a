//! Rounding to significant digits.

/// Significant digits of a rounded amount.
const SIGNIFICANT_DIGITS: i32 = 3;

/// The smallest amount of three significant digits that is not smaller.
#[must_use]
pub fn round_up_significant(amount: f64) -> f64 {
    let decimals = decimal_places(amount);
    // An amount that already has three digits, up to rounding errors, stays.
    let scaled = amount * 10_f64.powi(decimals);
    let nearest = scaled.round();
    let rounded = if (scaled - nearest).abs() < 1e-9 * scaled { nearest } else { scaled.ceil() };
    shift_down(rounded, decimals)
}

/// The next larger amount of three significant digits.
#[must_use]
pub fn next_significant(amount: f64) -> f64 {
    let decimals = decimal_places(amount);
    shift_down((amount * 10_f64.powi(decimals)).round() + 1.0, decimals)
}

fn decimal_places(amount: f64) -> i32 {
    SIGNIFICANT_DIGITS - 1 - amount.log10().floor() as i32
}

/// Divides by a power of ten: a quotient of integers is the float nearest to the decimal.
fn shift_down(whole: f64, decimals: i32) -> f64 {
    let power = 10_f64.powi(decimals.abs());
    if decimals < 0 { whole * power } else { whole / power }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_up_to_three_significant_digits() {
        for (exact, rounded) in [
            (1_239.01, 1_240.0),
            (0.609_1, 0.61),
            (1_240.0, 1_240.0),
            (0.001_234_5, 0.001_24),
            (999.1, 1_000.0),
            (7.0, 7.0),
            (123_456_789.0, 124_000_000.0),
        ] {
            assert_eq!(round_up_significant(exact), rounded);
        }
        let next = [0.61, 1_240.0, 999.0].map(next_significant);
        assert_eq!(next, [0.611, 1_250.0, 1_000.0]);
    }
}
