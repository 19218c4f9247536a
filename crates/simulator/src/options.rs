//! What to simulate.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::SimulationError;
use plimsoll_lake::MarketKey;

/// The protocol whose mechanics are simulated.
const PROTOCOL: &str = "aave-v3";
const MAX_ACCOUNTS: u32 = 1_000_000;
const MAX_DAYS: u32 = 3_650;

/// What may befall a simulated market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scenario {
    /// Neither crash nor depeg.
    Calm,
    /// A crash every six weeks.
    Crash,
    /// A stablecoin or the staking token leaves its peg every few weeks.
    Depeg,
    /// Some of everything, as in the years that the figures were fitted to.
    Mixed,
}

/// A simulated market: equal ones have equal histories, to the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Simulation {
    /// Seed of everything random.
    pub seed: u64,
    /// Borrowers that ever come.
    pub accounts: u32,
    /// Days of history.
    pub days: u32,
    /// What may befall the market.
    pub scenario: Scenario,
}

impl Simulation {
    /// The first second of every simulated history: 2024-01-01T00:00Z.
    pub const START: DateTime<Utc> = DateTime::from_timestamp(1_704_067_200, 0).expect("a time");

    /// Checks that there is something to simulate, and that it fits a machine.
    ///
    /// # Errors
    /// [`SimulationError::OutOfRange`] for the first option that is not within its limits.
    pub fn validate(&self) -> Result<(), SimulationError> {
        let within = |option, value: u32, most| {
            let fits = (1..=most).contains(&value);
            fits.then_some(()).ok_or(SimulationError::OutOfRange { option, value, max: most })
        };
        within("accounts", self.accounts, MAX_ACCOUNTS)?;
        within("days", self.days, MAX_DAYS)
    }

    /// The market's name, by scenario and seed.
    pub(crate) fn market_name(&self) -> MarketKey {
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
        let named = all.into_iter().find(|scenario| scenario.to_string() == text);
        named.ok_or_else(|| SimulationError::UnknownScenario { text: text.to_owned() })
    }
}
