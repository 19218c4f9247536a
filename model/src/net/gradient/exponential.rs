//! Exponentials and logarithms of SIMD vectors.

use std::f32::consts::LOG2_E;

use pulp::Simd;

/// Adding this constant rounds to an integer and leaves it in the lowest bits.
const ROUNDING_OFFSET: f32 = 12_582_912.0;
/// `ln 2` without its lowest bits, so that small multiples are exact, and the remainder.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// The bits of the exponent of 1, and the position of the exponent, in a float.
const EXPONENT_BIAS: u32 = 127;
const MANTISSA_BITS: u32 = 23;
/// Smaller arguments give the exponential of this one.
const MIN_ARGUMENT: f32 = -87.0;

/// `exp(x)` where `x` is at most zero, to two units in the last place.
///
/// A power of two times the Taylor series of the remainder, which is at most `ln 2 / 2`.
// No closures here: they would not be compiled for the vector width of the caller.
#[inline(always)]
pub(super) fn exp_of_negative<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let x = simd.max_f32s(x, simd.splat_f32s(MIN_ARGUMENT));
    let rounded = simd.mul_add_e_f32s(x, simd.splat_f32s(LOG2_E), simd.splat_f32s(ROUNDING_OFFSET));
    let integer = simd.sub_f32s(rounded, simd.splat_f32s(ROUNDING_OFFSET));
    let remainder = simd.mul_add_e_f32s(integer, simd.splat_f32s(-LN_2_HIGH), x);
    let remainder = simd.mul_add_e_f32s(integer, simd.splat_f32s(-LN_2_LOW), remainder);
    let mut series = simd.splat_f32s(1.0 / 5_040.0);
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        series = simd.mul_add_e_f32s(series, remainder, simd.splat_f32s(coefficient));
    }
    let exponent = simd.add_u32s(simd.transmute_u32s_f32s(rounded), simd.splat_u32s(EXPONENT_BIAS));
    let power = simd.wrapping_dyn_shl_u32s(exponent, simd.splat_u32s(MANTISSA_BITS));
    simd.mul_f32s(series, simd.transmute_f32s_u32s(power))
}

/// `ln(1 + x)` where `x` is from 0 to 1, to a few units in the seventh digit.
///
/// The series of the inverse hyperbolic tangent of `x / (2 + x)`, which is at most a third.
#[inline(always)]
pub(super) fn ln_1p_of_unit<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let t = simd.div_f32s(x, simd.add_f32s(x, simd.splat_f32s(2.0)));
    let square = simd.mul_f32s(t, t);
    let mut series = simd.splat_f32s(2.0 / 13.0);
    for coefficient in [2.0 / 11.0, 2.0 / 9.0, 2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0, 2.0] {
        series = simd.mul_add_e_f32s(series, square, simd.splat_f32s(coefficient));
    }
    simd.mul_f32s(t, series)
}

#[cfg(test)]
mod tests {
    use pulp::{Scalar, WithSimd};

    use super::*;
    use crate::net::forward::simd::dispatch_simd;

    /// Evaluates `exp(-x)` and `ln(1 + x)` on the widest vectors.
    struct ExpAndLn(f32);

    impl WithSimd for ExpAndLn {
        type Output = [f32; 2];

        fn with_simd<S: Simd>(self, simd: S) -> [f32; 2] {
            let first = |values| simd.reduce_max_f32s(values);
            let exp = exp_of_negative(simd, simd.splat_f32s(-self.0));
            [first(exp), first(ln_1p_of_unit(simd, simd.splat_f32s(self.0)))]
        }
    }

    #[test]
    fn exponentials_match_double_precision() {
        for step in 0..87_000 {
            let x = step as f32 / 1_000.0;
            let exact = (-f64::from(x)).exp();
            for [value, _] in [dispatch_simd(ExpAndLn(x)), ExpAndLn(x).with_simd(Scalar)] {
                assert!(
                    (f64::from(value) / exact - 1.0).abs() < 2.4e-7,
                    "{x}: {value}, not {exact}"
                );
            }
        }
        assert_eq!(exp_of_negative(Scalar, 0.0), 1.0);
        assert!(exp_of_negative(Scalar, f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn logarithms_match_double_precision() {
        for step in 1..=4_000 {
            let x = (step as f32 / 4_000.0).powi(4);
            let exact = f64::from(x).ln_1p();
            for [_, value] in [dispatch_simd(ExpAndLn(x)), ExpAndLn(x).with_simd(Scalar)] {
                assert!(
                    (f64::from(value) / exact - 1.0).abs() < 2.4e-7,
                    "{x}: {value} is not {exact}"
                );
            }
        }
        assert_eq!(ln_1p_of_unit(Scalar, 0.0), 0.0);
    }
}
