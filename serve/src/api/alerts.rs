//! `/v1/alerts`: subscriptions, their secrets, sent alerts, and a stream of alerts.

pub(crate) mod events;
pub(crate) mod operator;
pub(crate) mod secrets;
pub(crate) mod sent;
pub(crate) mod subscriptions;

use crate::alerts::error::AlertError;
use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;

impl From<AlertError> for Problem {
    fn from(error: AlertError) -> Self {
        match error {
            AlertError::InvalidRequest(errors) => {
                Self::from_field_errors(ProblemKind::InvalidRequest, errors)
            }
            AlertError::UnknownSubscription(_) => {
                Self::new(ProblemKind::UnknownSubscription, error.to_string())
            }
            error => Self::internal(&error),
        }
    }
}
