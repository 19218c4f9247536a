//! The simulated markets that are completely stored in a lake.

use plimsoll_lake::Store;
use plimsoll_lake::tables::SimulatedMarket;

use crate::error::SimulationError;
use crate::simulation::Simulation;

/// Reads the simulated markets that are completely stored in a lake.
pub(crate) fn read_stored_markets(store: &Store) -> Result<Vec<SimulatedMarket>, SimulationError> {
    Ok(store.rows::<SimulatedMarket>()?)
}

impl Simulation {
    /// The simulations that are completely stored in a lake, by market.
    ///
    /// # Errors
    /// [`SimulationError::NoSimulation`] if there is none, or the lake's own errors.
    pub fn read_all(store: &Store) -> Result<Vec<Self>, SimulationError> {
        let simulation = |stored: SimulatedMarket| {
            let SimulatedMarket { seed, accounts, days, scenario, .. } = stored;
            Ok::<_, SimulationError>(Self { seed, accounts, days, scenario: scenario.parse()? })
        };
        let all = read_stored_markets(store)?;
        let all = all.into_iter().map(simulation).collect::<Result<Vec<_>, _>>()?;
        if all.is_empty() { Err(SimulationError::NoSimulation) } else { Ok(all) }
    }

    /// Repeats the simulation and compares its digest with the one in the lake.
    ///
    /// # Errors
    /// [`SimulationError::OtherVersion`] if they differ, [`SimulationError::NoSimulation`] if the
    /// lake has none, or the lake's own errors.
    pub fn verify_digest(&self, store: &Store) -> Result<(), SimulationError> {
        let market = self.market_key().market;
        let stored = read_stored_markets(store)?.into_iter().find(|row| row.market == market);
        let stored = stored.ok_or(SimulationError::NoSimulation)?;
        let same = stored.digest == self.run_history(|_| {}).digest();
        same.then_some(()).ok_or(SimulationError::OtherVersion { market })
    }
}
