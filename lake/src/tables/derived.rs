//! Tables written by stages of the pipeline.

mod forecasts;
mod observations;
mod peer_forecasts;
mod quarantine;
mod simulated_markets;

pub use forecasts::Forecast;
pub use observations::Observation;
pub use peer_forecasts::PeerForecast;
pub use quarantine::QuarantinedRow;
pub use simulated_markets::SimulatedMarket;
