//! Fit of an impact curve to quotes.

use super::curve::ImpactCurve;
use crate::error::{LendingError, check_positive, check_range};
use crate::market_depth::nelder_mead::minimise;

/// A quoted price impact of a sale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImpactQuote {
    /// Size of the sale.
    pub size: f64,
    /// Fraction by which its average price lies below that of a small one.
    pub impact: f64,
}

/// Impacts below this are dominated by price changes between quotes.
const NOISE: f64 = 5e-4;
/// Maximum number of steps of each search.
const STEPS: usize = 300;
/// Starting values of `a` and `g`.
const STARTS: [(f64, f64); 4] = [(1.0, 0.5), (4.0, 0.5), (12.0, 0.5), (4.0, 0.9)];
/// Bounds of `a` and `k`, beyond which quotes do not identify them.
const AMPLIFICATIONS: (f64, f64) = (0.25, 50.0);
const COEFFICIENTS: (f64, f64) = (1e-9, 10.0);
const EXPONENTS: (f64, f64) = (0.05, 1.0);

impl ImpactCurve {
    /// The curve with the least mean error of the logarithm of the impact plus .0005, so that small
    /// and large impacts have equal weight, noise has little weight and the fit is robust to
    /// outliers.
    ///
    /// # Errors
    /// [`LendingError`] for a size that is not positive, an impact outside 0 to 1, and for fewer
    /// than five quotes.
    pub fn fit(quotes: &[ImpactQuote]) -> Result<Self, LendingError> {
        check_range("number of quotes", quotes.len() as f64, 5.0, f64::MAX)?;
        for quote in quotes {
            check_positive("size", quote.size)?;
            check_range("impact", quote.impact, 0.0, 1.0)?;
        }
        let depth = initial_depth(quotes);
        let search = |(amplification, exponent): (f64, f64)| {
            let start =
                CurveParameters { depth, amplification, coefficient: 0.01, exponent }.to_point();
            minimise(|point| mean_log_error(point, quotes), start, [0.7, 0.7, 1.5, 0.7], STEPS)
        };
        let best = STARTS.into_iter().map(search).min_by(|a, b| a.1.total_cmp(&b.1));
        let (point, _) = best.expect("there are starts");
        let CurveParameters { depth, amplification, coefficient, exponent } =
            CurveParameters::from_point(&point);
        Self::new(depth, amplification, coefficient, exponent)
    }
}

/// The smallest size with an impact of half or more, or twice the largest size if there is none.
fn initial_depth(quotes: &[ImpactQuote]) -> f64 {
    let halved = quotes.iter().filter(|quote| quote.impact >= 0.5).map(|quote| quote.size);
    let least = halved.fold(f64::INFINITY, f64::min);
    let largest = quotes.iter().map(|quote| quote.size).fold(0.0, f64::max);
    if least.is_finite() { least } else { 2.0 * largest }
}

fn mean_log_error(point: &[f64; 4], quotes: &[ImpactQuote]) -> f64 {
    let CurveParameters { depth, amplification, coefficient, exponent } =
        CurveParameters::from_point(point);
    let curve = ImpactCurve { depth, amplification, coefficient, exponent };
    let error = |quote: &ImpactQuote| {
        ((curve.impact(quote.size) + NOISE) / (quote.impact + NOISE)).ln().abs()
    };
    quotes.iter().map(error).sum::<f64>() / quotes.len() as f64
}

/// Parameters of a curve, mapped to an unconstrained point for the search.
struct CurveParameters {
    depth: f64,
    amplification: f64,
    coefficient: f64,
    exponent: f64,
}

impl CurveParameters {
    fn to_point(&self) -> [f64; 4] {
        [
            self.depth.ln(),
            logit_between(self.amplification.ln(), log_bounds(AMPLIFICATIONS)),
            logit_between(self.coefficient.ln(), log_bounds(COEFFICIENTS)),
            logit_between(self.exponent, EXPONENTS),
        ]
    }

    fn from_point(point: &[f64; 4]) -> Self {
        Self {
            // Avoids depths of 0 and infinity.
            depth: point[0].clamp(-700.0, 700.0).exp(),
            amplification: logistic_between(point[1], log_bounds(AMPLIFICATIONS)).exp(),
            coefficient: logistic_between(point[2], log_bounds(COEFFICIENTS)).exp(),
            exponent: logistic_between(point[3], EXPONENTS),
        }
    }
}

fn log_bounds((lower, upper): (f64, f64)) -> (f64, f64) {
    (lower.ln(), upper.ln())
}

/// Maps a value between bounds to a real number by the logit function.
fn logit_between(value: f64, (lower, upper): (f64, f64)) -> f64 {
    ((value - lower) / (upper - value)).ln()
}

/// Inverse of [`logit_between`].
fn logistic_between(value: f64, (lower, upper): (f64, f64)) -> f64 {
    lower + (upper - lower) / (1.0 + (-value).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quotes(curve: &ImpactCurve) -> Vec<ImpactQuote> {
        let size = |step: i32| curve.depth() * 10_f64.powf(f64::from(step) / 10.0);
        let quote = |size| ImpactQuote { size, impact: curve.impact(size) };
        (-30..15).map(size).map(quote).collect()
    }

    #[test]
    fn a_curve_is_recovered_from_its_own_quotes() {
        for (depth, a, k, g) in
            [(1e6, 1.0, 0.02, 0.5), (3e24, 8.0, 0.01, 0.6), (50.0, 3.0, 0.1, 0.9)]
        {
            let truth = ImpactCurve::new(depth, a, k, g).unwrap();
            let found = ImpactCurve::fit(&quotes(&truth)).unwrap();
            for quote in quotes(&truth) {
                let error = (found.impact(quote.size) + NOISE) / (quote.impact + NOISE);
                assert!((error - 1.0).abs() < 0.05, "{found:?} {quote:?}");
            }
        }
    }

    #[test]
    fn outlier_barely_moves_the_curve() {
        let truth = ImpactCurve::new(1e6, 2.0, 0.02, 0.5).unwrap();
        let mut quotes = quotes(&truth);
        quotes[20].impact = 0.9;
        let found = ImpactCurve::fit(&quotes).unwrap();
        assert!((found.impact(1e5) / truth.impact(1e5) - 1.0).abs() < 0.05, "{found:?}");
    }

    #[test]
    fn invalid_quotes_are_rejected() {
        let truth = ImpactCurve::constant_product(1.0).unwrap();
        let quotes = quotes(&truth);
        assert!(ImpactCurve::fit(&quotes[..4]).is_err());
        for (size, impact) in [(0.0, 0.1), (1.0, 1.5), (1.0, f64::NAN)] {
            let mut quotes = quotes.clone();
            quotes[0] = ImpactQuote { size, impact };
            assert!(ImpactCurve::fit(&quotes).is_err());
        }
    }
}
