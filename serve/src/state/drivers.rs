//! Attribution of an account's liquidation probability to drivers.

use plimsoll_lake::Horizon;
use plimsoll_model::{Attribution, Driver};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What each driver adds to the log odds of liquidation within one horizon, compared with the median
/// account of the training data; base and parts add up to `log_odds`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "base": -9.1, "price_distance": 4.4, "volatility": 0.3, "liquidity": 0.1, "behaviour": -0.6,
    "carry": 0.0, "log_odds": -4.9
}))]
pub struct Drivers {
    /// Log odds of the median account.
    pub base: f64,
    /// Distance of prices from liquidation.
    pub price_distance: f64,
    /// Volatility of prices.
    pub volatility: f64,
    /// Market depth, other accounts near liquidation, and the size of the account.
    pub liquidity: f64,
    /// The owner's past actions and the account's history.
    pub behaviour: f64,
    /// Cost of interest.
    pub carry: f64,
    /// Log odds of the account: `ln(p / (1 - p))`.
    pub log_odds: f64,
}

/// Drivers at the horizons that warnings use.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct DriversByHorizon {
    /// Within a day.
    #[serde(rename = "24h")]
    pub one_day: Drivers,
    /// Within seven days.
    #[serde(rename = "7d")]
    pub seven_days: Drivers,
}

impl DriversByHorizon {
    /// Converts an account's attributions, in the order of [`Horizon::ALL`].
    pub(crate) fn from_attributions(attributions: &[Attribution; Horizon::COUNT]) -> Self {
        let at = |horizon: Horizon| Drivers::from_attribution(&attributions[horizon.index()]);
        Self { one_day: at(Horizon::Hours24), seven_days: at(Horizon::Days7) }
    }
}

impl Drivers {
    /// Converts the attribution of one horizon.
    pub(crate) fn from_attribution(attribution: &Attribution) -> Self {
        let Attribution { base_log_odds: base, contributions: parts, log_odds } = *attribution;
        let part = |driver: Driver| {
            let all = Driver::ALL.iter().zip(parts);
            all.filter(|(of_driver, _)| **of_driver == driver).map(|(_, part)| part).sum()
        };
        Self {
            base,
            price_distance: part(Driver::PriceDistance),
            volatility: part(Driver::Volatility),
            liquidity: part(Driver::Liquidity),
            behaviour: part(Driver::Behaviour),
            carry: part(Driver::Carry),
            log_odds,
        }
    }
}
