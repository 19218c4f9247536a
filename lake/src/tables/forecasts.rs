//! `forecasts`: what the model said, kept to be held against what happened.

use chrono::{DateTime, Utc};

use crate::table::table;

table! {
    /// One account's probabilities at one landmark.
    Forecast in "forecasts",
    partitioned by ["model"],
    keyed by ["account", "time"],
    sorted by ["account", "time"],
    ranged by Whole of "time" {
        /// Account id, `<protocol>/<market>/<address or vault number>`.
        ACCOUNT = account: String,
        /// Landmark, UTC.
        TIME = time: DateTime<Utc>,
        /// Health factor at the landmark.
        HEALTH_FACTOR = health_factor: f64,
        /// Debt with interest, USD.
        DEBT_USD = debt_usd: f64,
        /// Probability of liquidation within one hour.
        P_LIQUIDATED_1H = p_liquidated_1h: f64,
        /// Probability of liquidation within six hours.
        P_LIQUIDATED_6H = p_liquidated_6h: f64,
        /// Probability of liquidation within a day.
        P_LIQUIDATED_24H = p_liquidated_24h: f64,
        /// Probability of liquidation within three days.
        P_LIQUIDATED_3D = p_liquidated_3d: f64,
        /// Probability of liquidation within seven days.
        P_LIQUIDATED_7D = p_liquidated_7d: f64,
        /// Probability of liquidation within thirty days.
        P_LIQUIDATED_30D = p_liquidated_30d: f64,
        /// Probability that the owner closes within one hour.
        P_CLOSED_1H = p_closed_1h: f64,
        /// Probability that the owner closes within six hours.
        P_CLOSED_6H = p_closed_6h: f64,
        /// Probability that the owner closes within a day.
        P_CLOSED_24H = p_closed_24h: f64,
        /// Probability that the owner closes within three days.
        P_CLOSED_3D = p_closed_3d: f64,
        /// Probability that the owner closes within seven days.
        P_CLOSED_7D = p_closed_7d: f64,
        /// Probability that the owner closes within thirty days.
        P_CLOSED_30D = p_closed_30d: f64,
    }
}
