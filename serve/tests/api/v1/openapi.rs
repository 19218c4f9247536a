use std::collections::BTreeSet;

use plimsoll_serve::{
    AccountResponse, NewSubscription, Problem, Remedy, ScoreRequest, ScoreResponse, Subscription,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{Document, get, post};

async fn document() -> Document {
    let answer = get("/v1/openapi.json").await;
    assert_eq!(answer.status, 200);
    Document(answer.json)
}

#[tokio::test]
async fn document_lists_every_route() {
    let Document(document) = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let paths: Vec<_> = document["paths"].as_object().expect("paths").keys().collect();
    assert_eq!(
        paths,
        [
            "/",
            "/healthz",
            "/v1/accounts/{id}",
            "/v1/alerts/events",
            "/v1/alerts/sent",
            "/v1/alerts/subscriptions",
            "/v1/alerts/subscriptions/{id}",
            "/v1/alerts/subscriptions/{id}/secrets",
            "/v1/openapi.json",
            "/v1/score",
        ]
    );
}

#[tokio::test]
async fn every_operation_has_a_unique_id_and_described_responses() {
    let Document(document) = document().await;
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.values().flat_map(|path| path.as_object().expect("a path").values());
    let operations: Vec<&Value> = operations.collect();
    let ids: BTreeSet<_> = operations.iter().filter_map(|o| o["operationId"].as_str()).collect();
    assert_eq!(ids.len(), operations.len(), "{ids:?}");
    for operation in operations {
        let responses = operation["responses"].as_object().expect("responses").values();
        let described =
            |response: &Value| response["description"].as_str().is_some_and(|d| d.len() > 1);
        assert!(responses.into_iter().all(described), "{operation}");
    }
}

#[tokio::test]
async fn every_response_matches_its_schema() {
    let document = document().await;
    let answers = [
        ("/", "get", "200", get("/").await),
        ("/healthz", "get", "200", get("/healthz").await),
        ("/v1/accounts/{id}", "get", "200", get("/v1/accounts/ethereum/maker/eth-b/1").await),
        ("/v1/accounts/{id}", "get", "200", get("/v1/accounts/ethereum/maker/eth-b/2").await),
        (
            "/v1/accounts/{id}",
            "get",
            "200",
            get("/v1/accounts/ethereum/maker/eth-b/1?horizon_hours=36,900").await,
        ),
        (
            "/v1/accounts/{id}",
            "get",
            "400",
            get("/v1/accounts/ethereum/maker/eth-b/1?horizon_hours=0").await,
        ),
        ("/v1/accounts/{id}", "get", "400", get("/v1/accounts/maker").await),
        ("/v1/accounts/{id}", "get", "404", get("/v1/accounts/ethereum/maker/eth-b/999").await),
        ("/v1/score", "post", "200", post("/v1/score", scored().to_string()).await),
        ("/v1/score", "post", "400", post("/v1/score", "{").await),
        ("/v1/score", "post", "422", post("/v1/score", "{}").await),
    ];
    for (path, method, status, answer) in answers {
        assert_eq!(answer.status.to_string(), status, "{method} {path}: {}", answer.json);
        let schema = document.response(path, method, status);
        assert_eq!(document.mismatch(&answer.json, schema), None, "{method} {path} {status}");
    }
}

/// One position of each status.
fn scored() -> Value {
    let eth = |amount: f64| json!([{"asset": "ETH", "amount": amount}]);
    let dai = |amount: f64| json!([{"asset": "DAI", "amount": amount}]);
    json!({"market": "ethereum/maker/eth-b", "positions": [
        {"id": "a", "collateral": eth(10.0), "debt": dai(9_000.0)},
        {"collateral": eth(10.0), "debt": []},
        {"collateral": [], "debt": dai(9_000.0)},
        {"collateral": eth(10.0), "debt": dai(0.5)},
        {"collateral": eth(10.0), "debt": dai(90_000.0)},
    ], "horizon_hours": [36, 900]})
}

#[tokio::test]
async fn every_example_matches_its_schema_and_type() {
    let document = document().await;
    let schemas = document.0["components"]["schemas"].as_object().expect("schemas");
    for (name, schema) in schemas {
        let examples = schema["examples"].as_array().into_iter().flatten();
        for example in examples.chain(schema.get("example")) {
            assert_eq!(document.mismatch(example, schema), None, "{name}");
        }
    }
    fn read<T: DeserializeOwned>(document: &Document, name: &str) {
        let example = document.schema(name)["example"].clone();
        assert!(serde_json::from_value::<T>(example).is_ok(), "{name}");
    }
    read::<AccountResponse>(&document, "AccountResponse");
    read::<ScoreRequest>(&document, "ScoreRequest");
    read::<ScoreResponse>(&document, "ScoreResponse");
    read::<Problem>(&document, "Problem");
    read::<NewSubscription>(&document, "NewSubscription");
    read::<Subscription>(&document, "Subscription");
    read::<Remedy>(&document, "Remedy");
}

#[tokio::test]
async fn document_contains_the_limits() {
    let document = document().await;
    assert_eq!(document.schema("ScoreRequest")["properties"]["positions"]["maxItems"], 10_000);
    assert_eq!(document.schema("Position")["properties"]["debt"]["maxItems"], 64);
    assert_eq!(document.schema("Position")["additionalProperties"], false);
    assert_eq!(document.schema("Amount")["oneOf"][0]["maximum"], 1e24);
}
