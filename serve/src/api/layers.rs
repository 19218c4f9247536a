//! Middleware of every request.

use axum::Json;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::api::accept::prefers_html;
use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;
use crate::limits::{MAX_BODY_BYTES, REQUEST_TIMEOUT};
use crate::page::problem::problem_page;
use crate::page::response::html_response;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
const BEARER: HeaderValue = HeaderValue::from_static("Bearer");
/// Risk figures must not be answered from a cache.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Turns every error response into a [`Problem`], whatever raised it, and fills in the path.
pub(crate) async fn problem_json(request: Request, next: Next) -> Response {
    let instance = request.uri().path().to_owned();
    let as_page = prefers_html(request.headers()) && !instance.starts_with("/v1/");
    let mut response = next.run(request).await;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let found = response.extensions_mut().remove::<Problem>();
        let problem = found.unwrap_or_else(|| problem_from_status(status));
        response = problem_response(Problem { instance, ..problem }, as_page);
    }
    response.headers_mut().entry(CACHE_CONTROL).or_insert(NO_STORE);
    response
}

fn problem_response(problem: Problem, as_page: bool) -> Response {
    if as_page {
        return (problem.kind.status(), html_response(&problem_page(&problem))).into_response();
    }
    let mut response = (problem.kind.status(), Json(problem)).into_response();
    response.headers_mut().insert(CONTENT_TYPE, PROBLEM_JSON);
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, BEARER);
    }
    response
}

/// The problem for a bare status code.
pub(crate) fn problem_from_status(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("the body has more than {MAX_BODY_BYTES} bytes");
            Problem::new(ProblemKind::ContentTooLarge, detail)
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            tracing::warn!(seconds = REQUEST_TIMEOUT.as_secs(), "request timed out");
            let detail = format!("there was no answer within {} s", REQUEST_TIMEOUT.as_secs());
            Problem::new(ProblemKind::Timeout, detail)
        }
        status if status.is_server_error() => {
            tracing::error!(%status, "request failed without a cause");
            Problem::new(ProblemKind::Internal, "the server failed; the cause is in its log")
        }
        _ => Problem::new(ProblemKind::BadRequest, "the request could not be read"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;
    use tower_http::timeout::TimeoutLayer;

    use super::*;

    async fn send_through_layer(router: Router) -> Problem {
        let request = Request::get("/path?query").body(Body::empty()).expect("a request");
        let answer = router.layer(from_fn(problem_json)).oneshot(request).await.expect("an answer");
        assert_eq!(answer.headers()[CONTENT_TYPE], PROBLEM_JSON);
        assert_eq!(answer.headers()[CACHE_CONTROL], NO_STORE);
        let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
        serde_json::from_slice(&body).expect("a problem")
    }

    #[tokio::test]
    async fn bare_status_becomes_a_problem() {
        for (status, kind) in [
            (StatusCode::PAYLOAD_TOO_LARGE, ProblemKind::ContentTooLarge),
            (StatusCode::IM_A_TEAPOT, ProblemKind::BadRequest),
            (StatusCode::BAD_GATEWAY, ProblemKind::Internal),
        ] {
            let respond = async move || (status, "secret");
            let problem = send_through_layer(Router::new().route("/path", get(respond))).await;
            assert_eq!((problem.kind, problem.instance.as_str()), (kind, "/path"));
            assert!(!problem.detail.contains("secret"));
        }
    }

    #[tokio::test]
    async fn timeout_becomes_a_problem() {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        let layer = TimeoutLayer::with_status_code(unavailable, Duration::from_millis(1));
        let never = || std::future::pending::<&str>();
        let problem =
            send_through_layer(Router::new().route("/path", get(never)).layer(layer)).await;
        assert_eq!((problem.kind, problem.status), (ProblemKind::Timeout, 503));
    }

    #[tokio::test]
    async fn internal_cause_is_not_exposed() {
        let fail = || async { Problem::internal(&std::io::Error::other("secret")) };
        let problem = send_through_layer(Router::new().route("/path", get(fail))).await;
        assert_eq!(problem.kind, ProblemKind::Internal);
        assert!(!format!("{problem:?}").contains("secret"));
    }
}
