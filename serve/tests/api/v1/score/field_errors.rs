//! Every error names the field, the value and the limit.

use plimsoll_serve::{MAX_FIELD_ERRORS, Problem, ProblemKind};
use serde_json::{Value, json};

use super::{position, request};
use crate::support::post;

async fn refused_problem(body: impl Into<String>, kind: ProblemKind) -> Problem {
    post("/v1/score", body.into()).await.problem(kind)
}

/// A request whose third debt has an amount, written as it is.
fn with_amount(amount: &str) -> String {
    let mut positions = vec![position(10.0, 9_000.0); 4];
    positions[3]["debt"][0]["amount"] = json!("HERE");
    request(positions).replace("\"HERE\"", amount)
}

#[tokio::test]
async fn invalid_amount_is_named_with_path_and_limit() {
    for (amount, expected) in [
        ("-5", "-5.0 is negative: an amount is at least 0 tokens"),
        ("\"-5\"", "-5.0 is negative"),
        ("1e300", "1e300 is too large: an amount is at most 1e24 tokens"),
        ("\"1e999\"", "1e999 is not finite: an amount is at most 1e24 tokens"),
        ("\"NaN\"", "NaN is not finite"),
        ("\"Infinity\"", "Infinity is not finite"),
        ("\"ten\"", "\"ten\" is not a decimal number"),
        ("null", "invalid type: null, expected an amount of tokens"),
        ("[1]", "invalid type: sequence, expected an amount of tokens"),
    ] {
        let problem = refused_problem(with_amount(amount), ProblemKind::InvalidRequest).await;
        let expected = format!("positions[3].debt[0].amount: {expected}");
        assert!(problem.detail.starts_with(&expected), "{amount}: {problem:?}");
        assert!(problem.detail.contains(" at line 1 column "), "{amount}: {problem:?}");
        assert_eq!(problem.errors[0].pointer, "#/positions/3/debt/0/amount");
    }
}

#[tokio::test]
async fn non_json_number_is_malformed_at_its_path() {
    for (amount, expected) in [
        ("NaN", "expected value"),
        ("Infinity", "expected value"),
        ("-Infinity", "invalid number"),
        ("1e999", "number out of range"),
        ("1,5", "key must be a string"),
    ] {
        let problem = refused_problem(with_amount(amount), ProblemKind::MalformedJson).await;
        assert!(problem.detail.contains(expected), "{amount}: {problem:?}");
        assert!(problem.detail.starts_with("positions[3].debt[0]"), "{amount}: {problem:?}");
        assert!(problem.detail.contains(" at line 1 column "), "{amount}: {problem:?}");
    }
}

#[tokio::test]
async fn malformed_json_has_line_and_column() {
    for (body, expected) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{\n  \"market\": oops", "market: expected value at line 2 column 13"),
        ("{}{}", "missing field `market` at line 1 column 2"),
        ("\u{feff}{}", "expected value at line 1 column 1"),
    ] {
        let problem = post("/v1/score", body).await;
        let detail = problem.json["detail"].as_str().expect("a problem").to_owned();
        assert!(detail.starts_with(expected), "{body:?}: {detail}");
    }
    let trailing = request(vec![position(10.0, 9_000.0)]) + "x";
    let problem = refused_problem(trailing, ProblemKind::MalformedJson).await;
    assert!(problem.detail.starts_with("trailing characters at line 1 column "), "{problem:?}");
    post("/v1/score", b"{\"market\": \"\xff\"}".to_vec()).await.problem(ProblemKind::MalformedJson);
    refused_problem("[".repeat(100_000), ProblemKind::InvalidRequest).await;
}

