//! `/v1/alerts`: subscriptions, their secrets, what was sent, and a stream of it.

pub(crate) mod events;
mod operator;
pub(crate) mod secrets;
pub(crate) mod sent;
pub(crate) mod subscriptions;

pub use secrets::NewSecret;
pub use sent::SentAlerts;
pub use subscriptions::Subscriptions;

use crate::{AlertError, Problem, ProblemKind};

/// A failure as a caller is told it.
fn alert_problem(error: AlertError) -> Problem {
    match error {
        AlertError::InvalidRequest(faults) => {
            Problem::from_field_errors(ProblemKind::InvalidRequest, faults)
        }
        AlertError::UnknownSubscription(_) => {
            Problem::new(ProblemKind::UnknownSubscription, error.to_string())
        }
        error => Problem::internal(&error),
    }
}
