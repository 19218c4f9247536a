//! Subscriptions and their secrets.

use plimsoll_serve::{ProblemKind, SubscriptionSecret, Subscriptions};
use serde_json::{Value, json};

use super::{Server, alert_server};
use crate::support::Document;

const PATH: &str = "/v1/alerts/subscriptions";

fn new_subscription() -> Value {
    json!({
        "watch": "ethereum/maker/eth-b/1",
        "url": "https://example.com/hook",
        "rules": [{"measure": "probability_24h", "fire": 0.05, "clear": 0.01}],
    })
}

async fn subscribe(server: &Server, body: Value) -> SubscriptionSecret {
    let answer = server.ask("POST", PATH, body).await;
    assert_eq!(answer.status, 201, "{}", answer.json);
    serde_json::from_value(answer.json).expect("a subscription and its secret")
}

#[tokio::test]
async fn secret_is_shown_once() {
    let server = alert_server();
    let created = subscribe(&server, new_subscription()).await;
    assert!(created.secret.starts_with("whsec_"));
    let id = &created.subscription.id;
    for path in [PATH.to_owned(), format!("{PATH}/{id}"), "/v1/alerts/sent".to_owned()] {
        let answer = server.ask("GET", &path, Value::Null).await;
        assert_eq!(answer.status, 200);
        assert!(!answer.json.to_string().contains("whsec_"), "{}", answer.json);
    }
    let listed: Subscriptions = server.ask("GET", PATH, Value::Null).await.read();
    assert_eq!(listed.subscriptions, [created.subscription]);
}

#[tokio::test]
async fn custom_secret_is_stored_and_rotated_without_a_gap() {
    let server = alert_server();
    let own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let mut body = new_subscription();
    body["secret"] = json!(own);
    let created = subscribe(&server, body).await;
    assert_eq!(created.secret, own);
    let path = format!("{PATH}/{}/secrets", created.subscription.id);
    let rotated = server.ask("POST", &path, json!({})).await;
    assert_eq!((rotated.status, &rotated.json["subscription"]["secrets"]), (201, &json!(2)));
    assert_ne!(rotated.json["secret"], own);
    let finished = server.ask("DELETE", &path, Value::Null).await;
    assert_eq!((finished.status, &finished.json["secrets"]), (200, &json!(1)));
    let short = server.ask("POST", &path, json!({"secret": "whsec_c2hvcnQ="})).await;
    let problem = short.problem(ProblemKind::InvalidRequest);
    assert_eq!(problem.detail, "secret: a secret of 5 bytes is refused: it has 24 to 64");
}

#[tokio::test]
async fn removed_subscription_is_not_found() {
    let server = alert_server();
    let id = subscribe(&server, new_subscription()).await.subscription.id;
    let path = format!("{PATH}/{id}");
    assert_eq!(server.ask("DELETE", &path, Value::Null).await.status, 204);
    for method in ["GET", "DELETE"] {
        let answer = server.ask(method, &path, Value::Null).await;
        let problem = answer.problem(ProblemKind::UnknownSubscription);
        assert!(problem.detail.contains(&id), "{problem:?}");
    }
}

#[tokio::test]
async fn every_field_error_names_its_field_and_limit() {
    let server = alert_server();
    let mut all = new_subscription();
    all["watch"] = json!("nobody");
    all["url"] = json!("https://192.168.0.1/");
    all["rules"][0]["fire"] = json!(1.5);
    all["secret"] = json!("secret");
    let problem = server.ask("POST", PATH, all).await.problem(ProblemKind::InvalidRequest);
    let details: Vec<&str> = problem.errors.iter().map(|error| error.detail.as_str()).collect();
    for (detail, expected) in details.iter().zip([
        "watch: \"nobody\" is neither an account id",
        "url: 192.168.0.1 is refused: it is not a public address (private)",
        "rules[0].fire: 1.5 is not a probability level: it is above 0, at most 1",
        "secret: a secret begins with whsec_",
    ]) {
        assert!(detail.starts_with(expected), "{detail}");
    }
    assert_eq!(details.len(), 4);
    for (field, value, expected) in [
        ("rules", json!([]), "rules: there are 0: a subscription has 1 to 16"),
        ("url", json!("http://example.com/"), "url: http to example.com is refused: use https"),
        (
            "rules",
            json!([{"measure": "mood", "fire": 1}]),
            "rules[0].measure: unknown variant `mood`",
        ),
        ("colour", json!(1), "colour: unknown field `colour`"),
    ] {
        let mut body = new_subscription();
        body[field] = value;
        let problem = server.ask("POST", PATH, body).await.problem(ProblemKind::InvalidRequest);
        assert!(problem.detail.starts_with(expected), "{problem:?}");
    }
}

#[tokio::test]
async fn responses_match_their_schemas() {
    let server = alert_server();
    let document = Document(server.ask("GET", "/v1/openapi.json", Value::Null).await.json);
    let created = server.ask("POST", PATH, new_subscription()).await;
    let id = created.json["subscription"]["id"].as_str().expect("an id").to_owned();
    let one = format!("{PATH}/{{id}}");
    let answers = [
        (PATH, "post", "201", created),
        (PATH, "get", "200", server.ask("GET", PATH, Value::Null).await),
        (&one, "get", "200", server.ask("GET", &format!("{PATH}/{id}"), Value::Null).await),
        (&one, "get", "404", server.ask("GET", &format!("{PATH}/x"), Value::Null).await),
        (PATH, "post", "422", server.ask("POST", PATH, json!({})).await),
    ];
    for (path, method, status, answer) in answers {
        assert_eq!(answer.status.to_string(), status, "{method} {path}: {}", answer.json);
        let schema = document.response(path, method, status);
        assert_eq!(document.mismatch(&answer.json, schema), None, "{method} {path} {status}");
    }
}
