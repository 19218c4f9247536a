//! Errors that do not belong to one route.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use plimsoll_serve::{MAX_BODY_BYTES, ProblemKind};

use crate::support::{get, post, send};

#[tokio::test]
async fn unknown_path_lists_the_known_ones() {
    for path in ["/v2/score", "/v1/accounts", "/v1/accounts/", "/healthz/", "//"] {
        let problem = get(path).await.problem(ProblemKind::UnknownPath);
        assert_eq!(problem.instance, path);
        assert!(problem.detail.contains("POST /v1/score"), "{problem:?}");
    }
}

#[tokio::test]
async fn wrong_method_lists_the_allowed_ones() {
    let answer = get("/v1/score").await;
    assert_eq!(answer.headers["allow"], "POST");
    let problem = answer.problem(ProblemKind::MethodNotAllowed);
    assert_eq!(problem.detail, "/v1/score does not support GET: see the allow header");
    let answer = post("/healthz", "{}").await;
    assert_eq!(answer.headers["allow"], "GET,HEAD");
    answer.problem(ProblemKind::MethodNotAllowed);
}

#[tokio::test]
async fn head_is_a_get_without_its_body() {
    let answer = send(Request::head("/healthz").body(Body::empty()).expect("a request")).await;
    assert_eq!((answer.status, answer.json), (200, serde_json::Value::Null));
}

#[tokio::test]
async fn other_content_type_is_refused() {
    let request = |named: Option<&str>| {
        let request = Request::post("/v1/score");
        let request = named.into_iter().fold(request, |r, named| r.header(CONTENT_TYPE, named));
        send(request.body(Body::from("{}")).expect("a request"))
    };
    for named in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json"] {
        let problem = request(Some(named)).await.problem(ProblemKind::UnsupportedMediaType);
        assert!(problem.detail.contains(named) && problem.detail.contains("application/json"));
    }
    let problem = request(None).await.problem(ProblemKind::UnsupportedMediaType);
    assert_eq!(problem.detail, "the content-type is absent: send application/json");
    for named in ["application/json; charset=utf-8", "Application/JSON", "application/ld+json"] {
        request(Some(named)).await.problem(ProblemKind::InvalidRequest);
    }
}

#[tokio::test]
async fn oversized_body_is_refused() {
    let spaces = |bytes: usize| " ".repeat(bytes);
    let problem = post("/v1/score", spaces(MAX_BODY_BYTES + 1)).await;
    let problem = problem.problem(ProblemKind::ContentTooLarge);
    assert_eq!(problem.detail, "the body has more than 8388608 bytes");
    // At the limit it is read, and is not JSON.
    post("/v1/score", spaces(MAX_BODY_BYTES)).await.problem(ProblemKind::MalformedJson);
}
