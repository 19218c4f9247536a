//! The curve of a position that is liquidatable now.

use serde::{Deserialize, Serialize};

use crate::input::grid::{INTERVALS, edges_days};
use crate::members::pooled::curve::LiquidationCurve;
use crate::members::pooled::{PooledMember, PooledRow};
use crate::units::HOURS_PER_DAY;

/// Scale of the time to liquidation, hours.
const SCALE_HOURS: f64 = 0.3;
/// Scale of the time to liquidation of stuck positions, hours.
const STUCK_SCALE_HOURS: f64 = 2.0;
/// Prior means of the shapes, and the number of positions that they count as.
const SHAPE_PRIOR: (f64, f64) = (0.5, 4.0);
const STUCK_SHAPE_PRIOR: (f64, f64) = (0.15, 2.0);

/// Fewer liquidatable landmarks than this leave the members ignorant of them.
const MIN_LANDMARKS: usize = 50;

/// How fast liquidatable positions are taken.
///
/// With many episodes below the threshold, trees of what a liquidator earns. With fewer, the
/// members themselves, which are trained on such positions too. With next to none, the time to liquidation is Lomax distributed: an exponential time
/// whose rate differs between positions by a gamma distribution (Lomax 1954). Its survival after
/// `n` hours without liquidation is `((s + n) / (s + n + h))^a`, so a position that was passed over
/// for long is less likely to be taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BelowThreshold {
    pub(crate) trees: Option<PooledMember>,
    /// Absent where the members were trained on liquidatable positions and know them better.
    shape: Option<f64>,
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
    /// Fits the shapes to positions that are not stuck, and to stuck ones.
    pub(crate) fn fit(
        liquidatable: &[TimeBelow],
        stuck: &[TimeBelow],
        trees: Option<PooledMember>,
    ) -> Self {
        Self {
            trees,
            shape: (liquidatable.len() < MIN_LANDMARKS)
                .then(|| fit_shape(liquidatable, SCALE_HOURS, SHAPE_PRIOR)),
            stuck_shape: fit_shape(stuck, STUCK_SCALE_HOURS, STUCK_SHAPE_PRIOR),
        }
    }

    /// The least curve of a liquidatable position that a liquidator would take.
    pub(crate) fn curve(&self, row: PooledRow<'_>) -> LiquidationCurve {
        let Some(trees) = &self.trees else {
            return self.shape.map_or([0.0; INTERVALS], |shape| lomax(SCALE_HOURS, 0.0, shape));
        };
        let (mut mean, mut bags) = ([0.0; INTERVALS], 0.0);
        for curve in trees.curves(&[row]).iter().flatten() {
            mean.iter_mut().zip(curve).for_each(|(mean, p)| *mean += p);
            bags += 1.0;
        }
        mean.map(|sum| sum / bags)
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

    #[test]
    fn the_shape_of_lomax_times_is_recovered() {
        let (shape, from) = (0.7, SCALE_HOURS + 5.0);
        let time = |n: u32| {
            let u = (f64::from(n) + 0.5) / 4_000.0;
            let hours = from * (u.powf(-1.0 / shape) - 1.0);
            let (hours, is_liquidated) = if hours < 720.0 { (hours, true) } else { (720.0, false) };
            TimeBelow { hours_below: 5.0, hours, is_liquidated, weight: 1.0 }
        };
        let times: Vec<TimeBelow> = (0..4_000).map(time).collect();
        assert!((fit_shape(&times, SCALE_HOURS, SHAPE_PRIOR) / shape - 1.0).abs() < 0.02);
    }

    #[test]
    fn a_position_passed_over_for_long_is_taken_later() {
        let model = BelowThreshold::fit(&[], &[], None);
        let (day, month) = (model.stuck_curve(24.0), model.stuck_curve(720.0));
        assert!(day.is_sorted() && month.is_sorted());
        assert!(day.iter().zip(month).all(|(day, month)| *day > month));
    }
}
