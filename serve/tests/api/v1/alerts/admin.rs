//! Who may ask.

use plimsoll_serve::{Alerts, ProblemKind, Served};
use serde_json::Value;

use super::{TOKEN, options, request, server};
use crate::support::{get, send_to, state};

const PATHS: [(&str, &str); 8] = [
    ("GET", "/v1/alerts/subscriptions"),
    ("POST", "/v1/alerts/subscriptions"),
    ("GET", "/v1/alerts/subscriptions/sub_1"),
    ("DELETE", "/v1/alerts/subscriptions/sub_1"),
    ("POST", "/v1/alerts/subscriptions/sub_1/secrets"),
    ("DELETE", "/v1/alerts/subscriptions/sub_1/secrets"),
    ("GET", "/v1/alerts/sent"),
    ("GET", "/v1/alerts/events"),
];

#[tokio::test]
async fn a_server_without_alerts_says_how_to_turn_them_on() {
    let problem = get("/v1/alerts/subscriptions").await.problem(ProblemKind::AlertsOff);
    assert!(problem.detail.contains("serve --alerts FILE"), "{problem:?}");
}

#[tokio::test]
async fn nobody_may_ask_a_server_without_a_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let alerts = Alerts::open(options(&folder, None)).expect("alerts");
    let app = plimsoll_serve::app(Served::new(state(), Some(alerts)));
    for (method, path) in PATHS {
        for token in [None, Some(""), Some(TOKEN)] {
            let answer = send_to(app.clone(), request(method, path, token, &Value::Null)).await;
            let problem = answer.problem(ProblemKind::Forbidden);
            assert!(problem.detail.contains("PLIMSOLL_ALERTS_TOKEN"), "{problem:?}");
        }
    }
}

#[tokio::test]
async fn only_who_bears_the_token_may_ask() {
    let server = server();
    for (method, path) in PATHS {
        for token in [None, Some(""), Some("another"), Some("a token of the operato")] {
            let request = request(method, path, token, &Value::Null);
            let answer = send_to(server.app.clone(), request).await;
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            let problem = answer.problem(ProblemKind::Unauthorized);
            assert!(!problem.detail.contains(TOKEN), "{problem:?}");
        }
    }
    assert_eq!(server.ask("GET", "/v1/alerts/sent", Value::Null).await.status, 200);
}
