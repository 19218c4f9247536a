//! Efficiency modes and assets that do not count as collateral.

use plimsoll_serve::{AccountResponse, ProblemKind, ScoreResponse};
use serde_json::{Value, json};

use crate::support::{MODES, get_with, modes_snapshot, post_with, single_market_snapshot};

/// The account of [`MODES`], and scores of its balances with these fields, in order.
async fn account_and_scores(fields: &[Value]) -> (AccountResponse, ScoreResponse) {
    let app = plimsoll_serve::app(single_market_snapshot(modes_snapshot()));
    let path = format!("/v1/accounts/{MODES}/1");
    let account: AccountResponse = get_with(app.clone(), &path).await.read();
    let side = |balances: &[plimsoll_serve::Balance]| -> Vec<Value> {
        balances.iter().map(|b| json!({"asset": b.asset, "amount": b.amount})).collect()
    };
    let (collateral, debt) = (side(&account.collateral), side(&account.debt));
    let position = |fields: &Value| {
        let mut position = json!({"collateral": collateral, "debt": debt});
        for (name, value) in fields.as_object().expect("an object") {
            position[name] = value.clone();
        }
        position
    };
    let positions: Vec<Value> = fields.iter().map(position).collect();
    let body = json!({"market": MODES, "positions": positions}).to_string();
    (account, post_with(app, "/v1/score", body).await.read())
}

/// defi-simulator #11.
#[tokio::test]
async fn score_of_an_account_in_an_efficiency_mode_equals_the_account() {
    let stored = format!("{MODES}/1");
    let (account, scores) = account_and_scores(&[json!({"account": stored})]).await;
    assert_eq!(account.emode, 1);
    let used: Vec<_> = account.collateral.iter().map(|b| b.used_as_collateral).collect();
    assert_eq!(used, [Some(true), Some(false)]);
    let expected = account.metrics.health_factor.expect("it has debt");
    let found = scores.results[0].metrics.health_factor.expect("it has debt");
    assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    let of =
        |p: Option<plimsoll_serve::Probabilities>| p.expect("a forecast").thirty_days.liquidated;
    let difference = of(scores.results[0].probabilities) - of(account.probabilities);
    assert!(difference.abs() < 1e-6, "{difference}");
}

#[tokio::test]
async fn settings_of_the_request_override_those_of_the_account() {
    let stored = format!("{MODES}/1");
    let (account, scores) = account_and_scores(&[
        json!({"account": stored, "emode": 0}),
        json!({"emode": 1}),
        json!({}),
    ])
    .await;
    let health = |i: usize| scores.results[i].metrics.health_factor.expect("it has debt");
    let (eth, wbtc) = (&account.collateral[0], &account.collateral[1]);
    let debt_usd = account.metrics.debt_usd;
    let expected = |eth_threshold: f64, wbtc_threshold: f64| {
        (eth.value_usd * eth_threshold + wbtc.value_usd * wbtc_threshold) / debt_usd
    };
    for (i, expected) in
        [expected(0.83, 0.0), expected(0.93, 0.75), expected(0.83, 0.75)].into_iter().enumerate()
    {
        assert!((health(i) - expected).abs() < 1e-9, "{i}: {} {expected}", health(i));
    }
}

#[tokio::test]
async fn an_asset_may_be_left_out_of_the_collateral() {
    let app = plimsoll_serve::app(single_market_snapshot(modes_snapshot()));
    let body = json!({"market": MODES, "positions": [{
        "collateral": [
            {"asset": "ETH", "amount": 10, "used_as_collateral": false},
            {"asset": "WBTC", "amount": 1},
        ],
        "debt": [{"asset": "USDC", "amount": 9_000}],
    }]});
    let scores: ScoreResponse = post_with(app, "/v1/score", body.to_string()).await.read();
    let prices = &scores.results[0].liquidation_prices_usd;
    assert!(prices.contains_key("WBTC") && !prices.contains_key("ETH"), "{prices:?}");
}

#[tokio::test]
async fn unknown_efficiency_mode_is_named() {
    let app = plimsoll_serve::app(single_market_snapshot(modes_snapshot()));
    let body = json!({"market": MODES, "positions": [{
        "collateral": [{"asset": "ETH", "amount": 10}],
        "debt": [{"asset": "USDC", "amount": 9_000}],
        "emode": 7,
    }]});
    let problem = post_with(app, "/v1/score", body.to_string()).await;
    let problem = problem.problem(ProblemKind::InvalidRequest);
    let text = serde_json::to_string(&problem).expect("it serializes");
    assert!(text.contains("positions[0].emode") && text.contains("the market has 1"), "{text}");
}
