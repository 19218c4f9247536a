//! Responses to unknown paths and methods.

use std::sync::Arc;

use axum::Extension;
use axum::http::{Method, Uri};
use utoipa::openapi::OpenApi;

use crate::api::index::list_routes;
use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;
use crate::limits::truncate;

/// Names the path, and lists the known ones.
pub(crate) async fn path_not_found(
    Extension(document): Extension<Arc<OpenApi>>,
    uri: Uri,
) -> Problem {
    let known = list_routes(&document).into_iter().map(|route| route.method + " " + &route.path);
    let known = known.collect::<Vec<_>>().join(", ");
    let detail = format!("{} is not a path of this API; it has {known}", truncate(uri.path()));
    Problem::new(ProblemKind::UnknownPath, detail)
}

/// Names the method; the response's `allow` header lists the supported ones.
pub(crate) async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} does not support {method}: see the allow header", uri.path());
    Problem::new(ProblemKind::MethodNotAllowed, detail)
}
