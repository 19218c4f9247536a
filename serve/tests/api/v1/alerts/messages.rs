//! Messages about real accounts, and whether their content is true.

use ndarray::Array2;
use plimsoll_features::{OwnerAction, Snapshot, feature_count};
use plimsoll_lake::Horizon;
use plimsoll_lending::{AssetId, repay_to_reach};
use plimsoll_model::Model;
use plimsoll_serve::{
    AlertBody, AlertService, AlertTransition, EgressPolicy, Measure, NewRule, NewSubscription,
    PositionState, RemedyKind, ServerSnapshot,
};

use super::{Server, alert_server};
use crate::support::{
    BELOW, MAKER, MODE_THRESHOLD, below_snapshot, lake, model, modes_snapshot,
    single_market_snapshot, state, with_lake,
};

fn subscribe(alerts: &AlertService, watch: &str, rules: Vec<NewRule>) {
    let url = "https://example.com/".to_owned();
    let new = NewSubscription { watch: watch.to_owned(), url, rules, secret: None };
    let valid = new.validate(&EgressPolicy::default()).expect("it is valid");
    alerts.store().subscribe(&valid, chrono::DateTime::UNIX_EPOCH).expect("it is stored");
}

fn subscribe_to_vaults(alerts: &AlertService, snapshot: &Snapshot, rule: NewRule) {
    snapshot.states().keys().for_each(|account| subscribe(alerts, account, vec![rule]));
}

/// Every message so far, in order.
fn messages(alerts: &AlertService) -> Vec<AlertBody> {
    let count = alerts.recent(1_000).expect("it reads").len();
    let bodies = alerts.store().messages_after(0, count).expect("it reads");
    bodies.iter().map(|message| serde_json::from_str(&message.body).expect("a body")).collect()
}

fn maker_snapshot(until: Option<usize>) -> Snapshot {
    let read = |store: &_| Snapshot::read(store, &lake::id(MAKER), until.map(lake::time));
    with_lake(|store| read(store).expect("a snapshot"))
}

/// P(liquidated within 30 days) of a vault after an action of its owner, computed independently.
fn probability_after(
    snapshot: &Snapshot,
    model: &Model,
    account: &str,
    rescue: OwnerAction,
) -> f64 {
    let state = snapshot.after_action(&snapshot.states()[account], rescue);
    let Some(mark) = snapshot.compute_features(&state) else { return 0.0 };
    let row = Array2::from_shape_vec((1, feature_count()), mark.features).expect("a row");
    let forecasts = model.forecast(row.view()).expect("a forecast");
    forecasts.p_liquidated(0)[Horizon::Days30.index()]
}

#[test]
fn advised_amount_suffices_and_less_does_not() {
    let Server { alerts, folder: _folder, .. } = alert_server();
    let (snapshot, model) = (maker_snapshot(None), model());
    let rule = NewRule { clear: Some(0.02), ..NewRule::new(Measure::ThirtyDays, 0.03) };
    subscribe_to_vaults(&alerts, &snapshot, rule);
    let count = alerts.evaluate(&state()).expect("it is evaluated");
    let bodies = messages(&alerts);
    assert!(count >= 3 && bodies.len() == count, "{count}");
    let market = snapshot.market();
    let index =
        |symbol: &str| market.assets().iter().position(|a| a.asset == symbol).expect("known");
    let (mut tried, mut tight) = (0, 0);
    for body in &bodies {
        for action in &body.data.actions {
            let asset = index(&action.asset);
            let p = |amount: f64| {
                let rescue = match action.action {
                    RemedyKind::Repay => OwnerAction::Repay { asset, amount },
                    RemedyKind::Add => OwnerAction::AddCollateral { asset, amount },
                };
                probability_after(&snapshot, &model, &body.data.account, rescue)
            };
            let left = p(action.amount);
            assert!(left < 0.02, "{action:?} leaves {left}");
            assert!((left - action.leaves.unwrap_or(0.0)).abs() < 1e-12, "{action:?} {left}");
            tried += 1;
            tight += usize::from(p(action.amount * 0.97) >= 0.02);
        }
    }
    assert!(tried >= count && tight * 10 >= tried * 8, "{tight} of {tried}");
}

