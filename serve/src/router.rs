//! The routes of the server.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::get;
use axum::{Extension, Router};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::alerts::{events, secrets, sent, subscriptions};
use crate::api::openapi::ApiDocument;
use crate::api::{accounts, fallback, healthz, index, layers, openapi, score};
use crate::limits::{MAX_BODY_BYTES, REQUEST_TIMEOUT};
use crate::page;
use crate::page::frame::{ICON_PATH, style_path};
use crate::state::app_state::AppState;

/// The whole server without a socket.
pub fn app(state: impl Into<AppState>) -> Router {
    let (api, document) = api_routes().split_for_parts();
    api.merge(page_routes())
        .fallback(fallback::path_not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(Extension(Arc::new(document)))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(from_fn(layers::problem_json))
        // A failure is logged with its cause where it is handled, not again here.
        .layer(TraceLayer::new_for_http().on_failure(()))
        .with_state(state.into())
}

/// The routes in the OpenAPI document, each registered with its documentation.
fn api_routes() -> OpenApiRouter<AppState> {
    let router = OpenApiRouter::with_openapi(ApiDocument::openapi())
        .routes(routes!(index::get))
        .routes(routes!(healthz::get))
        .routes(routes!(openapi::get))
        .routes(routes!(score::post))
        .routes(routes!(subscriptions::list, subscriptions::post))
        .routes(routes!(subscriptions::get, subscriptions::delete))
        .routes(routes!(secrets::post, secrets::delete))
        .routes(routes!(sent::get))
        .routes(routes!(events::get));
    with_account_route(router)
}

/// Adds the route of an account, whose id contains slashes. OpenAPI has no wildcards, so the
/// documented path is that of a plain parameter.
fn with_account_route(router: OpenApiRouter<AppState>) -> OpenApiRouter<AppState> {
    let (schemas, mut paths, methods) = routes!(accounts::get);
    let mut router = router.route("/v1/accounts/{*id}", methods);
    let document = router.get_openapi_mut();
    document.paths.paths.append(&mut paths.paths);
    document.components.get_or_insert_default().schemas.extend(schemas);
    router
}

/// The pages, and what they load.
fn page_routes() -> Router<AppState> {
    Router::new()
        .route("/markets/{protocol}/{market}", get(page::routes::market))
        .route("/markets/{protocol}/{market}/accounts", get(page::routes::accounts))
        .route("/markets/{chain}/{protocol}/{market}", get(page::routes::market))
        .route("/markets/{chain}/{protocol}/{market}/accounts", get(page::routes::accounts))
        .route("/accounts/{*id}", get(page::routes::account))
        .route(style_path(), get(page::routes::style))
        .route(ICON_PATH, get(page::routes::icon))
}
