//! Options of a simulation.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use plimsoll_lake::MarketKey;
use serde::Serialize;

use crate::error::SimulationError;

/// The protocol whose rules are simulated.
const PROTOCOL: &str = "aave-v3";
const MAX_ACCOUNTS: u32 = 1_000_000;
const MAX_DAYS: u32 = 3_650;

/// The kinds of stress in a simulated market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scenario {
    /// Neither crash nor depeg.
    Calm,
    /// A crash every six weeks.
    Crash,
    /// A stablecoin or the staking token loses its peg every few weeks.
    Depeg,
    /// All of these at the frequencies of the years that the parameters were fitted to.
    Mixed,
}

/// A simulated market; equal options yield byte-identical histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Simulation {
    /// Seed of all random streams.
    pub seed: u64,
    /// Total number of borrowers.
    pub accounts: u32,
    /// Days of history.
    pub days: u32,
    /// The kind of stress.
    pub scenario: Scenario,
}

impl Simulation {
    /// Start of every simulated history: 2024-01-01T00:00Z.
    pub const START: DateTime<Utc> = DateTime::from_timestamp(1_704_067_200, 0).expect("a time");

    /// Checks that the options are within their limits.
    ///
    /// # Errors
    /// [`SimulationError::OutOfRange`] for the first option that is outside its limits.
    pub fn validate(&self) -> Result<(), SimulationError> {
        let within = |option, value: u32, max| {
            let fits = (1..=max).contains(&value);
            fits.then_some(()).ok_or(SimulationError::OutOfRange { option, value, max })
        };
        within("accounts", self.accounts, MAX_ACCOUNTS)?;
        within("days", self.days, MAX_DAYS)
    }

    /// The market's key, from scenario and seed.
    pub(crate) fn market_key(&self) -> MarketKey {
        let market = format!("{}-{}", self.scenario, self.seed);
        MarketKey { chain: format!("simulated-{market}"), protocol: PROTOCOL.to_owned(), market }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Calm => "calm",
            Self::Crash => "crash",
            Self::Depeg => "depeg",
            Self::Mixed => "mixed",
        })
    }
}

impl FromStr for Scenario {
    type Err = SimulationError;

    fn from_str(text: &str) -> Result<Self, SimulationError> {
        let all = [Self::Calm, Self::Crash, Self::Depeg, Self::Mixed];
        let found = all.into_iter().find(|scenario| scenario.to_string() == text);
        found.ok_or_else(|| SimulationError::UnknownScenario { text: text.to_owned() })
    }
}
