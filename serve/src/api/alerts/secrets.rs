//! `/v1/alerts/subscriptions/{id}/secrets`: secrets change without a gap.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alert_problem;
use super::operator::Operator;
use crate::body::JsonBody;
use crate::{AlertError, FieldError, Problem, Secret, Subscription, SubscriptionSecret};

/// A secret to sign with from now on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object, with `secret` or empty")]
pub struct NewSecret {
    /// `whsec_` and 24 to 64 bytes in base64; made if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Signs with a new secret, beside those before: messages bear a signature for each, three at most.
#[utoipa::path(
    post,
    path = "/v1/alerts/subscriptions/{id}/secrets",
    operation_id = "add_secret",
    tag = "alerts",
    params(("id" = String, Path, description = "The subscription's id.")),
    request_body = NewSecret,
    responses(
        (status = 201, description = "The new secret, told this once.", body = SubscriptionSecret),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such subscription.",
            body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "This is no secret.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn post(
    Operator(alerts): Operator,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<(StatusCode, Json<SubscriptionSecret>), Problem> {
    let asked: NewSecret = body.read()?;
    let secret = asked.secret.as_deref().map_or_else(|| Ok(Secret::generate()), Secret::parse);
    let refused =
        |error| alert_problem(AlertError::InvalidRequest(vec![FieldError::new("secret", error)]));
    let secret = secret.map_err(refused)?;
    let made = alerts
        .with_store(move |store| store.rotate_secret(&id, &secret))
        .await
        .map_err(alert_problem)?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Signs with the newest secret only, once the endpoint knows it.
#[utoipa::path(
    delete,
    path = "/v1/alerts/subscriptions/{id}/secrets",
    operation_id = "retire_secrets",
    tag = "alerts",
    params(("id" = String, Path, description = "The subscription's id.")),
    responses(
        (status = 200, description = "The subscription, with one secret.", body = Subscription),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such subscription.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn delete(
    Operator(alerts): Operator,
    Path(id): Path<String>,
) -> Result<Json<Subscription>, Problem> {
    alerts.with_store(move |store| store.retire_secrets(&id)).await.map(Json).map_err(alert_problem)
}
