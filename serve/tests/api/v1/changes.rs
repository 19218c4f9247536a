//! What changed an account's probabilities within a day.

use plimsoll_features::ChangeSource;
use plimsoll_lake::Horizon;
use plimsoll_model::ChangeCause;
use plimsoll_serve::{AccountResponse, Change, ChangesNullReason};

use crate::support::{
    BELOW, MAKER, below_snapshot, get, get_html, get_with, lake, model, single_market_snapshot,
    with_lake,
};

fn sum(change: &Change) -> f64 {
    let Change { price, volatility, balances, interest, parameters, other, .. } = *change;
    change.log_odds_before + price + volatility + balances + interest + parameters + other
}

#[tokio::test]
async fn parts_add_up_to_the_change_of_the_log_odds() {
    let account: AccountResponse = get(&format!("/v1/accounts/{MAKER}/1")).await.read();
    let changes = account.changes_24h.expect("it was open the day before");
    assert_eq!(account.changes_24h_null_reason, None);
    assert_eq!(account.as_of - changes.since, chrono::Duration::hours(24));
    let probabilities = account.probabilities.expect("it is open");
    for (change, now) in [
        (changes.one_day, probabilities.one_day.liquidated),
        (changes.seven_days, probabilities.seven_days.liquidated),
    ] {
        assert!((sum(&change) - change.log_odds).abs() < 1e-9, "{change:?}");
        assert!((change.probability - now).abs() < 1e-12, "{change:?} {now}");
        let odds = change.probability_before / (1.0 - change.probability_before);
        assert!((odds.ln() - change.log_odds_before).abs() < 1e-9, "{change:?}");
        // Its owner added a tenth of the collateral in the last hour; no parameter changed.
        assert!(change.balances < 0.0 && change.parameters == 0.0, "{change:?}");
        assert!(change.price != 0.0, "{change:?}");
    }
    let page = get_html(crate::support::app(), &format!("/accounts/{MAKER}/1")).await.text;
    assert!(
        page.contains("Since 2022-02-28 23:00 UTC the probability of liquidation within 24 hours")
    );
}

#[tokio::test]
async fn account_opened_within_the_day_has_no_changes() {
    let app = plimsoll_serve::app(single_market_snapshot(below_snapshot()));
    let path = format!("/v1/accounts/{BELOW}/healthy");
    let account: AccountResponse = get_with(app.clone(), &path).await.read();
    assert_eq!(account.changes_24h, None);
    assert_eq!(account.changes_24h_null_reason, Some(ChangesNullReason::NotOpen24hBefore));
    let page = get_html(app, &format!("/accounts/{BELOW}/healthy")).await.text;
    assert!(page.contains("It was not open 24 hours before"));
    let closed: AccountResponse = get(&format!("/v1/accounts/{MAKER}/2")).await.read();
    assert_eq!(closed.changes_24h_null_reason, Some(ChangesNullReason::NotOpenNow));
}

#[test]
fn no_data_of_the_last_day_enters_the_earlier_forecast() {
    use plimsoll_features::Snapshot;
    let id = lake::id(MAKER);
    let full = with_lake(|store| Snapshot::read(store, &id, None).expect("a snapshot"));
    let until = full.day_before();
    let earlier = with_lake(|store| Snapshot::read(store, &id, Some(until)).expect("a snapshot"));
    let mut compared = 0;
    for (account, state) in earlier.states() {
        let Ok(rows) = full.compute_change_rows(account) else { continue };
        let mut then = state.clone();
        then.advance_to(earlier.market(), until.timestamp());
        // The earlier snapshot ends at its last event; its own features are as of then.
        assert_eq!(rows[0].account, then.account(earlier.market(), until.timestamp()));
        compared += 1;
    }
    assert!(compared >= 3, "{compared}");
}

#[test]
fn rows_differ_only_where_their_sources_do() {
    let snapshot = below_snapshot();
    let rows = snapshot.compute_change_rows(&format!("{BELOW}/stuck")).expect("it was open");
    // Nothing moved its balances, and no parameter changed.
    for set in 0..rows.len() {
        let without = set & !ChangeSource::Parameters.bit() & !ChangeSource::Balances.bit();
        let same = |a: &f32, b: &f32| a.to_bits() == b.to_bits();
        assert!(rows[set].features.iter().zip(&rows[without].features).all(|(a, b)| same(a, b)));
    }
    let now = &snapshot.states()[&format!("{BELOW}/stuck")];
    let now = snapshot.compute_features(now).expect("it is open");
    let bits = |row: &[f32]| row.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&rows[rows.len() - 1].features), bits(&now.features));
    let changes = model().attribute_change(&rows).expect("a row for each set");
    for (change, horizon) in changes.iter().zip(Horizon::ALL) {
        let zero = [ChangeCause::Parameters, ChangeCause::Balances];
        for (cause, part) in ChangeCause::ALL.iter().zip(change.contributions) {
            assert!(!zero.contains(cause) || part == 0.0, "{horizon} {cause:?} {part}");
        }
    }
}
