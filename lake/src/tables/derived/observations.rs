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
        /// Account id, `<chain>/<protocol>/<market>/<address or vault number>`.
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
        /// Label: hours from the landmark over which the owner's actions are counted: until the account's next landmark, the end of the loan or of the data, or 24 h, whichever is first. Actions at the landmark came before it; those at the end are counted; blocks with a liquidation are not.
        EXPOSURE_HOURS = exposure_hours: f64,
        /// Label: blocks in which the owner repaid more debt than was borrowed.
        REPAYMENTS = repayments: u32,
        /// Label: sum of their sizes, each the rise of ln HF by the fall of debt at the prices of the landmark, 3 at most; a debt counts as one dollar at least.
        REPAID_LOG_HEALTH = repaid_log_health: f64,
        /// Label: blocks in which the owner added more collateral than was withdrawn.
        ADDITIONS = additions: u32,
        /// Label: sum of their sizes, each the rise of ln HF by the rise of the liquidation capacity, as above.
        ADDED_LOG_HEALTH = added_log_health: f64,
        /// Label: blocks in which the owner borrowed more debt than was repaid.
        BORROWS = borrows: u32,
        /// Label: sum of their sizes, each the fall of ln HF, as above.
        BORROWED_LOG_HEALTH = borrowed_log_health: f64,
        /// Label: blocks in which the owner withdrew more collateral than was added.
        WITHDRAWALS = withdrawals: u32,
        /// Label: sum of their sizes, each the fall of ln HF, as above.
        WITHDRAWN_LOG_HEALTH = withdrawn_log_health: f64,
        /// Label: days from the landmark to the first whole hour at which HF at the oracle price was below 1, with the balances of that hour; 0 if it is at the landmark; null if it was not within 30 days and before the event or the end of the data.
        CROSSED_DAYS = crossed_days: Option<f64>,
        /// Label: the same with the balances and settings of the landmark kept, interest accrued; null if not within 30 days and the data.
        CROSSED_PRESENT_DAYS = crossed_present_days: Option<f64>,
    }
}
