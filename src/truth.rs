//! True probabilities of a simulated market, and their comparison with forecasts.

mod comparison;
mod plan;
mod row_index;
mod simulated;

pub(crate) use comparison::TruthComparison;
pub(crate) use plan::{HORIZON_DAYS, TruthPlan};
pub(crate) use simulated::SimulatedTruth;
