//! The routes of the server.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use axum::{Extension, Router};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;

use crate::api::document::ApiDocument;
use crate::api::{accounts, alerts, fallback, healthz, index, layers, openapi, score};
use crate::limits::{MAX_BODY_BYTES, REQUEST_TIMEOUT};
use crate::page::frame::{ICON_PATH, style_path};
use crate::page::routes;
use crate::state::app_state::AppState;

/// The whole server without a socket.
pub fn app(served: impl Into<AppState>) -> Router {
    use alerts::{events, secrets, sent, subscriptions};
    Router::new()
        .route("/", get(index::get))
        .route("/healthz", get(healthz::get))
        .route("/v1/openapi.json", get(openapi::get))
        .route("/v1/accounts/{*id}", get(accounts::get))
        .route("/v1/score", post(score::post))
        .route("/markets/{protocol}/{market}", get(routes::market))
        .route("/markets/{protocol}/{market}/accounts", get(routes::accounts))
        .route("/accounts/{*id}", get(routes::account))
        .route(style_path(), get(routes::style))
        .route(ICON_PATH, get(routes::icon))
        .route("/v1/alerts/subscriptions", get(subscriptions::list).post(subscriptions::post))
        .route(
            "/v1/alerts/subscriptions/{id}",
            get(subscriptions::get).delete(subscriptions::delete),
        )
        .route("/v1/alerts/subscriptions/{id}/secrets", post(secrets::post).delete(secrets::delete))
        .route("/v1/alerts/sent", get(sent::get))
        .route("/v1/alerts/events", get(events::get))
        .fallback(fallback::path_not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(Extension(Arc::new(ApiDocument::openapi())))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(from_fn(layers::problem_json))
        // A failure is logged with its cause where it is handled, not again here.
        .layer(TraceLayer::new_for_http().on_failure(()))
        .with_state(served.into())
}
