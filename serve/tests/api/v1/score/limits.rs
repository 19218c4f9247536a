//! Limits on one request.

use std::time::Instant;

use plimsoll_serve::{MAX_ID_BYTES, MAX_POSITIONS, PositionState, ProblemKind, ScoreResponse};
use serde_json::{Value, json};

use super::{position, request, score};
use crate::support::{get, post};

fn positions(count: usize) -> Vec<Value> {
    (0..count).map(|i| position(10.0 + i as f64 / 1_000.0, 9_000.0)).collect()
}

#[tokio::test]
async fn ten_thousand_positions_are_scored_in_time_and_in_order() {
    let body = request(positions(MAX_POSITIONS));
    let begun = Instant::now();
    // The server gives up requests that exceed its time limit, so a response is one in time.
    let answer = post("/v1/score", body).await;
    println!("{MAX_POSITIONS} positions took {:?}", begun.elapsed());
    let answer: ScoreResponse = answer.read();
    assert_eq!(answer.results.len(), MAX_POSITIONS);
    for (i, scored) in answer.results.iter().enumerate() {
        assert_eq!((scored.index, scored.state), (i, PositionState::Open));
    }
    let collateral_usd_of = |i: usize| answer.results[i].metrics.collateral_usd;
    assert!((1..MAX_POSITIONS).all(|i| collateral_usd_of(i - 1) < collateral_usd_of(i)));
}

#[tokio::test]
async fn scoring_does_not_block_other_requests() {
    // The test's runtime has one thread, so work on it would finish before the look-up starts.
    let scoring = tokio::spawn(post("/v1/score", request(positions(MAX_POSITIONS))));
    tokio::task::yield_now().await;
    assert_eq!(get("/healthz").await.status, 200);
    assert!(!scoring.is_finished());
    assert_eq!(scoring.await.expect("no panic").status, 200);
}

#[tokio::test]
async fn too_many_positions_are_refused() {
    let answer = post("/v1/score", request(positions(MAX_POSITIONS + 1))).await;
    let problem = answer.problem(ProblemKind::InvalidRequest);
    assert_eq!(problem.detail, "positions: there are 10001: a request has 1 to 10000");
    assert_eq!(problem.errors[0].pointer, "#/positions");
}

#[tokio::test]
async fn empty_request_is_refused() {
    let problem = post("/v1/score", request(Vec::<Value>::new())).await;
    let problem = problem.problem(ProblemKind::InvalidRequest);
    assert_eq!(problem.detail, "positions: there are 0: a request has 1 to 10000");
}

#[tokio::test]
async fn assets_per_side_are_limited_to_64() {
    let holding = json!({"asset": "ETH", "amount": 1});
    let side = |count: usize| json!({"collateral": vec![holding.clone(); count], "debt": []});
    let refuse = async |count| {
        post("/v1/score", request(vec![side(count)])).await.problem(ProblemKind::InvalidRequest)
    };
    let detail = "positions[0].collateral: 65 assets are more than 64";
    assert_eq!(refuse(65).await.errors[0].detail, detail);
    assert_ne!(refuse(64).await.errors[0].detail, detail);
}

#[tokio::test]
async fn label_length_is_limited() {
    let labelled = |bytes: usize| {
        let mut position = position(10.0, 9_000.0);
        position["id"] = json!("x".repeat(bytes));
        position
    };
    assert!(score(vec![labelled(MAX_ID_BYTES)]).await.results[0].id.is_some());
    let problem = post("/v1/score", request(vec![labelled(MAX_ID_BYTES + 1)])).await;
    let problem = problem.problem(ProblemKind::InvalidRequest);
    assert_eq!(problem.detail, "positions[0].id: 257 bytes are more than 256");
}
