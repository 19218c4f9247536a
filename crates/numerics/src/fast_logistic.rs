//! A logistic function in single precision that compilers turn into vector instructions.

use std::f32::consts::LOG2_E;

/// Adding this constant rounds to an integer and leaves it in the lowest bits.
const ROUNDING_OFFSET: f32 = 12_582_912.0;
/// `ln 2` without its lowest bits, so that small multiples are exact, and the remainder.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
const EXPONENT_BIAS: u32 = 127;
const MANTISSA_BITS: u32 = 23;
/// Smaller arguments give the exponential of this one.
const MIN_ARGUMENT: f32 = -87.0;

/// `1 / (1 + exp(-x))` and one less it, both to a relative error of a few units in the seventh
/// digit, without a call or a branch; neither is below `1e-38`.
///
/// ```
/// let [p, q] = plimsoll_numerics::logistic_and_complement(20.0);
/// assert!(p == 1.0 && (q / 2.061_153_6e-9 - 1.0).abs() < 1e-6);
/// ```
#[must_use]
#[inline]
pub fn logistic_and_complement(x: f32) -> [f32; 2] {
    let small = exp_of_negative(-x.abs());
    let denominator = 1.0 / (1.0 + small);
    let (high, low) = (denominator, small * denominator);
    if x >= 0.0 { [high, low] } else { [low, high] }
}

/// `exp(x)` where `x` is at most zero: a power of two times the Taylor series of the remainder, which
/// is at most `ln 2 / 2`.
#[inline]
fn exp_of_negative(x: f32) -> f32 {
    let x = if x > MIN_ARGUMENT { x } else { MIN_ARGUMENT };
    let rounded = x * LOG2_E + ROUNDING_OFFSET;
    let integer = rounded - ROUNDING_OFFSET;
    let remainder = x - integer * LN_2_HIGH - integer * LN_2_LOW;
    let mut series = 1.0 / 5_040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        series = series * remainder + coefficient;
    }
    let exponent = rounded.to_bits().wrapping_add(EXPONENT_BIAS) << MANTISSA_BITS;
    series * f32::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logistic;

    #[test]
    fn both_match_double_precision() {
        for step in -80_000..=80_000 {
            let x = step as f32 / 1_000.0;
            let [p, q] = logistic_and_complement(x);
            for (value, exact) in [(p, logistic(f64::from(x))), (q, logistic(-f64::from(x)))] {
                assert!(
                    (f64::from(value) / exact - 1.0).abs() < 5e-7,
                    "{x}: {value} is not {exact}"
                );
            }
        }
        assert_eq!(logistic_and_complement(0.0), [0.5, 0.5]);
    }

    #[test]
    fn extremes_stay_positive_and_finite() {
        for x in [f32::NEG_INFINITY, -1e30, 1e30, f32::INFINITY] {
            let [p, q] = logistic_and_complement(x);
            assert!(p.min(q) > 0.0 && p.min(q) < 2e-38 && p.max(q) == 1.0, "{x}: {p} and {q}");
        }
    }
}
