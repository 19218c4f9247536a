//! A simulated lending market, whose true probabilities are known.
//!
//! An environment of prices, oracles, gas, depth and interest takes its course; borrowers of
//! different tempers live in it, each by an own stream of random numbers; liquidators act where it
//! pays. [`simulate`] writes what a chain would have told of it. As the future depends on nothing
//! but the state at an hour, a [`Landmark`] can live through as many futures as one likes: the share
//! in which an account is liquidated is its true probability.

mod asset;
mod borrower;
mod chronicle;
mod clock;
mod environment;
mod error;
mod history;
mod landmark;
mod names;
mod options;
mod random;
mod rows;
mod smoothing;
mod summary;
mod write;

use plimsoll_lake::Store;
use plimsoll_lake::tables::SimulatedMarket;

pub use error::SimulationError;
pub use landmark::{AccountSnapshot, Landmark, SimulatedOutcome, TrueIncidence};
pub use options::{Scenario, Simulation};
pub use summary::{SimulationSummary, WrittenCounts};
pub use write::simulate;

/// The simulated markets that a lake holds whole.
fn stored_markets(store: &Store) -> Result<Vec<SimulatedMarket>, SimulationError> {
    Ok(store.rows::<SimulatedMarket>()?)
}

impl Simulation {
    /// The simulations that a lake holds whole, by market.
    ///
    /// # Errors
    /// [`SimulationError::NoSimulation`] if there is none, or the lake's own errors.
    pub fn read_all(store: &Store) -> Result<Vec<Self>, SimulationError> {
        let simulation = |held: SimulatedMarket| {
            let SimulatedMarket { seed, accounts, days, scenario, .. } = held;
            Ok::<_, SimulationError>(Self { seed, accounts, days, scenario: scenario.parse()? })
        };
        let all =
            stored_markets(store)?.into_iter().map(simulation).collect::<Result<Vec<_>, _>>()?;
        if all.is_empty() { Err(SimulationError::NoSimulation) } else { Ok(all) }
    }

    /// Lives through the history again and holds it against the one in the lake.
    ///
    /// # Errors
    /// [`SimulationError::OtherVersion`] if they differ, [`SimulationError::NoSimulation`] if the
    /// lake has none, or the lake's own errors.
    pub fn verify_digest(&self, store: &Store) -> Result<(), SimulationError> {
        let market = self.market_name().market;
        let held = stored_markets(store)?.into_iter().find(|held| held.market == market);
        let held = held.ok_or(SimulationError::NoSimulation)?;
        let same = held.digest == self.run_history(|_| {}).digest();
        same.then_some(()).ok_or(SimulationError::OtherVersion { market })
    }
}
