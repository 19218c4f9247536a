//! `GET /v1/alerts/sent`: sent messages and their delivery.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alerts::sent_alert::SentAlert;
use crate::api::alerts::operator::Operator;
use crate::api::problem::Problem;

/// Maximum number of messages in one response.
const MAX_LISTED: usize = 200;

/// The latest messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct SentAlerts {
    /// Newest first, at most 200.
    pub sent: Vec<SentAlert>,
}

/// The latest messages and the status of their delivery.
#[utoipa::path(
    get,
    path = "/v1/alerts/sent",
    operation_id = "list_sent",
    tag = "alerts",
    responses(
        (status = 200, description = "The messages.", body = SentAlerts),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn get(Operator(alerts): Operator) -> Result<Json<SentAlerts>, Problem> {
    let sent = alerts.with_store(|store| store.recent(MAX_LISTED)).await?;
    Ok(Json(SentAlerts { sent }))
}
