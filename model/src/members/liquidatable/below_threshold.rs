//! The curve of a position that is liquidatable now, or will be in a moment.

use plimsoll_lake::Horizon;
use plimsoll_numerics::logistic;
use serde::{Deserialize, Serialize};

use super::monotone_response::{MonotoneResponse, ResponsePrior, Taken};
use crate::input::grid::{INTERVALS, LN_EDGES_HOURS, edges_days, horizon_column};
use crate::members::pooled::curve::LiquidationCurve;
use crate::units::HOURS_PER_DAY;

/// Scale of the time to liquidation of stuck positions, hours.
const STUCK_SCALE_HOURS: f64 = 2.0;
/// Prior mean of the shape of stuck positions, and the number of positions that it counts as.
const STUCK_SHAPE_PRIOR: (f64, f64) = (0.15, 2.0);
/// Prior of who is taken within an hour: at break-even one in five, and at a profit of twenty times
/// the cost of gas nineteen in twenty.
const FIRST_HOUR_PRIOR: ResponsePrior =
    ResponsePrior { intercept: (-1.5, 4.0), slope: (1.5, 4.0), min_slope: 0.0 };
/// Prior of who is taken within a day: at break-even four in ten.
const FIRST_DAY_PRIOR: ResponsePrior =
    ResponsePrior { intercept: (-0.4, 4.0), slope: (1.5, 4.0), min_slope: 0.0 };
/// Prior of who has just fallen below the threshold, among positions below it.
const FRESH_PRIOR: ResponsePrior =
    ResponsePrior { intercept: (0.0, 1.0), slope: (1.0, 1.0), min_slope: 0.0 };
/// Prior of who is liquidated among positions whose price falls to the threshold within a day: at the
/// threshold four in five, and with a distance of 2 % less than half. Who is nearer has less time.
const CROSSED_PRIOR: ResponsePrior =
    ResponsePrior { intercept: (1.5, 4.0), slope: (1.0, 4.0), min_slope: 0.0 };
/// The distance from the threshold is measured in percent of the health factor.
const PERCENT: f64 = 100.0;
/// Distance from the threshold, percent, from which the members have positions enough to learn from;
/// within the last percent before it both are blended.
pub(crate) const MEMBERS_FROM: f64 = 3.0;
/// The edge at 24 hours.
const DAY_EDGE: usize = horizon_column(Horizon::Hours24);
/// Highest probability: no position is certain to be taken.
const MAX_TAKEN: f64 = 0.999;

