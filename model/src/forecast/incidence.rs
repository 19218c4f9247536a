//! Cumulative incidences of both causes, and their rescaling to given probabilities.

use plimsoll_lake::Horizon;
use plimsoll_numerics::{logistic, logit};

use crate::input::grid::{INTERVALS, horizon_column};

/// Columns of the milestones among the edges except the first: 24 h, 7 d and 30 d. Between
/// milestones, odds are rescaled by one factor.
pub(crate) const MILESTONES: [usize; 3] = [
    horizon_column(Horizon::Hours24),
    horizon_column(Horizon::Days7),
    horizon_column(Horizon::Days30),
];

/// Cumulative incidence of liquidation and of closing by each edge except the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CumulativeIncidence {
    pub(crate) liquidated: [f64; INTERVALS],
    pub(crate) closed: [f64; INTERVALS],
}

impl CumulativeIncidence {
    /// Sums log odds of the net to incidences: liquidation by its subdistribution hazard, closing by
    /// its cause-specific one among the accounts that are still open.
    ///
    /// The two parts are estimated apart. Closings are scaled down if both add up to more than 1.
    pub(crate) fn from_log_odds(liquidated: &[f32], closed: &[f32]) -> Self {
        let mut curves = Self { liquidated: [0.0; INTERVALS], closed: [0.0; INTERVALS] };
        let (mut not_liquidated, mut closed_before) = (1.0, 0.0);
        for k in 0..INTERVALS {
            not_liquidated *= logistic(-f64::from(liquidated[k]));
            let open = f64::max(not_liquidated - closed_before, 0.0);
            closed_before += open * logistic(f64::from(closed[k]));
            (curves.liquidated[k], curves.closed[k]) = (1.0 - not_liquidated, closed_before);
        }
        let scale = f64::min(not_liquidated / closed_before, 1.0);
        curves.closed.iter_mut().for_each(|closed| *closed *= scale);
        curves
    }

    /// Log odds of liquidation and of closing by interval that correspond to these incidences.
    pub(crate) fn log_odds(&self) -> [[f32; INTERVALS]; 2] {
        let log_odds = |gain: f64, open: f64| {
            let hazard = gain / open.max(MIN_OPEN);
            logit(hazard.clamp(MIN_OPEN, 1.0 - MIN_OPEN)) as f32
        };
        let before = |curve: &[f64; INTERVALS], k: usize| if k == 0 { 0.0 } else { curve[k - 1] };
        let (l, c) = (&self.liquidated, &self.closed);
        [
            std::array::from_fn(|k| log_odds(l[k] - before(l, k), 1.0 - before(l, k))),
            std::array::from_fn(|k| log_odds(c[k] - before(c, k), 1.0 - l[k] - before(c, k))),
        ]
    }

    /// The mean of some curves, at least one.
    pub(crate) fn mean(curves: &[Self]) -> Self {
        let share = 1.0 / curves.len() as f64;
        let mean = |cause: fn(&Self) -> &[f64; INTERVALS]| {
            std::array::from_fn(|k| curves.iter().map(|curve| cause(curve)[k]).sum::<f64>() * share)
        };
        Self { liquidated: mean(|c| &c.liquidated), closed: mean(|c| &c.closed) }
    }

    /// The odds that correspond to these incidences.
    pub(crate) fn odds(&self) -> CauseOdds {
        let open = |k: usize| (1.0 - self.liquidated[k] - self.closed[k]).max(MIN_OPEN);
        let increment =
            |curve: &[f64; INTERVALS], k: usize| curve[k] - if k == 0 { 0.0 } else { curve[k - 1] };
        let odds = |curve: &[f64; INTERVALS]| {
            std::array::from_fn(|k| increment(curve, k).max(0.0) / open(k))
        };
        CauseOdds { liquidated: odds(&self.liquidated), closed: odds(&self.closed) }
    }
}

