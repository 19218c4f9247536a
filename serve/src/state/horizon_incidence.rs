//! Probabilities within a horizon of the caller's choice.

use plimsoll_model::{CumulativeIncidence, IncidenceAt};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Probabilities of the two outcomes of a position within a horizon of the caller's choice.
///
/// Between the edges of the model's grid (1, 2, 3, 6, 12 and 24 hours, 2, 3, 5, 7, 10, 15, 21 and 30
/// days) the hazards of both outcomes are constant, so the cumulative hazard is linear.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "hours": 36.0, "liquidated": 0.0187, "closed": 0.0431, "extrapolated": false
}))]
pub struct HorizonIncidence {
    /// The horizon, hours from `as_of`.
    pub hours: f64,
    /// Probability that it is liquidated first.
    #[schema(minimum = 0, maximum = 1)]
    pub liquidated: f64,
    /// Probability that its owner closes it first.
    #[schema(minimum = 0, maximum = 1)]
    pub closed: f64,
    /// Whether the horizon is below 1 hour or above 30 days, where the model has no grid: the hazards
    /// of the first hour, or of the last interval, are taken to continue.
    pub extrapolated: bool,
}

impl HorizonIncidence {
    /// Reads both curves at each horizon, in order.
    pub(crate) fn from_curves(incidence: &CumulativeIncidence, hours: &[f64]) -> Vec<Self> {
        let at = |&hours: &f64| {
            let IncidenceAt { liquidated, closed, extrapolated } = incidence.at_hours(hours);
            Self { hours, liquidated, closed, extrapolated }
        };
        hours.iter().map(at).collect()
    }
}
