//! The time grid: intervals after a landmark, short at first and longer later.

use crate::units::{DAYS_PER_YEAR, HOURS_PER_DAY};
use plimsoll_features::Outcome;
use plimsoll_lake::Horizon;

/// Upper edges of the intervals, hours; every forecast horizon is one of them.
const EDGES_HOURS: [f64; 14] =
    [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 72.0, 120.0, 168.0, 240.0, 360.0, 504.0, 720.0];
/// Number of intervals; the time after the last edge is a state of its own.
pub const INTERVALS: usize = EDGES_HOURS.len();

/// Computed at compile time: interpolating a curve between edges is the hot path of every
/// evaluation.
const EDGES_DAYS: [f64; INTERVALS + 1] = {
    let mut days = [0.0; INTERVALS + 1];
    let mut edge = 0;
    while edge < INTERVALS {
        days[edge + 1] = EDGES_HOURS[edge] / HOURS_PER_DAY;
        edge += 1;
    }
    days
};

/// Logarithms of the upper edges, hours.
pub(crate) const LN_EDGES_HOURS: [f32; INTERVALS] = [
    0.0,
    std::f32::consts::LN_2,
    1.098_612_3,
    1.791_759_5,
    2.484_906_6,
    3.178_053_9,
    3.871_201,
    4.276_666_2,
    4.787_491_7,
    5.123_964,
    5.480_639,
    5.886_104,
    6.222_576,
    6.579_251,
];

/// Edges of the grid in days, 0 first: `INTERVALS + 1` values.
#[must_use]
pub const fn edges_days() -> [f64; INTERVALS + 1] {
    EDGES_DAYS
}

/// [`edges_days`] without a copy.
pub(crate) const fn grid_edges_days() -> &'static [f64; INTERVALS + 1] {
    &EDGES_DAYS
}

/// Edges of the grid in years, 0 first.
pub(crate) fn edges_years() -> [f64; INTERVALS + 1] {
    edges_days().map(|days| days / DAYS_PER_YEAR)
}

/// Column of a horizon among the edges except the first.
pub(crate) const fn horizon_column(horizon: Horizon) -> usize {
    let mut column = 0;
    while EDGES_HOURS[column] < horizon.hours() {
        column += 1;
    }
    column
}

/// An outcome on the grid: the share of each interval at risk, and the interval of the event, if
/// any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Exposure {
    /// Share of each interval for which the account was at risk; 1 in the interval of an event.
    pub(crate) at_risk: [f32; INTERVALS],
    /// The event's interval and cause, as in [`Outcome`].
    pub(crate) event: Option<(usize, u8)>,
}

impl Exposure {
    /// Maps an outcome to the grid.
    pub(crate) fn from_outcome(outcome: &Outcome) -> Self {
        let edges = edges_days();
        let mut at_risk = [0.0; INTERVALS];
        for (k, share) in at_risk.iter_mut().enumerate() {
            let (from, to) = (edges[k], edges[k + 1]);
            if outcome.duration_days > from && outcome.duration_days <= to && outcome.event > 0 {
                *share = 1.0;
                return Self { at_risk, event: Some((k, outcome.event)) };
            }
            *share = ((outcome.duration_days - from) / (to - from)).clamp(0.0, 1.0) as f32;
        }
        Self { at_risk, event: None }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_features::{LIQUIDATED, OPEN};
    use plimsoll_lake::tables::Forecast;

    use super::*;

    fn exposure(duration_days: f64, event: u8) -> Exposure {
        Exposure::from_outcome(&Outcome { duration_days, event, follow_up_days: 60.0 })
    }

    #[test]
    fn logarithms_are_those_of_the_edges() {
        for (log, hours) in LN_EDGES_HOURS.iter().zip(EDGES_HOURS) {
            assert!((f64::from(*log) - hours.ln()).abs() < 1e-6, "{hours}");
        }
    }

    #[test]
    fn every_horizon_is_an_edge() {
        for horizon in Horizon::ALL {
            assert_eq!(EDGES_HOURS[horizon_column(horizon)], horizon.hours());
        }
    }

    #[test]
    fn forecast_columns_are_named_by_the_edges() {
        let name = |hours: f64| match hours {
            h if h <= HOURS_PER_DAY => format!("{h}h"),
            h => format!("{}d", h / HOURS_PER_DAY),
        };
        let named = |cause: &str| EDGES_HOURS.map(|hours| format!("p_{cause}_{}", name(hours)));
        assert_eq!(Forecast::P_LIQUIDATED_COLUMNS.map(str::to_owned), named("liquidated"));
        assert_eq!(Forecast::P_CLOSED_COLUMNS.map(str::to_owned), named("closed"));
        for horizon in Horizon::ALL {
            let column = Forecast::P_LIQUIDATED_COLUMNS[horizon_column(horizon)];
            assert_eq!(column, horizon.column("p_liquidated"));
        }
    }

    #[test]
    fn an_event_fills_its_interval() {
        let event = exposure(4.5 / 24.0, LIQUIDATED);
        assert_eq!(event.event, Some((3, LIQUIDATED)));
        assert_eq!(event.at_risk[..5], [1.0, 1.0, 1.0, 1.0, 0.0]);
    }

    #[test]
    fn a_censored_interval_counts_in_part() {
        let open = exposure(4.5 / 24.0, OPEN);
        assert_eq!(open.event, None);
        assert_eq!(open.at_risk[..5], [1.0, 1.0, 1.0, 0.5, 0.0]);
    }

    #[test]
    fn an_event_beyond_the_grid_counts_as_survival() {
        assert_eq!(exposure(31.0, LIQUIDATED), Exposure { at_risk: [1.0; INTERVALS], event: None });
    }
}
