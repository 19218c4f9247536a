//! Positions whose liquidation the protocol's rules do not permit yet.

use axum::Router;
use plimsoll_serve::{AccountResponse, HaltReason, PositionState};

use crate::support::{HALTED, get_html, get_with, halted_snapshot, single_market_snapshot};

fn halted_app() -> Router {
    plimsoll_serve::app(single_market_snapshot(halted_snapshot()))
}

async fn account(app: &Router, owner: &str) -> AccountResponse {
    get_with(app.clone(), &format!("/v1/accounts/{HALTED}/{owner}")).await.read()
}

/// aave-v3-core #926.
#[tokio::test]
async fn account_in_a_grace_period_cannot_be_liquidated_before_its_end() {
    let app = halted_app();
    let account = account(&app, "grace").await;
    assert!(account.metrics.health_factor.expect("it has debt") < 1.0);
    assert_eq!(account.state, PositionState::Halted);
    let halt = account.liquidation.and_then(|outlook| outlook.halt).expect("a halt");
    assert_eq!((halt.cause, halt.asset.as_deref()), (HaltReason::GracePeriod, Some("ETH")));
    let until = "2022-03-02T11:00:00Z";
    assert_eq!(halt.until, Some(until.parse().expect("a time")));
    let text = format!("cannot be liquidated until {until}: ETH is in its grace period");
    assert_eq!(halt.text, text);
    let p = account.probabilities.expect("a forecast");
    assert_eq!((p.one_hour.liquidated, p.six_hours.liquidated), (0.0, 0.0));
    assert!(p.one_day.liquidated > 0.0, "{p:?}");
    let page = get_html(app, &format!("/accounts/{HALTED}/grace")).await.text;
    assert!(page.contains(&text) && !page.contains("liquidatable now"), "{page}");
}

#[tokio::test]
async fn paused_collateral_has_a_halt_without_a_known_end() {
    let app = halted_app();
    let account = account(&app, "paused").await;
    assert_eq!(account.state, PositionState::Halted);
    let halt = account.liquidation.and_then(|outlook| outlook.halt).expect("a halt");
    assert_eq!((halt.cause, halt.until), (HaltReason::ReservePaused, None));
    assert_eq!(account.probabilities.expect("a forecast").seven_days.liquidated, 0.0);
}
