//! The cost of selling a collateral at once, by size.

use serde::{Deserialize, Serialize};

/// Loss, as a share of a sale's value, at which the market depth is measured.
const DEPTH_COST: f64 = 0.10;

/// Cost of a sale as a function of its size.
#[derive(Debug, Clone, PartialEq)]
pub enum DepthCurve {
    /// Sizes, USD ascending from above 0, and the share of its value that each sale would lose.
    Measured(Vec<(f64, f64)>),
    /// A pool of constant product that loses 10 % of a sale of this size, USD.
    Assumed(f64),
}

/// Source of a depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepthSource {
    /// Measured in on-chain pools.
    Pools,
    /// Assumed by the policy, because no pool is known.
    Policy,
}

impl DepthCurve {
    /// The source of this depth.
    #[must_use]
    pub const fn source(&self) -> DepthSource {
        match self {
            Self::Measured(_) => DepthSource::Pools,
            Self::Assumed(_) => DepthSource::Policy,
        }
    }

    /// Share of its value that a sale of this size would lose, fees included. The part beyond the
    /// largest measured size yields nothing.
    #[must_use]
    pub fn cost(&self, sale_usd: f64) -> f64 {
        match self {
            Self::Assumed(depth_usd) => sale_usd / (sale_usd + pool_reserve_usd(*depth_usd)),
            Self::Measured(points) => {
                let next = points.partition_point(|(size_usd, _)| *size_usd < sale_usd);
                match (next.checked_sub(1).map(|last| points[last]), points.get(next)) {
                    (None, None) => 1.0,
                    (None, Some(first)) => first.1,
                    (Some(last), None) => 1.0 - (1.0 - last.1) * last.0 / sale_usd,
                    (Some(last), Some(next)) => interpolate(last, *next, sale_usd),
                }
            }
        }
    }

    /// The largest sale, USD, that loses at most this share of its value.
    #[must_use]
    pub fn max_sale_usd(&self, cost: f64) -> f64 {
        match self {
            Self::Assumed(depth_usd) => pool_reserve_usd(*depth_usd) * cost / (1.0 - cost),
            Self::Measured(points) => {
                let above = points.partition_point(|(_, loss)| *loss <= cost);
                match (above.checked_sub(1).map(|last| points[last]), points.get(above)) {
                    (None, _) => 0.0,
                    (Some(last), None) => last.0 * (1.0 - last.1) / (1.0 - cost),
                    (Some((size, loss)), Some(next)) => {
                        interpolate((loss, size), (next.1, next.0), cost)
                    }
                }
            }
        }
    }

    /// The sale, USD, that loses 10 % of its value.
    #[must_use]
    pub fn depth_usd(&self) -> f64 {
        self.max_sale_usd(DEPTH_COST)
    }
}

/// In a constant-product pool with reserve `y` on the other side, selling `q` loses `q / (q + y)`.
fn pool_reserve_usd(depth_usd: f64) -> f64 {
    depth_usd * (1.0 - DEPTH_COST) / DEPTH_COST
}

fn interpolate((x0, y0): (f64, f64), (x1, y1): (f64, f64), x: f64) -> f64 {
    if x1 > x0 { y0 + (y1 - y0) * (x - x0) / (x1 - x0) } else { y1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assumed_pool_loses_ten_percent_at_its_depth() {
        let curve = DepthCurve::Assumed(9e6);
        assert!((curve.cost(9e6) - 0.1).abs() < 1e-15 && curve.cost(0.0) == 0.0);
        assert!((curve.depth_usd() - 9e6).abs() < 1e-6);
        assert!((curve.max_sale_usd(curve.cost(3e6)) - 3e6).abs() < 1e-6);
    }

    #[test]
    fn measured_curve_is_interpolated() {
        let curve = DepthCurve::Measured(vec![(1e3, 0.003), (1e5, 0.02), (1e6, 0.2)]);
        assert_eq!((curve.cost(10.0), curve.cost(1e5)), (0.003, 0.02));
        assert!((curve.cost(5.5e5) - 0.11).abs() < 1e-12);
        assert!((curve.max_sale_usd(0.11) - 5.5e5).abs() < 1e-6);
        assert!((curve.cost(2e6) - 0.6).abs() < 1e-12, "the second million for nothing");
        assert!((curve.max_sale_usd(0.6) - 2e6).abs() < 1e-6);
        assert_eq!(curve.max_sale_usd(0.001), 0.0);
        assert_eq!(DepthCurve::Measured(Vec::new()).cost(1.0), 1.0);
    }
}
