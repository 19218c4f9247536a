//! `/v1/alerts/subscriptions`: who is warned of what, and where.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use chrono::Utc;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alert_problem;
use super::operator::Operator;
use crate::body::JsonBody;
use crate::{AlertError, NewSubscription, Problem, Subscription, SubscriptionSecret};

/// Every subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Subscriptions {
    /// The oldest first.
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
        (status = 403, description = "The server has no token, so nobody may ask.",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "This server sends no alerts.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(Operator(alerts): Operator) -> Result<Json<Subscriptions>, Problem> {
    let subscriptions =
        alerts.with_store(|store| store.subscriptions()).await.map_err(alert_problem)?;
    Ok(Json(Subscriptions { subscriptions }))
}

/// Subscribes: whom to warn, of what, and where.
///
/// The secret is told in this answer and never again. What is watched is looked at when the server
/// next looks at its lake.
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
        (status = 422, description = "The body asks for what is refused.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn post(
    Operator(alerts): Operator,
    body: JsonBody,
) -> Result<(StatusCode, Json<SubscriptionSecret>), Problem> {
    let asked: NewSubscription = body.read()?;
    let checked = asked
        .validate(alerts.egress())
        .map_err(AlertError::InvalidRequest)
        .map_err(alert_problem)?;
    let made = alerts.with_store(move |store| store.subscribe(&checked, Utc::now())).await;
    Ok((StatusCode::CREATED, Json(made.map_err(alert_problem)?)))
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
        (status = 404, description = "No such subscription.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn get(
    Operator(alerts): Operator,
    Path(id): Path<String>,
) -> Result<Json<Subscription>, Problem> {
    alerts.with_store(move |store| store.subscription(&id)).await.map(Json).map_err(alert_problem)
}

/// Removes a subscription; what was not yet delivered is dropped.
#[utoipa::path(
    delete,
    path = "/v1/alerts/subscriptions/{id}",
    operation_id = "remove_subscription",
    tag = "alerts",
    params(("id" = String, Path, description = "The subscription's id.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such subscription.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn delete(
    Operator(alerts): Operator,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    alerts.with_store(move |store| store.remove(&id)).await.map_err(alert_problem)?;
    Ok(StatusCode::NO_CONTENT)
}