/// Odds of both causes relative to staying open, by interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CauseOdds {
    pub(crate) liquidated: [f64; INTERVALS],
    pub(crate) closed: [f64; INTERVALS],
}

/// Maximum shift of log odds, towards "never" or "certainly".
const MAX_SHIFT: f64 = 12.0;
/// Relative tolerance of a reached probability.
const TOLERANCE: f64 = 1e-6;
const MAX_STEPS: usize = 40;
/// Keeps odds finite if no account stays open.
const MIN_OPEN: f64 = 1e-12;

impl CauseOdds {
    /// Sums hazards to cumulative incidences: the probability of being still open, times the share
    /// of each cause, interval by interval.
    pub(crate) fn cumulative_incidence(&self) -> CumulativeIncidence {
        let mut open = StateOccupancy::initial();
        let mut curves =
            CumulativeIncidence { liquidated: [0.0; INTERVALS], closed: [0.0; INTERVALS] };
        for k in 0..INTERVALS {
            open.advance(self.liquidated[k], self.closed[k]);
            (curves.liquidated[k], curves.closed[k]) = (open.liquidated, open.closed);
        }
        curves
    }

    /// Multiplies the odds of liquidation between milestones by one factor, so that the incidence
    /// of liquidation at the [`MILESTONES`] equals the targets. The shape between milestones and
    /// the odds of closing are unchanged.
    ///
    /// Targets must not decrease. If a target is unreachable because closings leave too few
    /// accounts open, the curve comes as close as possible.
    pub(crate) fn rescaled_to(&self, target: [f64; MILESTONES.len()]) -> Self {
        let mut rescaled = *self;
        let (mut open, mut from) = (StateOccupancy::initial(), 0);
        for (milestone, target) in MILESTONES.into_iter().zip(target) {
            let band = from..milestone + 1;
            let after = |factor: f64| {
                let mut open = open;
                band.clone()
                    .for_each(|k| open.advance(self.liquidated[k] * factor, self.closed[k]));
                open
            };
            let target_gain = target - open.liquidated;
            let factor =
                solve_factor(target_gain, |factor| after(factor).liquidated - open.liquidated);
            band.clone().for_each(|k| rescaled.liquidated[k] *= factor);
            open = after(factor);
            from = milestone + 1;
        }
        rescaled
    }
}

/// The factor at which `gained` equals the target. `gained` increases with its argument, nearly in
/// proportion while it is small, so the secant method on logarithms converges in a few steps;
/// bisection keeps it within bounds.
fn solve_factor(target_gain: f64, gained: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (-MAX_SHIFT, MAX_SHIFT);
    if target_gain <= gained(low.exp()) {
        return low.exp();
    }
    if target_gain >= gained(high.exp()) {
        return high.exp();
    }
    let error = |shift: f64| (gained(shift.exp()) / target_gain).ln();
    let (mut before, mut shift) = (None, 0.0);
    for _ in 0..MAX_STEPS {
        let error_here = error(shift);
        if error_here.abs() < TOLERANCE {
            break;
        }
        if error_here > 0.0 {
            high = shift
        } else {
            low = shift
        }
        let slope = before.map_or(1.0, |(s, m): (f64, f64)| (error_here - m) / (shift - s));
        before = Some((shift, error_here));
        let next = shift - error_here / slope;
        let inside = next > low && next < high;
        shift = if inside { next } else { (low + high) / 2.0 };
    }
    shift.exp()
}

/// Probabilities of the three states at one time.
#[derive(Debug, Clone, Copy)]
struct StateOccupancy {
    survival: f64,
    liquidated: f64,
    closed: f64,
}

impl StateOccupancy {
    const fn initial() -> Self {
        Self { survival: 1.0, liquidated: 0.0, closed: 0.0 }
    }

