//! The measures of rules.

use plimsoll_lake::Horizon;
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
    /// The probability of liquidation within a horizon.
    #[must_use]
    pub const fn from_horizon(horizon: Horizon) -> Self {
        match horizon {
            Horizon::Hours1 => Self::OneHour,
            Horizon::Hours6 => Self::SixHours,
            Horizon::Hours24 => Self::OneDay,
            Horizon::Days3 => Self::ThreeDays,
            Horizon::Days7 => Self::SevenDays,
            Horizon::Days30 => Self::ThirtyDays,
        }
    }

    /// The probability's horizon; `None` for the health factor.
    #[must_use]
    pub const fn horizon(self) -> Option<Horizon> {
        match self {
            Self::OneHour => Some(Horizon::Hours1),
            Self::SixHours => Some(Horizon::Hours6),
            Self::OneDay => Some(Horizon::Hours24),
            Self::ThreeDays => Some(Horizon::Days3),
            Self::SevenDays => Some(Horizon::Days7),
            Self::ThirtyDays => Some(Horizon::Days30),
            Self::HealthFactor => None,
        }
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
        for horizon in Horizon::ALL {
            let measure = Measure::from_horizon(horizon);
            assert_eq!(measure.horizon(), Some(horizon));
            let json = serde_json::to_value(measure).expect("it serializes");
            assert_eq!(json, horizon.column("probability"));
        }
        assert_eq!(Measure::HealthFactor.horizon(), None);
    }
}
