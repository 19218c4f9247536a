//! The normal distribution function, accurate to the last digits in the tails.

use std::f64::consts::FRAC_1_SQRT_2;

// Coefficients, highest power first: W. J. Cody, "Rational Chebyshev approximations for the error
// function", Mathematics of Computation 23 (1969), 631-637, in the digits of his CALERF (SPECFUN).
const ERF_UP_TO: f64 = 0.46875;
const ERF_P: [f64; 5] = [
    0.18577770618460315,
    3.1611237438705655,
    113.86415415105016,
    377.485237685302,
    3209.3775891384694,
];
const ERF_Q: [f64; 5] =
    [1.0, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const MIDDLE_UP_TO: f64 = 4.0;
const MIDDLE_P: [f64; 9] = [
    2.1531153547440383e-8,
    0.5641884969886701,
    8.883149794388377,
    66.11919063714163,
    298.6351381974001,
    881.952221241769,
    1712.0476126340707,
    2051.0783778260716,
    1230.3393547979972,
];
const MIDDLE_Q: [f64; 9] = [
    1.0,
    15.744926110709835,
    117.6939508913125,
    537.1811018620099,
    1621.3895745666903,
    3290.7992357334597,
    4362.619090143247,
    3439.3676741437216,
    1230.3393548037495,
];
const TAIL_P: [f64; 6] = [
    0.016315387137302097,
    0.30532663496123236,
    0.36034489994980445,
    0.12578172611122926,
    0.016083785148742275,
    0.0006587491615298378,
];
const TAIL_Q: [f64; 6] = [
    1.0,
    2.568520192289822,
    1.8729528499234604,
    0.5279051029514285,
    0.06051834131244132,
    0.0023352049762686918,
];
const FRAC_1_SQRT_PI: f64 = 0.5641895835477563;

/// Distribution function of the standard normal, to a relative error of about 1e-15 in both tails.
///
/// From Cody's rational approximations of the error function (Mathematics of Computation 23, 1969).
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    let y = x.abs() * FRAC_1_SQRT_2;
    if y <= ERF_UP_TO {
        return 0.5 + 0.5 * erf_near_zero(x * FRAC_1_SQRT_2);
    }
    let tail = 0.5 * gaussian(x) * scaled_erfc(y);
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// `exp(-x^2 / 2)`, without the rounding error of `x^2` for large `x`.
#[must_use]
pub fn gaussian(x: f64) -> f64 {
    const ALL_UNDERFLOW_PAST: f64 = 39.0;
    const HIGH_BITS: u64 = !0x07ff_ffff;
    if x.abs() > ALL_UNDERFLOW_PAST {
        return 0.0;
    }
    // The square of the high half is exact. The rest of the exponent is below 2e-5, for which three
    // terms of the exponential are exact to the last bit.
    let high = f64::from_bits(x.to_bits() & HIGH_BITS);
    let remainder = 0.5 * (x - high) * (x + high);
    (-0.5 * high * high).exp() * (1.0 - remainder + 0.5 * remainder * remainder)
}

/// `exp(y^2) erfc(y)` for `y >= 0`, decreasing from 1 towards `1 / (y sqrt pi)`.
#[must_use]
pub fn scaled_erfc(y: f64) -> f64 {
    if y <= ERF_UP_TO {
        (1.0 - erf_near_zero(y)) * (y * y).exp()
    } else if y <= MIDDLE_UP_TO {
        polynomial(&MIDDLE_P, y) / polynomial(&MIDDLE_Q, y)
    } else {
        let t = 1.0 / (y * y);
        (FRAC_1_SQRT_PI - t * polynomial(&TAIL_P, t) / polynomial(&TAIL_Q, t)) / y
    }
}

fn erf_near_zero(y: f64) -> f64 {
    let t = y * y;
    y * polynomial(&ERF_P, t) / polynomial(&ERF_Q, t)
}

fn polynomial<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;

    // from mpmath import *; mp.dps = 50; [nstr(ncdf(mpf(x)), 17) for x in (...)], then rounded to f64
    const KNOWN: [(f64, f64); 11] = [
        (-30.0, 4.906713927148187e-198),
        (-12.5, 3.732564298877713e-36),
        (-8.25, 7.919726314642477e-17),
        (-5.0, 2.866515718791939e-07),
        (-3.0, 0.0013498980316300946),
        (-2.0, 0.02275013194817921),
        (-1.0, 0.15865525393145705),
        (-0.66, 0.25462691467133614),
        (-0.3, 0.3820885778110474),
        (0.5, 0.6914624612740131),
        (2.5, 0.9937903346742238),
    ];

    #[test]
    fn tails_are_precise_to_the_last_digits() {
        for (x, expected) in KNOWN {
            let error = (normal_cdf(x) / expected - 1.0).abs();
            assert!(error < 1.5e-15, "x {x}: relative error {error:e}");
        }
    }

    #[test]
    fn the_two_tails_sum_to_one() {
        for (x, _) in KNOWN {
            assert!((normal_cdf(x) + normal_cdf(-x) - 1.0).abs() < 4e-16);
        }
    }

    #[test]
    fn limits_are_exact() {
        assert_eq!(normal_cdf(0.0), 0.5);
        assert_eq!(normal_cdf(f64::INFINITY), 1.0);
        assert_eq!(normal_cdf(f64::NEG_INFINITY), 0.0);
        assert!(normal_cdf(f64::NAN).is_nan());
    }

    #[test]
    fn scaled_erfc_is_continuous_between_approximations() {
        for seam in [ERF_UP_TO, MIDDLE_UP_TO] {
            let above = scaled_erfc(seam * (1.0 + f64::EPSILON));
            assert!((scaled_erfc(seam) / above - 1.0).abs() < 2e-15);
        }
        assert_eq!(scaled_erfc(f64::INFINITY), 0.0);
    }
}
