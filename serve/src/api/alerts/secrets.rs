//! `/v1/alerts/subscriptions/{id}/secrets`: rotation of secrets.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alerts::error::AlertError;
use crate::alerts::subscription::{Subscription, SubscriptionSecret};
use crate::alerts::webhook::secret::Secret;
use crate::api::alerts::operator::Operator;
use crate::api::json_body::JsonBody;
use crate::api::problem::Problem;
use crate::field_error::FieldError;

/// A new signing secret.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object, with `secret` or empty")]
pub(crate) struct NewSecret {
    /// `whsec_` and 24 to 64 bytes in base64; generated if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Adds a signing secret; messages carry a signature for each secret, at most three.
#[utoipa::path(
    post,
    path = "/v1/alerts/subscriptions/{id}/secrets",
    operation_id = "add_secret",
    tag = "alerts",
    params(("id" = String, Path, description = "The subscription's id.")),
    request_body = NewSecret,
    responses(
        (status = 201, description = "The new secret, returned only here.", body = SubscriptionSecret),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Unknown subscription.",
            body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not a valid secret.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn post(
    Operator(alerts): Operator,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<(StatusCode, Json<SubscriptionSecret>), Problem> {
    let new: NewSecret = body.read()?;
    let secret = new.secret.as_deref().map_or_else(|| Ok(Secret::generate()), Secret::parse);
    let invalid = |error| AlertError::InvalidRequest(vec![FieldError::new("secret", error)]);
    let secret = secret.map_err(invalid)?;
    let rotated = alerts.with_store(move |store| store.rotate_secret(&id, &secret)).await?;
    Ok((StatusCode::CREATED, Json(rotated)))
}

/// Removes all secrets but the newest, once the endpoint uses it.
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
        (status = 404, description = "Unknown subscription.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn delete(
    Operator(alerts): Operator,
    Path(id): Path<String>,
) -> Result<Json<Subscription>, Problem> {
    Ok(Json(alerts.with_store(move |store| store.retire_secrets(&id)).await?))
}