#[tokio::test]
async fn wrong_structure_is_named() {
    let mut unknown = vec![position(10.0, 9_000.0); 3];
    unknown[2]["colateral"] = json!([]);
    let mut absent = position(10.0, 9_000.0);
    absent.as_object_mut().expect("an object").remove("debt");
    for (body, expected) in [
        (json!([]), "invalid length 0, expected an object with `market` and `positions`"),
        (json!({"market": "ethereum/maker/eth-b"}), "missing field `positions`"),
        (json!({"market": 5, "positions": []}), "market: invalid type: integer `5`"),
        (json!({"markets": 5}), "markets: unknown field `markets`, expected one of `market`,"),
        (json!({"market": "", "positions": unknown}), "positions[2].colateral: unknown field"),
        (json!({"market": "", "positions": [absent]}), "positions[0]: missing field `debt`"),
        (json!({"market": "", "positions": [7]}), "positions[0]: invalid type: integer `7`"),
    ] {
        let problem = refused_problem(body.to_string(), ProblemKind::InvalidRequest).await;
        assert!(problem.detail.starts_with(expected), "{body}: {problem:?}");
    }
}

#[tokio::test]
async fn duplicate_field_is_named() {
    let body = r#"{"market": "ethereum/maker/eth-b", "market": "maker/eth-a", "positions": []}"#;
    let problem = refused_problem(body, ProblemKind::InvalidRequest).await;
    assert!(problem.detail.contains("duplicate field `market`"), "{problem:?}");
}
#[tokio::test]
async fn unknown_market_lists_the_known_ones() {
    let body = json!({"market": "maker/eth-z", "positions": [position(1.0, 1.0)]});
    let problem = refused_problem(body.to_string(), ProblemKind::InvalidRequest).await;
    assert_eq!(
        problem.detail,
        "market: \"maker/eth-z\" is not one of ethereum/aave-v3/core, ethereum/maker/eth-b"
    );
    assert_eq!(problem.instance, "/v1/score");
}

#[tokio::test]
async fn unknown_and_duplicate_assets_and_accounts_are_all_listed() {
    let mut first = position(10.0, 9_000.0);
    first["collateral"][0]["asset"] = json!("WETH");
    let mut second = position(10.0, 9_000.0);
    second["debt"] = json!([{"asset": "DAI", "amount": 1}, {"asset": "DAI", "amount": 1}]);
    second["account"] = json!("ethereum/maker/eth-b/999");
    let body = request(vec![first, second]);
    let problem = refused_problem(body, ProblemKind::InvalidRequest).await;
    let details: Vec<_> = problem.errors.iter().map(|error| error.detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "positions[0].collateral[0].asset: \"WETH\" is not one of DAI, ETH",
            "positions[1].debt[1].asset: DAI appears twice on this side",
            "positions[1].account: \"ethereum/maker/eth-b/999\" is not an account of ethereum/maker/eth-b",
        ]
    );
    assert!(problem.detail.starts_with("3 errors, the first of which is: positions[0]"));
}

#[tokio::test]
async fn field_errors_are_listed_up_to_a_limit() {
    let mut faulty = position(10.0, 9_000.0);
    faulty["debt"][0]["asset"] = json!("USD");
    let problem = refused_problem(request(vec![faulty; 500]), ProblemKind::InvalidRequest).await;
    assert_eq!(problem.errors.len(), MAX_FIELD_ERRORS);
}

#[tokio::test]
async fn caller_text_is_truncated_in_errors() {
    let long = "x".repeat(1_000_000);
    let mut unknown: Value = position(10.0, 9_000.0);
    unknown[&long] = json!(1);
    let mut asset = position(10.0, 9_000.0);
    asset["debt"][0]["asset"] = json!(long);
    for faulty in [unknown, asset] {
        let problem = refused_problem(request(vec![faulty]), ProblemKind::InvalidRequest).await;
        assert!(problem.detail.len() < 1_000, "{}", problem.detail.len());
    }
    let body = json!({"market": long, "positions": [position(1.0, 1.0)]}).to_string();
    assert!(refused_problem(body, ProblemKind::InvalidRequest).await.detail.len() < 1_000);
}
