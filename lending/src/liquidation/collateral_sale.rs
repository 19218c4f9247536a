//! The most that a liquidator can earn by seizing collateral and selling it in a pool.

/// A point of a pool's cost of selling: the average cost of a sale of `sold_usd`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SaleCost {
    /// Value of the tokens sold, USD.
    pub sold_usd: f64,
    /// Share of it that is lost, fee and price impact included.
    pub cost: f64,
}

/// What one liquidation permits: how much debt is repaid, and how much collateral is paid for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CollateralSale {
    /// The most debt that may be repaid, USD.
    pub max_repaid_usd: f64,
    /// Collateral received by the liquidator per USD repaid, net of the protocol's share (1.05 = 5 %
    /// bonus).
    pub received_per_usd: f64,
}

impl CollateralSale {
    /// The largest profit before gas, USD, over all repayments up to the most that is permitted, if
    /// the collateral is sold at once: `max over q of g q (1 - s(g q)) - q`, `g` received per USD.
    ///
    /// `pool` has the average cost `s` of sales by rising size, the first of size 0; the cost is
    /// linear between these points, and what is sold beyond the last earns nothing. Without points a
    /// sale costs nothing. The profit is 0 or more, and never falls as `max_repaid_usd` rises.
    #[must_use]
    pub fn max_profit_usd(&self, pool: &[SaleCost]) -> f64 {
        let max_sold_usd = self.max_repaid_usd * self.received_per_usd;
        if pool.is_empty() {
            return (max_sold_usd - self.max_repaid_usd).max(0.0);
        }
        let segments = pool.windows(2).filter(|segment| segment[0].sold_usd < max_sold_usd);
        let best = segments.map(|segment| self.best_within(segment[0], segment[1], max_sold_usd));
        best.fold(0.0, f64::max)
    }

    /// The largest profit of a sale between two points: it is quadratic in the amount.
    fn best_within(&self, from: SaleCost, to: SaleCost, max_sold_usd: f64) -> f64 {
        let width_usd = to.sold_usd - from.sold_usd;
        // Two points of the same size: the pool takes no more at the second cost.
        if width_usd <= 0.0 {
            return 0.0;
        }
        let slope = (to.cost - from.cost) / width_usd;
        let margin = 1.0 - from.cost + slope * from.sold_usd - 1.0 / self.received_per_usd;
        let profit_usd = |sold_usd: f64| sold_usd * (margin - slope * sold_usd);
        let until_usd = to.sold_usd.min(max_sold_usd);
        let vertex_usd = if slope > 0.0 { margin / (2.0 * slope) } else { until_usd };
        profit_usd(vertex_usd.clamp(from.sold_usd, until_usd))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale(max_repaid_usd: f64) -> CollateralSale {
        CollateralSale { max_repaid_usd, received_per_usd: 1.05 }
    }

    fn points(points: &[(f64, f64)]) -> Vec<SaleCost> {
        points.iter().map(|&(sold_usd, cost)| SaleCost { sold_usd, cost }).collect()
    }

    #[test]
    fn without_a_pool_the_profit_is_the_bonus() {
        assert!((sale(1_000.0).max_profit_usd(&[]) - 50.0).abs() < 1e-9);
        assert_eq!(sale(0.0).max_profit_usd(&[]), 0.0);
    }

    #[test]
    fn a_small_sale_loses_the_fee_and_a_large_one_is_split() {
        let pool = points(&[(0.0, 0.01), (1e6, 0.11)]);
        // A sale of 1,050 USD costs 1 % and .0105 %.
        let expected = 1_050.0 * (1.0 - 0.010_105) - 1_000.0;
        assert!((sale(1_000.0).max_profit_usd(&pool) - expected).abs() < 1e-9);
        // Beyond the best amount the profit is constant.
        let best = sale(1e9).max_profit_usd(&pool);
        assert_eq!(best, sale(2e9).max_profit_usd(&pool));
        let grid = (0..10_000).map(|i| f64::from(i) * 100.0);
        let profit = |sold: f64| sold * (1.0 - 0.01 - 1e-7 * sold) - sold / 1.05;
        let searched = grid.map(profit).fold(0.0, f64::max);
        assert!((best / searched - 1.0).abs() < 1e-6, "{best} {searched}");
    }

    #[test]
    fn a_pool_that_costs_more_than_the_bonus_earns_nothing() {
        assert_eq!(sale(1_000.0).max_profit_usd(&points(&[(0.0, 0.05), (1e6, 0.1)])), 0.0);
        let empty = points(&[(0.0, 0.003), (0.0, 0.005), (0.0, 0.7)]);
        assert_eq!(sale(1_000.0).max_profit_usd(&empty), 0.0);
    }
}
