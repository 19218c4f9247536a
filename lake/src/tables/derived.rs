//! Tables written by stages of the pipeline.

mod forecasts;
mod observations;
mod quarantine;
mod simulated_markets;

pub use forecasts::Forecast;
pub use observations::Observation;
pub use quarantine::QuarantinedRow;
pub use simulated_markets::SimulatedMarket;
