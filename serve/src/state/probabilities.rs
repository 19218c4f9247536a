//! Probabilities of liquidation and closing by horizon.

use plimsoll_lake::Horizon;
use plimsoll_model::Forecasts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Probabilities of the two outcomes of a position within one horizon from `as_of`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"liquidated": 0.0131, "lower": 0.0068, "upper": 0.0251, "closed": 0.0312}))]
pub struct HorizonProbability {
    /// Probability that it is liquidated first.
    #[schema(minimum = 0, maximum = 1)]
    pub liquidated: f64,
    /// Lower end of the 90 % prediction interval of the liquidation probability.
    #[schema(minimum = 0, maximum = 1)]
    pub lower: f64,
    /// Upper end of that interval.
    #[schema(minimum = 0, maximum = 1)]
    pub upper: f64,
    /// Probability that its owner closes it first.
    #[schema(minimum = 0, maximum = 1)]
    pub closed: f64,
}

/// Probabilities by horizon; each is cumulative, so none is below the one before.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct Probabilities {
    /// Within an hour.
    #[serde(rename = "1h")]
    pub one_hour: HorizonProbability,
    /// Within six hours.
    #[serde(rename = "6h")]
    pub six_hours: HorizonProbability,
    /// Within a day.
    #[serde(rename = "24h")]
    pub one_day: HorizonProbability,
    /// Within three days.
    #[serde(rename = "3d")]
    pub three_days: HorizonProbability,
    /// Within seven days.
    #[serde(rename = "7d")]
    pub seven_days: HorizonProbability,
    /// Within thirty days.
    #[serde(rename = "30d")]
    pub thirty_days: HorizonProbability,
    /// Whether the position lies outside the training domain of the model.
    pub out_of_range: bool,
    /// Whether the model was trained on no account of this market; intervals are wider then.
    pub cold_start: bool,
}

impl Probabilities {
    /// Reads one row of forecasts.
    pub(crate) fn from_forecasts(forecasts: &Forecasts, row: usize) -> Self {
        let (liquidated, closed) = (forecasts.p_liquidated(row), forecasts.p_closed(row));
        let ends = |i: usize| match &forecasts.intervals {
            Some(intervals) => (intervals.lower[[row, i]], intervals.upper[[row, i]]),
            None => (0.0, 1.0),
        };
        let at = |i: usize| {
            let (lower, upper) = ends(i);
            HorizonProbability { liquidated: liquidated[i], lower, upper, closed: closed[i] }
        };
        let intervals = forecasts.intervals.as_ref();
        let out_of_range = intervals.is_some_and(|intervals| intervals.out_of_range[row]);
        let cold_start = intervals.is_some_and(|intervals| intervals.cold_start[row]);
        Self { out_of_range, cold_start, ..Self::from_horizons(std::array::from_fn(at)) }
    }

    /// The probabilities in the order of [`Horizon::ALL`].
    pub(crate) const fn by_horizon(&self) -> [HorizonProbability; Horizon::COUNT] {
        let Self { one_hour, six_hours, one_day, three_days, seven_days, thirty_days, .. } = *self;
        [one_hour, six_hours, one_day, three_days, seven_days, thirty_days]
    }

    /// The entry of a horizon.
    pub(crate) const fn at_horizon(&self, horizon: Horizon) -> &HorizonProbability {
        match horizon {
            Horizon::Hours1 => &self.one_hour,
            Horizon::Hours6 => &self.six_hours,
            Horizon::Hours24 => &self.one_day,
            Horizon::Days3 => &self.three_days,
            Horizon::Days7 => &self.seven_days,
            Horizon::Days30 => &self.thirty_days,
        }
    }

    fn from_horizons(by_horizon: [HorizonProbability; Horizon::COUNT]) -> Self {
        let [one_hour, six_hours, one_day, three_days, seven_days, thirty_days] = by_horizon;
        Self {
            one_hour,
            six_hours,
            one_day,
            three_days,
            seven_days,
            thirty_days,
            out_of_range: false,
            cold_start: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_horizon_has_a_field_of_its_name() {
        let probability = |horizon: Horizon| HorizonProbability {
            liquidated: horizon.hours() / 1_000.0,
            lower: 0.0,
            upper: 1.0,
            closed: 0.25,
        };
        let probabilities = Probabilities::from_horizons(Horizon::ALL.map(probability));
        let json = serde_json::to_value(probabilities);
        let json = json.expect("it serializes");
        assert_eq!(json.as_object().expect("an object").len(), Horizon::COUNT + 2);
        for horizon in Horizon::ALL {
            let expected = horizon.hours() / 1_000.0;
            assert_eq!(json[horizon.name()]["liquidated"], expected, "{horizon}");
            assert_eq!(probabilities.at_horizon(horizon).liquidated, expected, "{horizon}");
        }
    }
}
