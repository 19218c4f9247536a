//! Incidences at any time: the hazards of both causes are constant within each interval of the grid.
//!
//! This is the piecewise exponential model (Friedman 1982, "Piecewise exponential models for survival
//! data with covariates") with competing risks: within an interval, the time of the event that ends
//! the exposure is exponential, and which of the two events it is does not depend on the time. The
//! cumulative hazard of both events together is linear between edges.

use super::incidence::CumulativeIncidence;
use crate::input::grid::{INTERVALS, edges_hours};

/// A share of accounts without an event below this counts as this, so that hazards are finite.
const MIN_OPEN: f64 = 1e-15;

/// The probabilities of both events within some time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IncidenceAt {
    /// Probability of liquidation.
    pub liquidated: f64,
    /// Probability that the owner closes first.
    pub closed: f64,
    /// Whether the time is before the first edge of the grid or after the last one: below one hour, or
    /// above 30 days.
    pub extrapolated: bool,
}

/// One interval of the grid, with constant hazards.
struct Interval {
    from_hours: f64,
    hours: f64,
    /// Incidences at its start, and how much they rise: liquidated, closed.
    start: [f64; 2],
    rise: [f64; 2],
    /// Share without an event at its start.
    open: f64,
    /// Cumulative hazard of both events over the whole interval.
    hazard: f64,
}

impl CumulativeIncidence {
    /// The probabilities within `hours`, which is positive and finite.
    ///
    /// They are those of the grid at its edges, rise with time, and add up to at most one. Below one
    /// hour the hazards are those of the first hour, beyond 30 days those of the last interval.
    #[must_use]
    pub fn at_hours(&self, hours: f64) -> IncidenceAt {
        let edges = edges_hours();
        let extrapolated = hours < edges[1] || hours > edges[INTERVALS];
        let k = edges[1..].partition_point(|&edge| edge < hours).min(INTERVALS - 1);
        if hours == edges[k + 1] {
            let (liquidated, closed) = (self.liquidated[k], self.closed[k]);
            return IncidenceAt { liquidated, closed, extrapolated };
        }
        let [liquidated, closed] = self.interval(k).incidence_at(hours);
        IncidenceAt { liquidated, closed, extrapolated }
    }

    /// The time by which the probability of liquidation reaches one half, hours; `None` if it does not
    /// within 30 days.
    ///
    /// The median of the cumulative incidence: closings by the owner compete, so that it may not be
    /// reached however long the follow-up.
    #[must_use]
    pub fn median_hours_to_liquidation(&self) -> Option<f64> {
        let k = self.liquidated.iter().position(|&p| p >= 0.5)?;
        Some(self.interval(k).hours_until(0.5))
    }

    fn interval(&self, k: usize) -> Interval {
        let edges = edges_hours();
        let before = |curve: &[f64; INTERVALS]| if k == 0 { 0.0 } else { curve[k - 1] };
        let start = [before(&self.liquidated), before(&self.closed)];
        let end = [self.liquidated[k], self.closed[k]];
        let open = 1.0 - start[0] - start[1];
        let rise: [f64; 2] = std::array::from_fn(|cause| (end[cause] - start[cause]).max(0.0));
        let left = (open - rise[0] - rise[1]).max(MIN_OPEN);
        let hazard = (open.max(MIN_OPEN) / left).ln().max(0.0);
        Interval { from_hours: edges[k], hours: edges[k + 1] - edges[k], start, rise, open, hazard }
    }
}

impl Interval {
    /// Both incidences at a time after its start, which may be after its end.
    fn incidence_at(&self, hours: f64) -> [f64; 2] {
        let exponent = self.hazard * (hours - self.from_hours) / self.hours;
        let all = -(-self.hazard).exp_m1();
        let share = if all > 0.0 { -(-exponent).exp_m1() / all } else { 0.0 };
        let rise = self.rise[0] + self.rise[1];
        let most = if rise > 0.0 { (self.open / rise).max(1.0) } else { 1.0 };
        let share = share.min(most);
        std::array::from_fn(|cause| (self.start[cause] + self.rise[cause] * share).min(1.0))
    }

