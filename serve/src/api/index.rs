//! `GET /`: the list of routes.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{ACCEPT, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;

use crate::api::accept::prefers_html;
use crate::api::problem::Problem;
use crate::page::routes;
use crate::state::server_snapshot::ServerSnapshot;

/// The list of routes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Index {
    /// The program's name.
    #[schema(example = "plimsoll")]
    pub name: String,
    /// The program's version.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// The routes.
    pub routes: Vec<IndexRoute>,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"method": "GET", "path": "/healthz", "summary": "The state of the server."}))]
pub struct IndexRoute {
    /// HTTP method.
    pub method: String,
    /// Path.
    pub path: String,
    /// What it does.
    pub summary: String,
}

/// The list of routes; a client that accepts `text/html`, as browsers do, gets the risk page.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "list_routes",
    tag = "server",
    responses((status = 200, description = "The routes.", body = Index))
)]
pub(crate) async fn get(
    State(snapshot): State<ServerSnapshot>,
    Extension(document): Extension<Arc<OpenApi>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut response = if prefers_html(&headers) {
        routes::home(snapshot, headers).await?
    } else {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let routes = list_routes(&document);
        Json(Index { name: "plimsoll".to_owned(), version, routes }).into_response()
    };
    response.headers_mut().insert(VARY, HeaderValue::from_name(ACCEPT));
    Ok(response)
}

/// Every route in the document.
pub(crate) fn list_routes(document: &OpenApi) -> Vec<IndexRoute> {
    let mut routes = Vec::new();
    for (path, item) in &document.paths.paths {
        let operations = [("GET", &item.get), ("POST", &item.post), ("DELETE", &item.delete)];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                let (method, path) = (method.to_owned(), path.clone());
                let summary = operation.summary.clone().unwrap_or_default();
                routes.push(IndexRoute { method, path, summary });
            }
        }
    }
    routes
}
