//! `POST /v1/score`.

mod account_settings;
mod field_errors;
mod limits;

use plimsoll_serve::{AccountResponse, PositionState, Probabilities, ScoreResponse};
use serde_json::{Value, json};

use crate::support::{AAVE, AS_OF, MAKER, get, post};

/// A position with one collateral and one debt.
fn position(eth: f64, dai: f64) -> Value {
    json!({
        "collateral": [{"asset": "ETH", "amount": eth}],
        "debt": [{"asset": "DAI", "amount": dai}],
    })
}

fn request(positions: impl Into<Value>) -> String {
    json!({"market": MAKER, "positions": positions.into()}).to_string()
}

async fn score(positions: impl Into<Value>) -> ScoreResponse {
    post("/v1/score", request(positions)).await.read()
}

#[tokio::test]
async fn position_is_scored_as_if_opened_now() {
    let mut new = position(10.0, 9_000.0);
    new["id"] = json!("mine");
    let answer = post("/v1/score", request(vec![new])).await;
    assert_eq!((&answer.json["as_of"], &answer.json["market"]), (&json!(AS_OF), &json!(MAKER)));
    let answer: ScoreResponse = answer.read();
    let [scored] = &answer.results[..] else { panic!("{answer:?}") };
    assert_eq!((scored.index, scored.id.as_deref()), (0, Some("mine")));
    assert_eq!(scored.state, PositionState::Open);
    assert!((scored.metrics.debt_usd - 9_000.0).abs() < 1e-6);
    let health = scored.metrics.health_factor.expect("it has debt");
    assert!((health - scored.metrics.collateral_usd / 1.3 / 9_000.0).abs() < 1e-9);
    let prices: Vec<_> = scored.liquidation_prices_usd.iter().collect();
    let [(asset, price)] = prices[..] else { panic!("{prices:?}") };
    assert_eq!(asset, "ETH");
    assert!((price - 1_170.0).abs() < 1e-6, "{price}");
    assert!(scored.probabilities.expect("it is open").thirty_days.liquidated > 0.0);
}

#[tokio::test]
async fn riskier_position_has_a_higher_probability() {
    let answer = score(vec![position(10.0, 4_000.0), position(10.0, 15_000.0)]).await;
    let p = |i: usize| answer.results[i].probabilities.expect("it is open").seven_days.liquidated;
    assert!(p(0) < p(1), "{} {}", p(0), p(1));
}

#[tokio::test]
async fn batch_equals_single_requests() {
    let mut positions: Vec<Value> =
        (1..=130).map(|i| position(f64::from(i) / 7.0, 300.0 * f64::from(i % 11))).collect();
    positions[5]["account"] = json!("ethereum/maker/eth-b/1");
    let batch = post("/v1/score", request(positions.clone())).await.json;
    for (i, position) in positions.into_iter().enumerate() {
        let mut single = post("/v1/score", request(vec![position])).await.json;
        single["results"][0]["index"] = json!(i);
        // As text, so that every digit is compared.
        assert_eq!(batch["results"][i].to_string(), single["results"][0].to_string());
    }
}

#[tokio::test]
async fn amount_may_be_a_decimal_string() {
    let numbers = score(vec![position(10.5, 9_000.25)]).await;
    let mut strings = position(0.0, 0.0);
    strings["collateral"][0]["amount"] = json!("10.5");
    strings["debt"][0]["amount"] = json!("9000.25");
    assert_eq!(score(vec![strings]).await, numbers);
}

#[tokio::test]
async fn own_balances_and_history_reproduce_the_account_score() {
    let account: AccountResponse = get("/v1/accounts/ethereum/maker/eth-b/1").await.read();
    let mut own = position(account.collateral[0].amount, account.debt[0].amount);
    let stranger = score(vec![own.clone()]).await.results[0].probabilities;
    own["account"] = json!("ethereum/maker/eth-b/1");
    let owner = score(vec![own]).await.results[0].probabilities.expect("it is open");
    let expected = account.probabilities.expect("it is open");
    assert!(max_difference(&owner, &expected) < 1e-5, "{owner:?} {expected:?}");
    assert!(max_difference(&stranger.expect("it is open"), &expected) > 1e-4);
}