    /// The time at which the incidence of liquidation is `p`, which is within the interval.
    fn hours_until(&self, p: f64) -> f64 {
        let all = -(-self.hazard).exp_m1();
        let share = ((p - self.start[0]) / self.rise[0]).clamp(0.0, 1.0);
        let exponent = -(-share * all).ln_1p();
        self.from_hours + self.hours * (exponent / self.hazard).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::forecast::incidence::curve_from_hazards;

    fn curves(liquidation: [f64; INTERVALS], closing: [f64; INTERVALS]) -> CumulativeIncidence {
        CumulativeIncidence::new(curve_from_hazards(liquidation.into_iter()), &closing)
    }

    /// Hazards of which some are zero or one.
    fn hazards() -> impl Strategy<Value = [f64; INTERVALS]> {
        let hazard =
            prop_oneof![8 => 0.0..0.9_f64, 1 => Just(0.0), 1 => Just(1.0), 4 => 0.0..1e-9_f64];
        prop::collection::vec(hazard, INTERVALS)
            .prop_map(|hazards| hazards.try_into().expect("one for each interval"))
    }

    proptest! {
        #[test]
        fn edges_keep_their_probabilities(liquidation in hazards(), closing in hazards()) {
            let curves = curves(liquidation, closing);
            for (k, hours) in edges_hours()[1..].iter().enumerate() {
                let at = curves.at_hours(*hours);
                prop_assert_eq!((at.liquidated, at.closed), (curves.liquidated[k], curves.closed[k]));
                prop_assert!(!at.extrapolated);
                let near = curves.at_hours(hours * (1.0 - 1e-12));
                prop_assert!((near.liquidated - at.liquidated).abs() < 1e-6);
            }
        }

        #[test]
        fn probabilities_rise_with_time_and_add_up_to_at_most_one(
            liquidation in hazards(),
            closing in hazards(),
            mut hours in prop::collection::vec(1e-3..8_760.0_f64, 2..30),
        ) {
            let curves = curves(liquidation, closing);
            hours.extend(&edges_hours()[1..]);
            hours.sort_by(f64::total_cmp);
            let at: Vec<IncidenceAt> = hours.iter().map(|hours| curves.at_hours(*hours)).collect();
            for pair in at.windows(2) {
                prop_assert!(pair[0].liquidated <= pair[1].liquidated + 1e-12, "{:?}", pair);
                prop_assert!(pair[0].closed <= pair[1].closed + 1e-12, "{:?}", pair);
            }
            for at in &at {
                prop_assert!((0.0..=1.0).contains(&at.liquidated) && (0.0..=1.0).contains(&at.closed));
                prop_assert!(at.liquidated + at.closed <= 1.0 + 1e-9, "{:?}", at);
            }
        }

        #[test]
        fn the_median_is_where_the_incidence_is_one_half(
            liquidation in prop::array::uniform14(0.0_f64..0.5),
            closing in prop::array::uniform14(0.0_f64..0.2),
        ) {
            let curves = curves(liquidation, closing);
            match curves.median_hours_to_liquidation() {
                Some(hours) => {
                    prop_assert!((curves.at_hours(hours).liquidated - 0.5).abs() < 1e-9);
                    prop_assert!(hours > 0.0 && hours <= 720.0);
                }
                None => prop_assert!(curves.liquidated[INTERVALS - 1] < 0.5),
            }
        }
    }

    #[test]
    fn a_constant_hazard_is_reproduced_at_every_time() {
        let rate = 0.004_f64;
        let edges = edges_hours();
        let liquidated = std::array::from_fn(|k| -(-rate * edges[k + 1]).exp_m1());
        let curves = CumulativeIncidence { liquidated, closed: [0.0; INTERVALS] };
        for hours in [0.25, 1.0, 1.5, 36.0, 400.0, 720.0, 1_000.0, 8_760.0] {
            let at = curves.at_hours(hours);
            assert!((at.liquidated + (-rate * hours).exp_m1()).abs() < 1e-9, "{hours} {at:?}");
            assert_eq!(at.extrapolated, !(1.0..=720.0).contains(&hours));
        }
        let median = curves.median_hours_to_liquidation().expect("it is reached");
        assert!((median - std::f64::consts::LN_2 / rate).abs() < 1e-6, "{median}");
    }

    #[test]
    fn beyond_the_grid_closings_compete() {
        let curves = CumulativeIncidence {
            liquidated: std::array::from_fn(|k| 0.02 * (k + 1) as f64),
            closed: std::array::from_fn(|k| 0.04 * (k + 1) as f64),
        };
        let year = curves.at_hours(8_760.0);
        assert!(year.liquidated < 0.34 && year.closed < 0.67, "{year:?}");
        assert!(year.liquidated + year.closed > 0.7, "{year:?}");
    }
}
