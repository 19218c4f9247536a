//! What may become of an account, by horizon.

use plimsoll_features::HORIZONS;
use plimsoll_model::Forecasts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Probabilities of the two ways in which a position ends, within one horizon from `as_of`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"liquidated": 0.0131, "closed": 0.0312}))]
pub struct Probability {
    /// Probability that it is liquidated first.
    #[schema(minimum = 0, maximum = 1)]
    pub liquidated: f64,
    /// Probability that its owner closes it first.
    #[schema(minimum = 0, maximum = 1)]
    pub closed: f64,
}

/// Probabilities by horizon; each is cumulative, so none is below the one before.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct Probabilities {
    /// Within an hour.
    #[serde(rename = "1h")]
    pub one_hour: Probability,
    /// Within six hours.
    #[serde(rename = "6h")]
    pub six_hours: Probability,
    /// Within a day.
    #[serde(rename = "24h")]
    pub one_day: Probability,
    /// Within three days.
    #[serde(rename = "3d")]
    pub three_days: Probability,
    /// Within seven days.
    #[serde(rename = "7d")]
    pub seven_days: Probability,
    /// Within thirty days.
    #[serde(rename = "30d")]
    pub thirty_days: Probability,
}

impl Probabilities {
    /// Those of one row of forecasts.
    pub(crate) fn of(forecasts: &Forecasts, row: usize) -> Self {
        Self::new(forecasts.p_liquidated(row), forecasts.p_closed(row))
    }

    fn new(liquidated: [f64; HORIZONS.len()], closed: [f64; HORIZONS.len()]) -> Self {
        let at = |i: usize| Probability { liquidated: liquidated[i], closed: closed[i] };
        Self {
            one_hour: at(0),
            six_hours: at(1),
            one_day: at(2),
            three_days: at(3),
            seven_days: at(4),
            thirty_days: at(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_horizons_are_those_of_the_features() {
        let liquidated = HORIZONS.map(|(_, hours)| hours / 1_000.0);
        let json = serde_json::to_value(Probabilities::new(liquidated, [0.25; HORIZONS.len()]));
        let json = json.expect("it serialises");
        assert_eq!(json.as_object().expect("an object").len(), HORIZONS.len());
        for (name, hours) in HORIZONS {
            let expected = serde_json::json!({"liquidated": hours / 1_000.0, "closed": 0.25});
            assert_eq!(json[name], expected, "{name}");
        }
    }
}