/// How fast liquidatable positions are taken.
///
/// A position that has just fallen below is taken within an hour and within a day with probabilities
/// that depend on what a liquidator earns; between them the cumulative hazard is linear in the
/// logarithm of time. What is below at a landmark was often left over, since the others are gone:
/// the members, which are trained on landmarks, know those. So both are mixed by the share that is
/// fresh among the positions below with as large a profit.
/// Stuck positions, which liquidators passed over for `n` hours, are taken after a Lomax distributed
/// time (Lomax 1954), an exponential one whose rate differs between positions by a gamma
/// distribution: its survival is `((s + n) / (s + n + h))^a`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BelowThreshold {
    first_hour: MonotoneResponse,
    first_day: MonotoneResponse,
    fresh: MonotoneResponse,
    crossed: MonotoneResponse,
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
    /// Fits the first hour and the first day to positions that fell below the threshold, who is fresh
    /// to those that were taken within an hour (1) or left over (0), who is liquidated to
    /// positions whose price fell to the threshold within a day (see [`Self::nearness`]), and the
    /// shape to stuck ones.
    pub(crate) fn fit(
        [first_hours, first_days]: [&[Taken]; 2],
        fresh: &[Taken],
        crossed: &[Taken],
        stuck: &[TimeBelow],
    ) -> Self {
        Self {
            first_hour: MonotoneResponse::fit(first_hours, &FIRST_HOUR_PRIOR),
            first_day: MonotoneResponse::fit(first_days, &FIRST_DAY_PRIOR),
            fresh: MonotoneResponse::fit(fresh, &FRESH_PRIOR),
            crossed: MonotoneResponse::fit(crossed, &CROSSED_PRIOR),
            stuck_shape: fit_shape(stuck, STUCK_SCALE_HOURS, STUCK_SHAPE_PRIOR),
        }
    }

    /// The curve of a liquidatable position with this margin, if a liquidator would take it: at least
    /// that of the members.
    pub(crate) fn curve(&self, margin: f64, members: &LiquidationCurve) -> LiquidationCurve {
        // Without a margin, nothing is known besides what the members know.
        let share = if margin.is_nan() { 0.0 } else { self.fresh.probability(margin) };
        let fresh = self.fresh_curve(margin);
        std::array::from_fn(|k| members[k] + share * (fresh[k] - members[k]).max(0.0))
    }

    /// The curve of a position that has just fallen below the threshold.
    fn fresh_curve(&self, margin: f64) -> LiquidationCurve {
        let [hour, day] = [&self.first_hour, &self.first_day]
            .map(|response| -(-response.probability(margin).min(MAX_TAKEN)).ln_1p());
        let day = day.max(hour);
        std::array::from_fn(|k| {
            let edge = k.min(DAY_EDGE);
            let share = f64::from(LN_EDGES_HOURS[edge]) / f64::from(LN_EDGES_HOURS[DAY_EDGE]);
            -(-(hour + share * (day - hour))).exp_m1()
        })
    }

    /// How near a position is to the threshold: minus ln HF, percent.
    pub(crate) fn nearness(log_health: f64) -> f64 {
        -PERCENT * log_health
    }

    /// The least curve of an open position: `P(the price falls to the threshold by h) * P(liquidated |
    /// it falls)` until 24 hours. Positions within a percent of the threshold are too few for trees to
    /// set them apart, and liquidated too often to be averaged with the others.
    ///
    /// `crossing`: log odds of the first factor, by edge.
    pub(crate) fn imminent_curve(
        &self,
        margin: f64,
        log_health: f64,
        crossing: &[f32],
    ) -> LiquidationCurve {
        let first_hour = self.first_hour.probability(margin).min(MAX_TAKEN);
        if margin.is_nan() {
            return [0.0; INTERVALS];
        }
        let nearness = Self::nearness(log_health);
        let share = (MEMBERS_FROM + nearness).clamp(0.0, 1.0);
        let liquidated = share * first_hour * self.crossed.probability(nearness);
        std::array::from_fn(|k| liquidated * logistic(f64::from(crossing[k.min(DAY_EDGE)])))
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
    fn hour_and_day_have_their_probabilities_which_rise_with_the_margin() {
        let model = BelowThreshold::fit([&[], &[]], &[], &[], &[]);
        let mut before = [0.0; INTERVALS];
        for margin in [-8.0, -2.0, 0.0, 1.0, 3.0, 9.0] {
            let curve = model.fresh_curve(margin);
            let mixed = model.curve(margin, &before);
            let first_hour = model.first_hour.probability(margin).min(MAX_TAKEN);
            let first_day = model.first_day.probability(margin).min(MAX_TAKEN);
            assert!((curve[0] - first_hour).abs() < 1e-9 && curve.is_sorted());
            assert!((curve[DAY_EDGE] - first_day).abs() < 1e-9);
            assert!(curve.iter().zip(before).all(|(p, before)| *p > before));
            assert!(mixed.iter().zip(curve).all(|(mixed, fresh)| *mixed < fresh));
            before = curve;
        }
        assert_eq!(model.curve(f64::NAN, &[0.25; INTERVALS]), [0.25; INTERVALS]);
        assert!(model.fresh_curve(3.0)[0] > 0.9 && model.fresh_curve(-3.0)[0] < 0.01);
    }

    #[test]
    fn imminent_liquidations_fall_with_the_distance_and_stay_below_crossings() {
        let model = BelowThreshold::fit([&[], &[]], &[], &[], &[]);
        let crossing: [f32; INTERVALS] = std::array::from_fn(|k| 0.3 * k as f32 - 1.0);
        let near = model.imminent_curve(5.0, 1e-4, &crossing);
        let far = model.imminent_curve(5.0, 0.025, &crossing);
        assert!(near.is_sorted() && near[13] == near[DAY_EDGE]);
        for k in 0..INTERVALS {
            assert!(far[k] < 0.25 * near[k] && near[k] < logistic(f64::from(crossing[k])));
        }
        assert_eq!(model.imminent_curve(5.0, 0.031, &crossing), [0.0; INTERVALS]);
        assert!(near[0] > 0.75 * logistic(f64::from(crossing[0])));
    }

    #[test]
    fn a_position_passed_over_for_long_is_taken_later() {
        let model = BelowThreshold::fit([&[], &[]], &[], &[], &[]);
        let (day, month) = (model.stuck_curve(24.0), model.stuck_curve(720.0));
        assert!(day.is_sorted() && month.is_sorted());
        assert!(day.iter().zip(month).all(|(day, month)| *day > month));
    }
}
