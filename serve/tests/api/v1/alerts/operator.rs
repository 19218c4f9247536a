//! Authentication.

use plimsoll_serve::{AlertService, AppState, ProblemKind};
use serde_json::Value;

use super::{TOKEN, alert_server, options, request};
use crate::support::{get, send_with, state};

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
async fn server_without_alerts_explains_how_to_enable_them() {
    let problem = get("/v1/alerts/subscriptions").await.problem(ProblemKind::AlertsDisabled);
    assert!(problem.detail.contains("serve --alerts FILE"), "{problem:?}");
}

#[tokio::test]
async fn server_without_token_forbids_every_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let alerts = AlertService::open(options(&folder, None)).expect("alerts");
    let app = plimsoll_serve::app(AppState::new(state(), Some(alerts)));
    for (method, path) in PATHS {
        for token in [None, Some(""), Some(TOKEN)] {
            let answer = send_with(app.clone(), request(method, path, token, &Value::Null)).await;
            let problem = answer.problem(ProblemKind::Forbidden);
            assert!(problem.detail.contains("PLIMSOLL_ALERTS_TOKEN"), "{problem:?}");
        }
    }
}

#[tokio::test]
async fn only_the_operator_token_is_accepted() {
    let server = alert_server();
    for (method, path) in PATHS {
        for token in [None, Some(""), Some("another"), Some("a token of the operato")] {
            let request = request(method, path, token, &Value::Null);
            let answer = send_with(server.app.clone(), request).await;
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            let problem = answer.problem(ProblemKind::Unauthorized);
            assert!(!problem.detail.contains(TOKEN), "{problem:?}");
        }
    }
    assert_eq!(server.ask("GET", "/v1/alerts/sent", Value::Null).await.status, 200);
}