#[test]
fn health_factor_advice_matches_the_closed_form() {
    let Server { alerts, folder: _folder, .. } = alert_server();
    let snapshot = maker_snapshot(None);
    let rule = NewRule { clear: Some(3.0), ..NewRule::new(Measure::HealthFactor, 2.9) };
    subscribe_to_vaults(&alerts, &snapshot, rule);
    alerts.evaluate(&state()).expect("it is evaluated");
    let (market, now_s) = (snapshot.market(), snapshot.as_of().timestamp());
    let prices = market.oracle_prices_at(now_s).expect("prices");
    let mut checked = 0;
    for body in messages(&alerts) {
        let account = snapshot.states()[&body.data.account].account(market, now_s);
        let dai = account.debt[0].asset;
        let reserves = market.reserves(now_s);
        let exact =
            repay_to_reach(&account, &prices, reserves, 3.0, AssetId(dai.0)).expect("it can");
        let repay = &body.data.actions[0];
        assert_eq!((repay.action, repay.asset.as_str()), (RemedyKind::Repay, "DAI"));
        // The search ends within a 256th of a halving, and rounds up to three digits.
        assert!(
            repay.amount >= exact && repay.amount <= exact * 1.02 + 1.0,
            "{} {exact}",
            repay.amount
        );
        checked += 1;
    }
    assert!(checked >= 2, "{checked}");
}

#[test]
fn warning_prices_use_the_rules_of_the_account() {
    let Server { alerts, folder: _folder, .. } = alert_server();
    let snapshot = modes_snapshot();
    let rule = NewRule { clear: Some(9.5), ..NewRule::new(Measure::HealthFactor, 9.0) };
    subscribe_to_vaults(&alerts, &snapshot, rule);
    alerts.evaluate(&single_market_snapshot(snapshot)).expect("it is evaluated");
    let [AlertBody { data, .. }] = &messages(&alerts)[..] else { panic!("one account is watched") };
    let prices: Vec<_> = data.liquidation_prices_usd.iter().collect();
    let [(asset, price)] = prices[..] else { panic!("{prices:?}") };
    let debt_usd = data.metrics.debt_usd;
    assert_eq!(asset, "ETH");
    assert!((10.0 * price * MODE_THRESHOLD / debt_usd - 1.0).abs() < 1e-12, "{price}");
}

#[test]
fn message_is_small_and_complete() {
    let Server { alerts, folder: _folder, .. } = alert_server();
    let long = "ethereum/aave-v3/core/0x000000000000000000000000000000000000abc1";
    let wallet = "0x000000000000000000000000000000000000ABC1";
    let rule = NewRule { clear: Some(1e-9), ..NewRule::new(Measure::SevenDays, 1e-8) };
    subscribe(&alerts, wallet, vec![rule]);
    assert_eq!(alerts.evaluate(&state()).expect("it is evaluated"), 1);
    let message = alerts.store().messages_after(0, 9).expect("it reads").swap_remove(0);
    assert!(message.body.len() < 20_000);
    let AlertBody { kind, data, .. } = serde_json::from_str(&message.body).expect("a body");
    assert_eq!((kind.as_str(), data.account.as_str()), (AlertTransition::AtRisk.as_str(), long));
    let probability = data.probability.expect("it is open");
    assert!(probability.horizon == "7d" && probability.lower < probability.upper);
    let assets: Vec<&String> = data.liquidation_prices_usd.keys().collect();
    // Its ETH may lose all value.
    assert_eq!(assets, ["WBTC"]);
    assert!(data.drivers.is_some_and(|drivers| drivers.price_distance != 0.0));
    for part in ["within 7d is", "Nine times in ten", "It is liquidated with WBTC at $", "P(7d) < "]
    {
        assert!(data.text.contains(part), "{part}: {}", data.text);
    }
    // Only repaying the whole debt reaches such a level.
    assert!(
        data.actions.iter().all(|action| action.action == RemedyKind::Repay && action.whole_debt)
    );
}

