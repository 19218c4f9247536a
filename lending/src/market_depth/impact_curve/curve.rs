//! Price impact as a function of trade size, with four parameters.

use crate::error::{LendingError, check_positive, check_range};

/// Price impact of a sale as a function of its size: with `u = size / depth`, the average price is
/// `1 / X` of that of a small sale, `X = (1 + u^a)^(1/a) + k u^g`.
///
/// The first term models exhaustion: proceeds are at most `depth` times the price of a small sale.
/// `a` is its sharpness: 1 for a constant-product pool, large for amplified pools of similar assets.
/// The second term is the impact before exhaustion; `g` near 1/2 is the square-root law of order
/// books. Impact is 0 at size 0, monotone and below 1; proceeds are monotone. Fees are not
/// included.
///
/// ```
/// use plimsoll_lending::ImpactCurve;
///
/// let pool = ImpactCurve::constant_product(1_000_000.0)?;
/// assert!((pool.impact(250_000.0) - 0.2).abs() < 1e-15);
/// assert!((pool.max_size_for_impact(0.2) - 250_000.0).abs() < 1e-6);
/// # Ok::<(), plimsoll_lending::LendingError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImpactCurve {
    pub(super) depth: f64,
    pub(super) amplification: f64,
    pub(super) coefficient: f64,
    pub(super) exponent: f64,
}

impl ImpactCurve {
    /// A curve from its `depth`, in the unit of sizes, and its `a`, `k` and `g`.
    ///
    /// # Errors
    /// [`LendingError`] unless depth and `a` are positive, `k` is not negative and `g` lies in
    /// 0 to 1, beyond which proceeds would fall.
    pub fn new(
        depth: f64,
        amplification: f64,
        coefficient: f64,
        exponent: f64,
    ) -> Result<Self, LendingError> {
        check_positive("depth", depth)?;
        check_positive("amplification", amplification)?;
        check_range("coefficient", coefficient, 0.0, f64::MAX)?;
        check_range("exponent", exponent, f64::MIN_POSITIVE, 1.0)?;
        Ok(Self { depth, amplification, coefficient, exponent })
    }

    /// The curve of a constant-product pool with a reserve of `depth` of the sold asset.
    ///
    /// # Errors
    /// [`LendingError::NotPositive`] for the depth.
    pub fn constant_product(depth: f64) -> Result<Self, LendingError> {
        Self::new(depth, 1.0, 0.0, 1.0)
    }

    /// Supremum of the proceeds, in the unit of sizes at the price of a small sale.
    #[must_use]
    pub const fn depth(&self) -> f64 {
        self.depth
    }

    /// Sharpness of the exhaustion (`a`).
    #[must_use]
    pub const fn amplification(&self) -> f64 {
        self.amplification
    }

    /// Coefficient of the impact before exhaustion (`k`).
    #[must_use]
    pub const fn coefficient(&self) -> f64 {
        self.coefficient
    }

    /// Exponent of the impact before exhaustion (`g`).
    #[must_use]
    pub const fn exponent(&self) -> f64 {
        self.exponent
    }

    /// Fraction by which the average price of a sale lies below that of a small one; 0 for a size
    /// that is not positive.
    #[must_use]
    pub fn impact(&self, size: f64) -> f64 {
        if size > 0.0 { impact_from_excess(self.excess(size / self.depth)) } else { 0.0 }
    }

    /// Proceeds of a sale, in the unit of sizes at the price of a small sale.
    #[must_use]
    pub fn proceeds(&self, size: f64) -> f64 {
        if size > 0.0 { size / (1.0 + self.excess(size / self.depth)) } else { 0.0 }
    }

    /// Fraction by which the marginal price has fallen after a sale, the argument of
    /// [`liquidity_penalty`](crate::liquidity_penalty).
    #[must_use]
    pub fn price_fall(&self, size: f64) -> f64 {
        if size > 0.0 {
            let u = size / self.depth;
            let excess = self.excess(u);
            let x = 1.0 + excess;
            // The marginal price is the slope of the proceeds, (X - u X') / X^2.
            let further = self.slope(u) / x / x;
            impact_from_excess(excess) + if further.is_nan() { 0.0 } else { further }
        } else {
            0.0
        }
    }

    /// Largest size with an [`impact`](Self::impact) of at most the fraction given: 0 up to an impact
    /// of 0, infinite from an impact of 1.
    #[must_use]
    pub fn max_size_for_impact(&self, impact: f64) -> f64 {
        if impact.is_nan() || impact <= 0.0 {
            return 0.0;
        }
        if impact >= 1.0 {
            return f64::INFINITY;
        }
        let allowed = impact / (1.0 - impact);
        // Bisection over bit patterns: positive floats have the order of their bits, and u is at most X.
        let (mut fits, mut exceeds) = (0, (2.0 / (1.0 - impact)).to_bits());
        while exceeds - fits > 1 {
            let middle = fits + (exceeds - fits) / 2;
            if self.excess(f64::from_bits(middle)) <= allowed {
                fits = middle
            } else {
                exceeds = middle
            }
        }
        self.depth * f64::from_bits(fits)
    }

    /// `X - 1`, without cancellation where it is small.
    fn excess(&self, u: f64) -> f64 {
        self.log_exhaustion(u).exp_m1() + self.coefficient * u.powf(self.exponent)
    }

    /// `u X'`.
    fn slope(&self, u: f64) -> f64 {
        let beyond = u.powf(self.amplification);
        let share = impact_from_excess(beyond);
        let on_the_way = self.exponent * self.coefficient * u.powf(self.exponent);
        self.log_exhaustion(u).exp() * share + on_the_way
    }

    /// `ln (1 + u^a)^(1/a)`, which is `ln u` where `u^a` overflows.
    fn log_exhaustion(&self, u: f64) -> f64 {
        let beyond = u.powf(self.amplification);
        if beyond.is_finite() { beyond.ln_1p() / self.amplification } else { u.ln() }
    }
}

fn impact_from_excess(excess: f64) -> f64 {
    if excess.is_finite() { excess / (1.0 + excess) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_product_marginal_price_falls_twice_as_far_as_the_average() {
        let pool = ImpactCurve::constant_product(1_000.0).unwrap();
        assert!((pool.impact(1_000.0) - 0.5).abs() < 1e-15);
        assert!((pool.price_fall(1_000.0) - 0.75).abs() < 1e-15);
        assert!((pool.proceeds(3_000.0) - 750.0).abs() < 1e-12);
    }

    #[test]
    fn impact_is_zero_at_nothing_and_one_at_infinity() {
        let curve = ImpactCurve::new(1_000.0, 8.0, 0.01, 0.5).unwrap();
        for nothing in [0.0, -1.0, f64::NAN] {
            assert_eq!(curve.impact(nothing), 0.0);
            assert_eq!(curve.proceeds(nothing), 0.0);
            assert_eq!(curve.price_fall(nothing), 0.0);
            assert_eq!(curve.max_size_for_impact(nothing), 0.0);
        }
        assert_eq!(curve.impact(f64::INFINITY), 1.0);
        assert_eq!(curve.max_size_for_impact(1.0), f64::INFINITY);
        assert!((curve.impact(1e300) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn invalid_parameters_are_rejected() {
        for (depth, a, k, g) in [
            (0.0, 1.0, 0.0, 1.0),
            (1.0, 0.0, 0.0, 1.0),
            (1.0, 1.0, -1.0, 1.0),
            (1.0, 1.0, 0.0, 1.1),
        ] {
            assert!(ImpactCurve::new(depth, a, k, g).is_err());
        }
    }
}
