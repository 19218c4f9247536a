//! What can stop a simulation.

use chrono::{DateTime, Utc};
use plimsoll_lake::LakeError;

/// Why there is no simulated market, or no truth about one.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// An option is outside its limits.
    #[error("{option} is {value}, outside 1 to {max}")]
    OutOfRange {
        /// The option.
        option: &'static str,
        /// Its value.
        value: u32,
        /// The greatest that is allowed.
        max: u32,
    },
    /// There is no such scenario.
    #[error("`{text}` is no scenario: use calm, crash, depeg or mixed")]
    UnknownScenario {
        /// What was given.
        text: String,
    },
    /// The lake holds another simulation under the same name.
    #[error(
        "the lake holds {market} with {stored_accounts} accounts over {stored_days} days: choose \
         another seed or another lake for {accounts} over {days}"
    )]
    NameTaken {
        /// The market's name.
        market: String,
        /// Accounts of the one that is there.
        stored_accounts: u32,
        /// Days of the one that is there.
        stored_days: u32,
        /// Accounts asked for.
        accounts: u32,
        /// Days asked for.
        days: u32,
    },
    /// A market's history was made by other code than this.
    #[error(
        "{market} was simulated by another version of this program, which would tell another truth"
    )]
    OtherVersion {
        /// The market's name.
        market: String,
    },
    /// The lake holds no simulated market.
    #[error("the lake holds no simulated market: make one with `plimsoll ingest simulate`")]
    NoSimulation,
    /// A time lies outside the history, or off its hours.
    #[error("{time} is no full hour within the history of {market}")]
    InvalidTime {
        /// The market's name.
        market: String,
        /// The time.
        time: DateTime<Utc>,
    },
    /// The lake could not be read or written.
    #[error("the lake failed")]
    Lake(#[from] LakeError),
}
