//! The time grid: intervals after a landmark, short at first and longer later.

use crate::units::{DAYS_PER_YEAR, HOURS_PER_DAY};
use plimsoll_features::{CLOSED, LIQUIDATED, Outcome};
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
    4.276_666,
    4.787_492,
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

/// Edges of the grid in hours, 0 first.
pub(crate) const fn edges_hours() -> &'static [f64; INTERVALS + 1] {
    const EDGES: [f64; INTERVALS + 1] = {
        let mut hours = [0.0; INTERVALS + 1];
        let mut edge = 0;
        while edge < INTERVALS {
            hours[edge + 1] = EDGES_HOURS[edge];
            edge += 1;
        }
        hours
    };
    &EDGES
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

/// An outcome on the grid: the share of each interval at risk, by cause, and the interval of the
/// event, if any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Exposure {
    /// Share of each interval at risk of liquidation: until liquidation or the end of follow-up. An
    /// account that was closed stays at risk, because its hazard is a subdistribution hazard.
    pub(crate) liquidation: [f32; INTERVALS],
    /// Share of each interval at risk of closing: until liquidation, closing or the end of
    /// follow-up, and not in the interval of a liquidation.
    pub(crate) closing: [f32; INTERVALS],
    /// The event's interval and cause, as in [`Outcome`].
    pub(crate) event: Option<(usize, u8)>,
}

impl Exposure {
    /// Maps an outcome to the grid. The interval of an event is entirely at risk of that event.
    pub(crate) fn from_outcome(outcome: &Outcome) -> Self {
        let &Outcome { duration_days, event, follow_up_days } = outcome;
        let liquidation_end_days = if event == CLOSED { follow_up_days } else { duration_days };
        let mut exposure = Self {
            liquidation: shares_before(liquidation_end_days),
            closing: shares_before(duration_days),
            event: None,
        };
        let (LIQUIDATED | CLOSED) = event else { return exposure };
        let Some(k) = interval_at(duration_days) else { return exposure };
        if event == LIQUIDATED {
            (exposure.liquidation[k], exposure.closing[k]) = (1.0, 0.0);
        } else {
            exposure.closing[k] = 1.0;
        }
        exposure.event = Some((k, event));
        exposure
    }

    /// The interval of an event of this cause.
    pub(crate) fn interval_of(&self, cause: u8) -> Option<usize> {
        self.event.and_then(|(k, event)| (event == cause).then_some(k))
    }
}

/// Share of each interval before a time.
fn shares_before(days: f64) -> [f32; INTERVALS] {
    std::array::from_fn(|k| {
        let (from, to) = (EDGES_DAYS[k], EDGES_DAYS[k + 1]);
        ((days - from) / (to - from)).clamp(0.0, 1.0) as f32
    })
}

/// The interval that contains a time, its end included.
fn interval_at(days: f64) -> Option<usize> {
    (0..INTERVALS).find(|&k| days > EDGES_DAYS[k] && days <= EDGES_DAYS[k + 1])
}

#[cfg(test)]
mod tests {
    use plimsoll_features::OPEN;
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
    fn a_liquidation_fills_its_interval_and_ends_both_risks() {
        let event = exposure(4.5 / 24.0, LIQUIDATED);
        assert_eq!(event.event, Some((3, LIQUIDATED)));
        assert_eq!(event.liquidation[..5], [1.0, 1.0, 1.0, 1.0, 0.0]);
        assert_eq!(event.closing[..5], [1.0, 1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn a_closed_account_is_at_risk_of_liquidation_until_the_end_of_follow_up() {
        let outcome = Outcome { duration_days: 1.5, event: CLOSED, follow_up_days: 6.0 };
        let event = Exposure::from_outcome(&outcome);
        assert_eq!((event.event, event.interval_of(LIQUIDATED)), (Some((6, CLOSED)), None));
        assert_eq!(event.closing[5..8], [1.0, 1.0, 0.0]);
        assert_eq!(event.liquidation[7..11], [1.0, 1.0, 0.5, 0.0]);
    }

    #[test]
    fn a_censored_interval_counts_in_part() {
        let open = exposure(4.5 / 24.0, OPEN);
        assert_eq!(open.event, None);
        assert_eq!(open.liquidation[..5], [1.0, 1.0, 1.0, 0.5, 0.0]);
        assert_eq!(open.liquidation, open.closing);
    }

    #[test]
    fn an_event_beyond_the_grid_counts_as_survival() {
        let all = [1.0; INTERVALS];
        let survival = Exposure { liquidation: all, closing: all, event: None };
        assert_eq!(exposure(31.0, LIQUIDATED), survival);
        assert_eq!(exposure(31.0, CLOSED), survival);
    }
}
