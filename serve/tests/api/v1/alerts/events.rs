//! The stream of events.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use axum::http::header::AUTHORIZATION;
use futures_util::StreamExt;
use plimsoll_serve::ProblemKind;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Server, TOKEN, alert_server};
use crate::support::{send_with, state};

async fn stream(server: &Server, last: Option<&str>) -> BodyDataStream {
    let response = server.app.clone().oneshot(events_request(last)).await.expect("an answer");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body().into_data_stream()
}

fn events_request(last: Option<&str>) -> Request<Body> {
    let request =
        Request::get("/v1/alerts/events").header(AUTHORIZATION, format!("Bearer {TOKEN}"));
    let request = last.into_iter().fold(request, |request, id| request.header("last-event-id", id));
    request.body(Body::empty()).expect("a request")
}

/// The fields of the next event.
async fn next_event(stream: &mut BodyDataStream) -> (String, String, Value) {
    let event = tokio::time::timeout(Duration::from_secs(5), stream.next()).await;
    let event = event.expect("it comes").expect("the stream is open").expect("it reads");
    let text = String::from_utf8(event.to_vec()).expect("text");
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).trim().to_owned()
    };
    let body = serde_json::from_str(&field("data:")).expect("JSON");
    (field("id:"), field("event:"), body)
}

async fn subscribe_to_all(server: &Server) {
    let rules = json!([{"measure": "health_factor", "fire": 99.0, "clear": 99.5}]);
    for watch in [
        "ethereum/maker/eth-b/1",
        "ethereum/aave-v3/core/0x000000000000000000000000000000000000abc1",
    ] {
        let body = json!({"watch": watch, "url": "https://example.com/", "rules": rules});
        assert_eq!(server.ask("POST", "/v1/alerts/subscriptions", body).await.status, 201);
    }
}

#[tokio::test]
async fn stream_sends_new_messages_and_resumes_after_the_last() {
    let server = alert_server();
    subscribe_to_all(&server).await;
    let mut live = stream(&server, None).await;
    assert_eq!(server.alerts.evaluate(&state()).expect("it is evaluated"), 2);
    let (first, kind, body) = next_event(&mut live).await;
    assert_eq!((kind.as_str(), &body["type"]), ("position.at_risk", &json!("position.at_risk")));
    let (second, _, body) = next_event(&mut live).await;
    assert_eq!(
        body["data"]["account"],
        "ethereum/aave-v3/core/0x000000000000000000000000000000000000abc1"
    );
    assert_ne!(first, second);

    let mut resumed = stream(&server, Some(&first)).await;
    assert_eq!(next_event(&mut resumed).await, (second.clone(), kind, body));
    // Nothing follows but the end.
    server.alerts.stop();
    assert!(resumed.next().await.is_none() && live.next().await.is_none());
}

#[tokio::test]
async fn unknown_event_id_is_named() {
    let server = alert_server();
    let answer = send_with(server.app.clone(), events_request(Some("msg_0"))).await;
    let problem = answer.problem(ProblemKind::InvalidRequest);
    assert_eq!(problem.detail, "last-event-id: no message has the id \"msg_0\"");
}
