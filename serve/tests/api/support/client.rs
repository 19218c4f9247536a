//! A client that calls the server without a socket.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, Request};
use plimsoll_serve::{Problem, ProblemKind};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;

use super::app;

/// A response, its body as text and, if possible, as JSON.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Response {
    /// The parsed body of a successful response.
    pub(crate) fn read<T: DeserializeOwned>(self) -> T {
        assert_eq!(self.status, 200, "{}", self.json);
        assert_eq!(self.headers[CONTENT_TYPE], "application/json");
        serde_json::from_value(self.json).expect("the body has its type")
    }

    /// The problem, after checks that hold for every problem.
    pub(crate) fn problem(self, kind: ProblemKind) -> Problem {
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json", "{}", self.json);
        let problem: Problem = serde_json::from_value(self.json).expect("a problem");
        assert_eq!(problem.kind, kind, "{problem:?}");
        assert_eq!([problem.status; 2], [self.status, kind.status().as_u16()]);
        assert_eq!(problem.title, kind.title());
        assert!(!problem.detail.is_empty() && problem.instance.starts_with('/'));
        problem
    }
}

pub(crate) async fn get(path: &str) -> Response {
    get_with(app(), path).await
}

pub(crate) async fn get_with(app: Router, path: &str) -> Response {
    send_with(app, Request::get(path).body(Body::empty()).expect("a request")).await
}

pub(crate) async fn post(path: &str, body: impl Into<Body>) -> Response {
    post_with(app(), path, body).await
}

pub(crate) async fn post_with(app: Router, path: &str, body: impl Into<Body>) -> Response {
    let request = Request::post(path).header(CONTENT_TYPE, "application/json");
    send_with(app, request.body(body.into()).expect("a request")).await
}

/// Sends a request as a browser does.
pub(crate) async fn get_html(app: Router, path: &str) -> Response {
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let request = Request::get(path).header(ACCEPT, accept).body(Body::empty());
    send_with(app, request.expect("a request")).await
}

pub(crate) async fn send(request: Request<Body>) -> Response {
    send_with(app(), request).await
}

pub(crate) async fn send_with(app: Router, request: Request<Body>) -> Response {
    let response = app.oneshot(request).await.expect("the server never fails");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body");
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Response { status: parts.status.as_u16(), headers: parts.headers, text, json }
}
