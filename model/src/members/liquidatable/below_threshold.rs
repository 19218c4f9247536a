//! The curve of a position that is liquidatable now.

use serde::{Deserialize, Serialize};

use super::liquidator_response::{LiquidatorResponse, ResponsePrior, Taken};
use crate::input::grid::edges_days;
use crate::members::pooled::curve::LiquidationCurve;
use crate::units::HOURS_PER_DAY;

/// Scale of the time to liquidation, hours.
const SCALE_HOURS: f64 = 0.3;
/// Scale of the time to liquidation of stuck positions, hours.
const STUCK_SCALE_HOURS: f64 = 2.0;
/// Prior mean of the shape of stuck positions, and the number of positions that it counts as.
const STUCK_SHAPE_PRIOR: (f64, f64) = (0.15, 2.0);
/// Prior of who is taken within an hour: at break-even one in five, and at a profit of twenty times
/// the cost of gas nineteen in twenty.
const FIRST_HOUR_PRIOR: ResponsePrior = ResponsePrior { intercept: (-1.5, 4.0), slope: (1.5, 4.0) };
/// Highest probability of the first hour: no position is certain to be taken.
const MAX_FIRST_HOUR: f64 = 0.999;

/// How fast liquidatable positions are taken.
///
/// The time to liquidation is Lomax distributed: an exponential time whose rate differs between
/// positions by a gamma distribution (Lomax 1954), with the survival `(s / (s + h))^a`. The shape
/// `a` is that at which the first hour has its probability, which depends on what a liquidator
/// earns. Stuck positions, which liquidators passed over for `n` hours, have the survival
/// `((s + n) / (s + n + h))^a` with a shape of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BelowThreshold {
    first_hour: LiquidatorResponse,
    stuck_shape: f64,
}

/// The time after a landmark until a liquidation, or until the end of the follow-up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeBelow {
    /// Hours below the threshold before the landmark.
    pub(crate) hours_below: f64,
    pub(crate) hours: f64,
    pub(crate) is_liquidated: bool,
    pub(crate) weight: f64,
}

impl BelowThreshold {
    /// Fits the first hour to positions below the threshold, and the shape to stuck ones.
    pub(crate) fn fit(first_hours: &[Taken], stuck: &[TimeBelow]) -> Self {
        Self {
            first_hour: LiquidatorResponse::fit(first_hours, &FIRST_HOUR_PRIOR),
            stuck_shape: fit_shape(stuck, STUCK_SCALE_HOURS, STUCK_SHAPE_PRIOR),
        }
    }

    /// The least curve of a liquidatable position with this margin that a liquidator would take.
    pub(crate) fn curve(&self, margin: f64) -> LiquidationCurve {
        let first_hour = self.first_hour.probability(margin).min(MAX_FIRST_HOUR);
        let shape = -(-first_hour).ln_1p() / (1.0 / SCALE_HOURS).ln_1p();
        lomax(SCALE_HOURS, 0.0, shape)
    }

    /// The highest curve of a stuck position.
    pub(crate) fn stuck_curve(&self, hours_below: f64) -> LiquidationCurve {
        lomax(STUCK_SCALE_HOURS, hours_below, self.stuck_shape)
    }
}

fn lomax(scale_hours: f64, hours_below: f64, shape: f64) -> LiquidationCurve {
    let from = scale_hours + hours_below;
    let edges = edges_days();
    std::array::from_fn(|k| 1.0 - (from / (from + edges[k + 1] * HOURS_PER_DAY)).powf(shape))
}

/// The posterior mean of the shape with a gamma prior, which is conjugate.
fn fit_shape(times: &[TimeBelow], scale_hours: f64, (mean, count): (f64, f64)) -> f64 {
    let exposure = |time: &TimeBelow| {
        let from = scale_hours + time.hours_below;
        time.weight * ((from + time.hours) / from).ln()
    };
    let events: f64 = times.iter().filter(|t| t.is_liquidated).map(|t| t.weight).sum();
    (events + count) / (times.iter().map(exposure).sum::<f64>() + count / mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::grid::INTERVALS;

    #[test]
    fn the_shape_of_lomax_times_is_recovered() {
        let (shape, from) = (0.7, STUCK_SCALE_HOURS + 5.0);
        let time = |n: u32| {
            let u = (f64::from(n) + 0.5) / 4_000.0;
            let hours = from * (u.powf(-1.0 / shape) - 1.0);
            let (hours, is_liquidated) = if hours < 720.0 { (hours, true) } else { (720.0, false) };
            TimeBelow { hours_below: 5.0, hours, is_liquidated, weight: 1.0 }
        };
        let times: Vec<TimeBelow> = (0..4_000).map(time).collect();
        let fitted = fit_shape(&times, STUCK_SCALE_HOURS, STUCK_SHAPE_PRIOR);
        assert!((fitted / shape - 1.0).abs() < 0.02);
    }

    #[test]
    fn the_first_hour_has_its_probability_and_rises_with_the_margin() {
        let model = BelowThreshold::fit(&[], &[]);
        let mut before = [0.0; INTERVALS];
        for margin in [-8.0, -2.0, 0.0, 1.0, 3.0, 9.0] {
            let curve = model.curve(margin);
            let first_hour = model.first_hour.probability(margin).min(MAX_FIRST_HOUR);
            assert!((curve[0] - first_hour).abs() < 1e-9 && curve.is_sorted());
            assert!(curve.iter().zip(before).all(|(p, before)| *p > before));
            before = curve;
        }
        assert!(model.curve(3.0)[0] > 0.9 && model.curve(-3.0)[0] < 0.01);
    }

    #[test]
    fn a_position_passed_over_for_long_is_taken_later() {
        let model = BelowThreshold::fit(&[], &[]);
        let (day, month) = (model.stuck_curve(24.0), model.stuck_curve(720.0));
        assert!(day.is_sorted() && month.is_sorted());
        assert!(day.iter().zip(month).all(|(day, month)| *day > month));
    }
}
