//! `observations`: features and labels of an account at a landmark.

use chrono::{DateTime, Utc};

use crate::schema::table;

table! {
    /// One open account at one landmark time; the feature columns follow these columns.
    Observation in "observations",
    partitioned by ["chain", "protocol", "market"],
    keyed by ["account", "time"],
    sorted by ["account", "time"],
    ranged by Whole of "time" {
        /// Account id, `<protocol>/<market>/<address or vault number>`.
        ACCOUNT = account: String,
        /// Landmark, UTC.
        TIME = time: DateTime<Utc>,
        /// Whether the landmark lies on the regular time grid rather than at an action.
        ON_GRID = on_grid: bool,
        /// Health factor at the oracle price that the protocol acts on at the landmark.
        HEALTH_FACTOR = health_factor: f64,
        /// Debt with interest, USD.
        DEBT_USD = debt_usd: f64,
        /// Collateral, USD.
        COLLATERAL_USD = collateral_usd: f64,
        /// Label: days from the landmark to the event, or to the end of the data.
        DURATION_DAYS = duration_days: f64,
        /// Label: 0 still open, 1 liquidated, 2 closed by its owner.
        EVENT = event: u32,
        /// Label: days from the landmark to the end of the data.
        FOLLOW_UP_DAYS = follow_up_days: f64,
    }
}
