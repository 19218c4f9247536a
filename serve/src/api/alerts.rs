//! `/v1/alerts`: subscriptions, their secrets, sent alerts, and a stream of alerts.

pub(crate) mod events;
pub(crate) mod operator;
pub(crate) mod secrets;
pub(crate) mod sent;
pub(crate) mod subscriptions;

use crate::alerts::error::AlertError;
use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;

/// Converts a failure to a problem.
fn alert_problem(error: AlertError) -> Problem {
    match error {
        AlertError::InvalidRequest(errors) => {
            Problem::from_field_errors(ProblemKind::InvalidRequest, errors)
        }
        AlertError::UnknownSubscription(_) => {
            Problem::new(ProblemKind::UnknownSubscription, error.to_string())
        }
        error => Problem::internal(&error),
    }
}
