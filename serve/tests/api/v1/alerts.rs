//! `/v1/alerts`.

mod events;
mod messages;
mod operator;
mod subscriptions;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use plimsoll_serve::{AlertOptions, AlertService, AppState};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Response, send_with, state};

const TOKEN: &str = "a token of the operator";

/// A server with alerts, and the folder of its database.
struct Server {
    folder: TempDir,
    alerts: AlertService,
    app: Router,
}

fn options(folder: &TempDir, token: Option<&str>) -> AlertOptions {
    let file = folder.path().join("alerts.db");
    AlertOptions { file, token: token.map(str::to_owned), ..AlertOptions::default() }
}

fn alert_server() -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    let alerts = AlertService::open(options(&folder, Some(TOKEN))).expect("alerts");
    let app = plimsoll_serve::app(AppState::new(state(), Some(alerts.clone())));
    Server { folder, alerts, app }
}

fn request(method: &str, path: &str, token: Option<&str>, body: &Value) -> Request<Body> {
    let request =
        Request::builder().method(method).uri(path).header(CONTENT_TYPE, "application/json");
    let request = token
        .into_iter()
        .fold(request, |request, token| request.header(AUTHORIZATION, format!("Bearer {token}")));
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    request.body(body).expect("a request")
}

impl Server {
    /// Sends a request with the operator's token.
    async fn ask(&self, method: &str, path: &str, body: Value) -> Response {
        send_with(self.app.clone(), request(method, path, Some(TOKEN), &body)).await
    }
}
