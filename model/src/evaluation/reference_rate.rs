//! The reference of skill scores: the event rate that was known before the evaluated landmarks.

use chrono::{DateTime, Utc};
use plimsoll_features::Observations;
use serde::Serialize;

use crate::forecast::manifest::{BaseIncidence, Manifest};
use crate::input::outcomes::outcomes_known_at;
use crate::train::base_incidence;

/// A constant forecast: the incidence of a span that ended before the evaluated landmarks
/// (Aalen and Johansen 1978).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReferenceRate {
    /// Where the incidence comes from.
    pub source: ReferenceSource,
    /// End of the span, exclusive.
    pub until: DateTime<Utc>,
    /// The incidence.
    #[serde(skip)]
    pub(crate) incidence: BaseIncidence,
}

/// Where a reference rate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceSource {
    /// The training span of a model.
    TrainingSpan,
    /// All landmarks in the lake before the first forecast, with what was known at that time.
    EarlierLandmarks,
}

impl ReferenceRate {
    /// The rate of a model's training span.
    pub(crate) fn from_manifest(manifest: &Manifest) -> Self {
        Self {
            source: ReferenceSource::TrainingSpan,
            until: manifest.training.until,
            incidence: manifest.incidence.clone(),
        }
    }

    /// The rate of the landmarks before a time; `None` if there are none.
    pub(crate) fn from_landmarks_before(
        until: DateTime<Utc>,
        observations: &Observations,
    ) -> Option<Self> {
        let until_s = until.timestamp();
        let is_earlier =
            |row: usize| observations.on_grid[row] && observations.time_s[row] < until_s;
        let rows = observations.filter(is_earlier);
        let outcomes = outcomes_known_at(&rows, until);
        (!rows.is_empty()).then(|| Self {
            source: ReferenceSource::EarlierLandmarks,
            until,
            incidence: base_incidence(&rows, &outcomes),
        })
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_features::{LIQUIDATED, OPEN, Outcome};

    use super::*;
    use crate::input::grid::INTERVALS;
    use crate::units::DAY_S;

    /// One landmark a day of one account that is liquidated on day 4.
    fn observations() -> Observations {
        let mut all = Observations { account_ids: vec!["m/m/1".to_owned()], ..Default::default() };
        for day in 0..8 {
            all.account_index.push(0);
            all.time_s.push(day * DAY_S);
            all.on_grid.push(true);
            all.health_factor.push(1.5);
            all.debt_usd.push(1.0);
            all.collateral_usd.push(2.0);
            let (event, until) = if day < 4 { (LIQUIDATED, 4) } else { (OPEN, 60) };
            let duration_days = (until - day) as f64;
            all.outcome.push(Outcome { duration_days, event, follow_up_days: 60.0 });
        }
        let features = all.features.ncols();
        all.features = ndarray::Array2::zeros((8, features));
        all
    }

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(day * DAY_S, 0).expect("a time")
    }

    #[test]
    fn later_liquidations_are_not_known_to_the_rate() {
        let observations = observations();
        let rate = |day| ReferenceRate::from_landmarks_before(at(day), &observations);
        assert_eq!(rate(0), None);
        let before = rate(3).expect("three landmarks");
        assert_eq!(before.incidence.liquidated, [0.0; INTERVALS]);
        let after = rate(5).expect("five landmarks");
        assert!(after.incidence.liquidated[INTERVALS - 1] > 0.5);
    }
}
