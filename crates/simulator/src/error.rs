//! Errors of a simulation.

use chrono::{DateTime, Utc};
use plimsoll_lake::LakeError;

/// Why a market cannot be simulated, or its true probabilities cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// An option is outside its limits.
    #[error("{option} is {value}, outside 1 to {max}")]
    OutOfRange {
        /// The option.
        option: &'static str,
        /// Its value.
        value: u32,
        /// The largest allowed value.
        max: u32,
    },
    /// The scenario's name is unknown.
    #[error("unknown scenario `{text}`: use calm, crash, depeg or mixed")]
    UnknownScenario {
        /// The given name.
        text: String,
    },
    /// The lake contains another simulation of the same name.
    #[error(
        "the lake contains {market} with {stored_accounts} accounts over {stored_days} days: choose \
         another seed or another lake for {accounts} over {days}"
    )]
    NameTaken {
        /// The market's name.
        market: String,
        /// Accounts of the stored simulation.
        stored_accounts: u32,
        /// Days of the stored simulation.
        stored_days: u32,
        /// Requested accounts.
        accounts: u32,
        /// Requested days.
        days: u32,
    },
    /// A market was simulated by another version of this program.
    #[error(
        "{market} was simulated by another version of this program, with other true probabilities"
    )]
    OtherVersion {
        /// The market's name.
        market: String,
    },
    /// The lake contains no simulated market.
    #[error("the lake contains no simulated market: create one with `plimsoll ingest simulate`")]
    NoSimulation,
    /// A time is outside the history or not a full hour.
    #[error("{time} is not a full hour of the history of {market}")]
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