#[test]
fn same_snapshot_alerts_once_and_a_later_one_alerts_changes() {
    let Server { alerts, folder: _folder, .. } = alert_server();
    let (early, late) = (maker_snapshot(Some(1_000)), maker_snapshot(None));
    let rule = NewRule { clear: Some(1.4), ..NewRule::new(Measure::HealthFactor, 1.3) };
    subscribe_to_vaults(&alerts, &late, rule);
    let first = ServerSnapshot::new(vec![early], model()).expect("a state");
    let count = alerts.evaluate(&first).expect("it is evaluated");
    assert!(count >= 3, "{count}");
    assert_eq!(alerts.evaluate(&first).expect("it is evaluated"), 0);
    let second = first.with_snapshots(vec![late]).expect("a state");
    let more = alerts.evaluate(&second).expect("it is evaluated");
    assert_eq!(alerts.evaluate(&second).expect("it is evaluated"), 0);
    let bodies = messages(&alerts);
    assert_eq!(bodies.len(), count + more);
    let (raised, later) = bodies.split_at(count);
    for body in later {
        let account = &body.data.account;
        let before = raised.iter().find(|before| before.data.account == *account);
        let health = body.data.metrics.health_factor;
        match body.kind.as_str() {
            "position.at_risk" => assert!(before.is_none() && health.is_some_and(|h| h <= 1.3)),
            "position.recovered" => assert!(before.is_some() && health.is_some_and(|h| h > 1.4)),
            "position.closed" => assert!(before.is_some() && body.data.probability.is_none()),
            other => panic!("{other}"),
        }
    }
    let closed = later.iter().filter(|body| body.kind == "position.closed").count();
    assert!(closed > 0, "{later:?}");
}

#[test]
fn a_subscription_to_an_id_without_chain_still_warns() {
    let Server { alerts, folder: _folder, .. } = alert_server();
    let rule = NewRule::new(Measure::HealthFactor, 1.1);
    subscribe(&alerts, "silo/core/now", vec![rule]);
    let state = single_market_snapshot(below_snapshot());
    assert_eq!(alerts.evaluate(&state).expect("it is evaluated"), 1);
    assert_eq!(alerts.evaluate(&state).expect("it is evaluated"), 0);
    assert_eq!(messages(&alerts)[0].data.account, format!("{BELOW}/now"));
}

#[test]
fn message_states_that_a_position_is_liquidatable_now() {
    let Server { alerts, folder: _folder, .. } = alert_server();
    let snapshot = below_snapshot();
    subscribe_to_vaults(&alerts, &snapshot, NewRule::new(Measure::HealthFactor, 1.1));
    alerts.evaluate(&single_market_snapshot(snapshot)).expect("it is evaluated");
    let bodies = messages(&alerts);
    let of = |owner: &str| {
        let account = format!("{BELOW}/{owner}");
        &bodies.iter().find(|body| body.data.account == account).expect("a message").data
    };
    let now = of("now");
    assert_eq!(now.state, PositionState::Liquidatable);
    let first = now.text.split(". ").next().expect("a sentence");
    assert!(
        first.starts_with("ethereum/silo/core/now is liquidatable now: its health factor is 0."),
        "{first}"
    );
    assert!(
        now.text.contains("A liquidator takes it within 30 days with a probability of "),
        "{}",
        now.text
    );
    assert!(!now.text.contains("It is liquidated with"), "{}", now.text);
    let stuck = of("stuck");
    assert_eq!(stuck.state, PositionState::Stuck);
    assert!(stuck.text.contains("has been liquidatable for a day or more"), "{}", stuck.text);
    assert!(
        stuck.text.contains("Against it: nobody has liquidated it for 55.8 days."),
        "{}",
        stuck.text
    );
    assert!(bodies.iter().all(|body| body.data.account != format!("{BELOW}/healthy")));
}
