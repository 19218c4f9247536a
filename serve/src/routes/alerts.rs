//! `/v1/alerts`: subscriptions, their secrets, what was sent, and a stream of it.

mod admin;
pub(crate) mod events;
pub(crate) mod secrets;
pub(crate) mod sent;
pub(crate) mod subscriptions;

pub use secrets::NewSecret;
pub use sent::SentAlerts;
pub use subscriptions::Subscriptions;

use crate::{AlertError, Problem, ProblemKind};

/// A failure as a caller is told it.
fn problem(error: AlertError) -> Problem {
    match error {
        AlertError::Refused(faults) => Problem::of_faults(ProblemKind::InvalidRequest, faults),
        AlertError::UnknownSubscription(_) => {
            Problem::new(ProblemKind::UnknownSubscription, error.to_string())
        }
        error => Problem::internal(&error),
    }
}
