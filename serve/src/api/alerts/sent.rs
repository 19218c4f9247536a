//! `GET /v1/alerts/sent`: what was said, and what became of it.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alert_problem;
use super::operator::Operator;
use crate::{Problem, SentAlert};

/// Messages that one answer lists.
const MAX_LISTED: usize = 200;

/// The latest messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SentAlerts {
    /// The newest first, 200 at most.
    pub sent: Vec<SentAlert>,
}

/// The latest messages: whether they have reached their endpoints, and if not, why.
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
    let sent = alerts.with_store(|store| store.recent(MAX_LISTED)).await.map_err(alert_problem)?;
    Ok(Json(SentAlerts { sent }))
}
