//! Probabilities at any horizon.

use plimsoll_lake::Horizon;
use plimsoll_serve::{AccountResponse, MAX_HORIZONS, ProblemKind, ScoreResponse};
use serde_json::json;

use crate::support::{MAKER, get, post};

fn path(query: &str) -> String {
    format!("/v1/accounts/{MAKER}/1?{query}")
}

#[tokio::test]
async fn standard_horizons_are_reproduced() {
    let hours: Vec<String> = Horizon::ALL.map(|horizon| horizon.hours().to_string()).to_vec();
    let query = format!("horizon_hours={}", hours.join(","));
    let answer = get(&path(&query)).await;
    let probabilities = answer.json["probabilities"].clone();
    let account: AccountResponse = answer.read();
    assert_eq!(account.horizons.len(), Horizon::COUNT);
    for (at, horizon) in account.horizons.iter().zip(Horizon::ALL) {
        assert_eq!(at.hours, horizon.hours());
        assert_eq!(json!(at.liquidated), probabilities[horizon.name()]["liquidated"]);
        assert_eq!(json!(at.closed), probabilities[horizon.name()]["closed"]);
        assert!(!at.extrapolated);
    }
}

#[tokio::test]
async fn horizons_between_and_beyond_rise_with_time() {
    let query = "horizon_hours=0.25&horizon_hours=1&horizon_hours=36,100&horizon_hours=720,8760";
    let account: AccountResponse = get(&path(query)).await.read();
    let extrapolated: Vec<bool> = account.horizons.iter().map(|at| at.extrapolated).collect();
    assert_eq!(extrapolated, [true, false, false, false, false, true]);
    for pair in account.horizons.windows(2) {
        assert!(pair[0].liquidated < pair[1].liquidated && pair[0].closed < pair[1].closed);
        assert!(pair[1].liquidated + pair[1].closed <= 1.0);
    }
    let without = get(&path("")).await.json;
    assert!(without["horizons"].is_null());
}

#[tokio::test]
async fn invalid_horizon_is_a_bad_request() {
    for (value, reason) in [
        ("0", "0 is not positive"),
        ("-2", "-2 is not positive"),
        ("9000", "at most 8760 hours"),
        ("x", "\"x\""),
    ] {
        let problem = get(&path(&format!("horizon_hours={value}"))).await;
        let problem = problem.problem(ProblemKind::BadRequest);
        assert!(problem.detail.contains(reason), "{value}: {}", problem.detail);
    }
}

#[tokio::test]
async fn scores_have_the_requested_horizons() {
    let position = |debt: f64| {
        json!({
            "collateral": [{"asset": "ETH", "amount": 10}], "debt": [{"asset": "DAI", "amount": debt}]
        })
    };
    let request = |hours: serde_json::Value| {
        json!({"market": MAKER, "positions": [position(9_000.0), position(0.0), position(0.5)],
            "horizon_hours": hours})
    };
    let answer = post("/v1/score", request(json!([24, 36])).to_string()).await;
    let answer: ScoreResponse = answer.read();
    let [open, no_debt, dust] = &answer.results[..] else { panic!("{answer:?}") };
    let day = open.probabilities.expect("it is open").one_day;
    assert_eq!(
        (open.horizons[0].liquidated, open.horizons[0].closed),
        (day.liquidated, day.closed)
    );
    assert!(open.horizons[1].liquidated > day.liquidated);
    assert_eq!((no_debt.horizons[1].hours, no_debt.horizons[1].liquidated), (36.0, 0.0));
    assert!(dust.horizons.is_empty());

    let problem = post("/v1/score", request(json!([24, 0, 1e9])).to_string()).await;
    let problem = problem.problem(ProblemKind::InvalidRequest);
    let pointers: Vec<&str> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["#/horizon_hours/1", "#/horizon_hours/2"]);
    let many = request(json!(vec![1.0; MAX_HORIZONS + 1])).to_string();
    let problem = post("/v1/score", many).await.problem(ProblemKind::InvalidRequest);
    assert!(problem.detail.contains("33 horizons are more than 32"), "{}", problem.detail);
}