    fn advance(&mut self, liquidated: f64, closed: f64) {
        let share = self.survival / (1.0 + liquidated + closed);
        self.liquidated += share * liquidated;
        self.closed += share * closed;
        self.survival = share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::grid::edges_days;

    fn rising_odds() -> CauseOdds {
        let at = |k: usize, scale: f64| scale * (1.0 + k as f64);
        CauseOdds {
            liquidated: std::array::from_fn(|k| at(k, 1e-4)),
            closed: std::array::from_fn(|k| at(k, 5e-3)),
        }
    }

    #[test]
    fn milestones_are_a_day_a_week_and_a_month() {
        assert_eq!(MILESTONES.map(|k| edges_days()[k + 1]), [1.0, 7.0, 30.0]);
    }

    #[test]
    fn curve_passes_through_targets() {
        for target in [[1e-5, 1e-3, 0.01], [0.02, 0.05, 0.2], [0.3, 0.300_1, 0.6]] {
            let curves = rising_odds().rescaled_to(target).cumulative_incidence();
            for (milestone, target) in MILESTONES.into_iter().zip(target) {
                let met = curves.liquidated[milestone];
                assert!((met / target - 1.0).abs() < 1e-4, "{met} for {target}");
            }
        }
    }

    #[test]
    fn curves_rise_and_add_up_to_at_most_one() {
        let curves = rising_odds().rescaled_to([0.4, 0.4, 0.9]).cumulative_incidence();
        assert!(curves.liquidated.is_sorted() && curves.closed.is_sorted());
        assert!(curves.liquidated[13] + curves.closed[13] <= 1.0);
    }

    #[test]
    fn own_milestones_leave_a_curve_unchanged() {
        let original = rising_odds().cumulative_incidence();
        let rescaled = rising_odds()
            .rescaled_to(MILESTONES.map(|k| original.liquidated[k]))
            .cumulative_incidence();
        let relative_differences =
            original.liquidated.iter().zip(rescaled.liquidated).map(|(a, b)| (a / b - 1.0).abs());
        assert!(relative_differences.fold(0.0, f64::max) < 1e-4);
    }

    #[test]
    fn incidence_and_odds_round_trip() {
        let (odds, round_trip) = (rising_odds(), rising_odds().cumulative_incidence().odds());
        let relative_differences = |a: [f64; INTERVALS], b: [f64; INTERVALS]| {
            a.iter().zip(b).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max)
        };
        assert!(relative_differences(odds.liquidated, round_trip.liquidated) < 1e-9);
        assert!(relative_differences(odds.closed, round_trip.closed) < 1e-9);
    }

    #[test]
    fn incidences_of_log_odds_round_trip_and_liquidation_ignores_closings() {
        let liquidated: [f32; INTERVALS] = std::array::from_fn(|k| k as f32 / 8.0 - 7.0);
        let closed: [f32; INTERVALS] = std::array::from_fn(|k| k as f32 / 4.0 - 4.0);
        let curves = CumulativeIncidence::from_log_odds(&liquidated, &closed);
        let alone = CumulativeIncidence::from_log_odds(&liquidated, &[-99.0; INTERVALS]);
        assert_eq!(curves.liquidated, alone.liquidated);
        let [back_liquidated, back_closed] = curves.log_odds();
        let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(near(&liquidated, &back_liquidated) && near(&closed, &back_closed));
    }

    #[test]
    fn closings_leave_room_for_liquidation() {
        let curves = CumulativeIncidence::from_log_odds(&[0.5; INTERVALS], &[2.0; INTERVALS]);
        assert!(curves.liquidated.is_sorted() && curves.closed.is_sorted());
        assert!(curves.liquidated[13] + curves.closed[13] <= 1.0);
    }

    #[test]
    fn unreachable_targets_are_approached() {
        let curves = rising_odds().rescaled_to([1.0, 1.0, 1.0]).cumulative_incidence();
        assert!(curves.liquidated[5] > 0.99 && curves.liquidated[13] <= 1.0);
        assert!(rising_odds().rescaled_to([0.0; 3]).cumulative_incidence().liquidated[13] < 1e-5);
    }
}