fn max_difference(a: &Probabilities, b: &Probabilities) -> f64 {
    let by = |a: f64, b: f64| (a - b).abs();
    by(a.one_day.liquidated, b.one_day.liquidated)
        .max(by(a.thirty_days.liquidated, b.thirty_days.liquidated))
        .max(by(a.one_day.closed, b.one_day.closed))
        .max(by(a.thirty_days.closed, b.thirty_days.closed))
}

#[tokio::test]
async fn closed_account_opens_the_position_now() {
    let mut new = position(10.0, 9_000.0);
    new["account"] = json!("ethereum/maker/eth-b/2");
    let scored = score(vec![new]).await;
    assert_eq!(scored.results[0].state, PositionState::Open);
    assert!(scored.results[0].probabilities.is_some());
}

#[tokio::test]
async fn position_without_debt_has_zero_probabilities() {
    let bare = json!({"collateral": [], "debt": []});
    let lent = json!({"collateral": [{"asset": "ETH", "amount": 3}], "debt": []});
    let answer = post("/v1/score", request(vec![bare, lent, position(3.0, 0.0)])).await;
    assert!(answer.json["results"][0]["health_factor"].is_null());
    for scored in answer.read::<ScoreResponse>().results {
        assert_eq!(scored.state, PositionState::NoDebt);
        assert_eq!(scored.probabilities, Some(Probabilities::default()));
        assert_eq!((scored.metrics.health_factor, scored.metrics.safety_buffer), (None, None));
        assert!(scored.liquidation_prices_usd.is_empty());
    }
}

#[tokio::test]
async fn unsecured_debt_has_no_probability() {
    // DAI does not count as collateral in this market.
    let in_dai = json!({
        "collateral": [{"asset": "DAI", "amount": 5_000}],
        "debt": [{"asset": "DAI", "amount": 1_000}],
    });
    let answer = score(vec![position(0.0, 1_000.0), position(1e-9, 1_000.0), in_dai]).await;
    for scored in &answer.results {
        assert_eq!(scored.state, PositionState::Undercollateralised);
        assert_eq!(scored.probabilities, None);
    }
    let unsecured = answer.results[0].metrics;
    assert_eq!(unsecured.health_factor, Some(0.0));
    assert!(unsecured.collateral_usd.is_sign_positive());
    assert_eq!(answer.results[0].metrics.safety_buffer, None);
}

#[tokio::test]
async fn debt_below_a_dollar_has_no_probability() {
    let scored = &score(vec![position(1.0, 0.5)]).await.results[0];
    assert_eq!((scored.state, scored.probabilities), (PositionState::Dust, None));
    assert!(scored.metrics.health_factor.is_some());
}

#[tokio::test]
async fn undercollateralised_position_is_likely_liquidated() {
    let scored = &score(vec![position(1.0, 20_000.0)]).await.results[0];
    assert_eq!(scored.state, PositionState::Liquidatable);
    assert!(scored.metrics.safety_buffer.expect("it has debt") < 0.0);
    let outlook = scored.liquidation.as_ref().expect("it can be liquidated");
    assert!((0.0..=1.0).contains(&outlook.probability_taken));
    assert_eq!((outlook.hours_below_threshold, &outlook.obstacles[..]), (0.0, &[][..]));
    let p = scored.probabilities.expect("it is open");
    assert!(p.thirty_days.liquidated > 0.5, "{p:?}");
}

#[tokio::test]
async fn each_asset_has_a_liquidation_price() {
    let body = json!({"market": AAVE, "positions": [{
        "collateral": [{"asset": "WBTC", "amount": 1}, {"asset": "USDC", "amount": 5_000}],
        "debt": [{"asset": "ETH", "amount": 8}],
    }]});
    let answer: ScoreResponse = post("/v1/score", body.to_string()).await.read();
    let assets: Vec<_> = answer.results[0].liquidation_prices_usd.keys().collect();
    assert_eq!(assets, ["ETH", "WBTC"]);
}
