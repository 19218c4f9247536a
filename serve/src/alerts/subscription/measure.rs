//! The measures of rules.

use plimsoll_features::HORIZONS;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a rule measures: the probability of liquidation within a horizon, or the health factor.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Probability of liquidation within an hour.
    #[serde(rename = "probability_1h")]
    OneHour,
    /// Within six hours.
    #[serde(rename = "probability_6h")]
    SixHours,
    /// Within a day.
    #[serde(rename = "probability_24h")]
    OneDay,
    /// Within three days.
    #[serde(rename = "probability_3d")]
    ThreeDays,
    /// Within seven days.
    #[serde(rename = "probability_7d")]
    SevenDays,
    /// Within thirty days.
    #[serde(rename = "probability_30d")]
    ThirtyDays,
    /// Collateral weighted by liquidation thresholds over debt.
    HealthFactor,
}

impl Measure {
    /// The probabilities, in the order of [`HORIZONS`].
    const PROBABILITIES: [Self; HORIZONS.len()] = [
        Self::OneHour,
        Self::SixHours,
        Self::OneDay,
        Self::ThreeDays,
        Self::SevenDays,
        Self::ThirtyDays,
    ];

    /// The probability within a horizon, by the horizon's name: `24h`, `7d`.
    #[must_use]
    pub fn from_horizon(horizon: &str) -> Option<Self> {
        let index = HORIZONS.iter().position(|(name, _)| *name == horizon)?;
        Some(Self::PROBABILITIES[index])
    }

    /// The horizon's index in [`HORIZONS`]; `None` for the health factor.
    #[must_use]
    pub fn horizon_index(self) -> Option<usize> {
        Self::PROBABILITIES.iter().position(|measure| *measure == self)
    }

    /// The horizon's name; `None` for the health factor.
    #[must_use]
    pub fn horizon_name(self) -> Option<&'static str> {
        self.horizon_index().map(|index| HORIZONS[index].0)
    }

    /// Whether lower values are worse.
    #[must_use]
    pub const fn lower_is_worse(self) -> bool {
        matches!(self, Self::HealthFactor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_horizon_has_a_measure() {
        for (index, (name, _)) in HORIZONS.into_iter().enumerate() {
            let measure = Measure::from_horizon(name).expect("a horizon");
            assert_eq!(
                (measure.horizon_index(), measure.horizon_name()),
                (Some(index), Some(name))
            );
            let json = serde_json::to_value(measure).expect("it serializes");
            assert_eq!(json, format!("probability_{name}"));
        }
        assert_eq!(Measure::from_horizon("2d"), None);
        assert_eq!(Measure::HealthFactor.horizon_index(), None);
    }
}
