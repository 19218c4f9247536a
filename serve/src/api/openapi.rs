//! The OpenAPI document, and `GET /v1/openapi.json`.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use utoipa::OpenApi;

use crate::alerts::message::AlertBody;

/// The OpenAPI 3.1 document without its paths, which the router adds.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Plimsoll",
        description = "When will an on-chain loan be liquidated, and how surely?\n\n\
            All responses are as of `as_of`, the end of the data that the server has, which advances \
            as its lake grows. Every error is `application/problem+json` (RFC 9457).\n\n\
            Alerts are sent as Standard Webhooks 1.0; their bodies are of the type `AlertBody`. Paths \
            under `/v1/alerts` need the operator's token, as `Authorization: Bearer`."
    ),
    components(schemas(AlertBody))
)]
pub(crate) struct ApiDocument;

/// This document.
#[utoipa::path(
    get,
    path = "/v1/openapi.json",
    operation_id = "get_document",
    tag = "server",
    responses((status = 200, description = "An OpenAPI 3.1 document.", body = Object))
)]
pub(crate) async fn get(Extension(document): Extension<Arc<utoipa::openapi::OpenApi>>) -> Response {
    Json(document.as_ref()).into_response()
}
