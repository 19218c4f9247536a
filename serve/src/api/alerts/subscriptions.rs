//! `/v1/alerts/subscriptions`: which accounts are watched, by which rules, for which endpoint.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use chrono::Utc;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alerts::error::AlertError;
use crate::alerts::subscription::{NewSubscription, Subscription, SubscriptionSecret};
use crate::api::alerts::operator::Operator;
use crate::api::json_body::JsonBody;
use crate::api::problem::Problem;

/// Every subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Subscriptions {
    /// Oldest first.
    pub subscriptions: Vec<Subscription>,
}

/// Every subscription, without secrets.
#[utoipa::path(
    get,
    path = "/v1/alerts/subscriptions",
    operation_id = "list_subscriptions",
    tag = "alerts",
    responses(
        (status = 200, description = "The subscriptions.", body = Subscriptions),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The server has no operator token, so requests are forbidden.",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Alerts are not enabled on this server.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(Operator(alerts): Operator) -> Result<Json<Subscriptions>, Problem> {
    let subscriptions = alerts.with_store(|store| store.subscriptions()).await?;
    Ok(Json(Subscriptions { subscriptions }))
}

/// Adds a subscription: an account, rules and an endpoint.
///
/// The secret is only returned in this response. The account is evaluated when the server next reads
/// its lake.
#[utoipa::path(
    post,
    path = "/v1/alerts/subscriptions",
    operation_id = "add_subscription",
    tag = "alerts",
    request_body = NewSubscription,
    responses(
        (status = 201, description = "The subscription and its secret.", body = SubscriptionSecret),
        (status = 400, description = "The body is not JSON.",
            body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The content of the body is invalid.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn post(
    Operator(alerts): Operator,
    body: JsonBody,
) -> Result<(StatusCode, Json<SubscriptionSecret>), Problem> {
    let new: NewSubscription = body.read()?;
    let valid = new.validate(alerts.egress()).map_err(AlertError::InvalidRequest)?;
    let created = alerts.with_store(move |store| store.subscribe(&valid, Utc::now())).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// One subscription, without its secrets.
#[utoipa::path(
    get,
    path = "/v1/alerts/subscriptions/{id}",
    operation_id = "get_subscription",
    tag = "alerts",
    params(("id" = String, Path, description = "The subscription's id.")),
    responses(
        (status = 200, description = "The subscription.", body = Subscription),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Unknown subscription.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn get(
    Operator(alerts): Operator,
    Path(id): Path<String>,
) -> Result<Json<Subscription>, Problem> {
    Ok(Json(alerts.with_store(move |store| store.subscription(&id)).await?))
}

/// Removes a subscription; undelivered messages are dropped.
#[utoipa::path(
    delete,
    path = "/v1/alerts/subscriptions/{id}",
    operation_id = "remove_subscription",
    tag = "alerts",
    params(("id" = String, Path, description = "The subscription's id.")),
    responses(
        (status = 204, description = "It is removed."),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Unknown subscription.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn delete(
    Operator(alerts): Operator,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    alerts.with_store(move |store| store.remove(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
