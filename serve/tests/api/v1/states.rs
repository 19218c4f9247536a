//! Positions above, below and stuck below the threshold.

use axum::Router;
use plimsoll_serve::{AccountResponse, Obstacle, PositionState};

use crate::support::{BELOW, MAKER, below_snapshot, get, get_with, single_market_snapshot};

fn below_app() -> Router {
    plimsoll_serve::app(single_market_snapshot(below_snapshot()))
}

async fn account(app: &Router, owner: &str) -> AccountResponse {
    get_with(app.clone(), &format!("/v1/accounts/{BELOW}/{owner}")).await.read()
}

#[tokio::test]
async fn state_is_that_of_the_threshold_at_the_protocols_price() {
    let app = below_app();
    for (owner, state, is_below) in [
        ("healthy", PositionState::Open, false),
        ("now", PositionState::Liquidatable, true),
        ("stuck", PositionState::Stuck, true),
    ] {
        let account = account(&app, owner).await;
        assert_eq!(account.state, state, "{owner}");
        assert_eq!(account.metrics.health_factor.expect("it has debt") < 1.0, is_below, "{owner}");
        assert!(account.probabilities.is_some() && account.drivers.is_some());
        let json = get_with(app.clone(), &format!("/v1/accounts/{BELOW}/{owner}")).await.json;
        assert_eq!(json["state"], serde_json::to_value(state).expect("it serializes"));
        assert!(json["status"].is_null());
    }
}

#[tokio::test]
async fn outlook_reports_hours_below_and_who_passed_it_over() {
    let app = below_app();
    let now = account(&app, "now").await.liquidation.expect("it can be liquidated");
    assert_eq!((now.hours_below_threshold, &now.obstacles[..]), (0.0, &[][..]));
    let stuck = account(&app, "stuck").await.liquidation.expect("it can be liquidated");
    // Opened at the hundredth of 1440 hours, below the threshold ever since.
    assert_eq!(stuck.hours_below_threshold, 1_339.0);
    assert_eq!(stuck.obstacles, [Obstacle::PassedOver { hours: 1_339.0 }]);
    let thirty_days = account(&app, "stuck").await.probabilities.expect("a forecast").thirty_days;
    assert_eq!(stuck.probability_taken, thirty_days.liquidated);
    assert_eq!(stuck.median_hours_to_liquidation.is_none(), thirty_days.liquidated < 0.5);
    let closed: AccountResponse = get(&format!("/v1/accounts/{MAKER}/2")).await.read();
    assert_eq!((closed.state, closed.liquidation), (PositionState::NoDebt, None));
}

#[tokio::test]
async fn median_is_where_the_curve_reaches_one_half() {
    let app = below_app();
    let path = format!("/v1/accounts/{BELOW}/now");
    let account: AccountResponse = get_with(app.clone(), &path).await.read();
    let outlook = account.liquidation.expect("it can be liquidated");
    let thirty_days = account.probabilities.expect("it is open").thirty_days.liquidated;
    let Some(median) = outlook.median_hours_to_liquidation else {
        return assert!(thirty_days < 0.5, "{thirty_days}");
    };
    let at: AccountResponse = get_with(app, &format!("{path}?horizon_hours={median}")).await.read();
    assert!((at.horizons[0].liquidated - 0.5).abs() < 1e-9, "{:?}", at.horizons);
}
