//! A price in the protocol that departs from the market.

use plimsoll_serve::AccountResponse;

use crate::support::{
    AAVE, DEPARTED, departed_snapshot, get, get_html, get_with, single_market_snapshot,
};

/// Moonwell, February 2026: the oracle answers 1.12, the market is unchanged.
#[tokio::test]
async fn departure_is_a_cause_of_its_own_and_no_volatility() {
    let snapshot = departed_snapshot();
    let eth = snapshot.market().asset_index("ETH").expect("it has ETH");
    let prices = snapshot.market().hourly_prices(eth);
    assert!(prices.hours.iter().all(|hour| hour.low_usd > 100.0), "the glitch is left out");
    let app = plimsoll_serve::app(single_market_snapshot(snapshot));
    let path = format!("/v1/accounts/{DEPARTED}/1");
    let response = get_with(app.clone(), &path).await;
    assert!(!response.text.contains("NaN") && !response.text.contains("inf"));
    let account: AccountResponse = response.read();
    let [departure] = &account.oracle_departures[..] else { panic!("{account:?}") };
    assert_eq!((departure.asset.as_str(), departure.oracle_usd), ("ETH", 1.12));
    assert!(departure.market_usd > 100.0 && departure.departure < -0.99, "{departure:?}");
    assert_eq!(account.collateral[0].price_usd, 1.12);
    assert!(account.metrics.health_factor.expect("it has debt") < 0.01);
    let page = get_html(app, &format!("/accounts/{DEPARTED}/1")).await.text;
    assert!(
        page.contains("oracle&#39;s price of ETH departs")
            || page.contains("oracle's price of ETH departs"),
        "{page}"
    );
}

#[tokio::test]
async fn an_oracle_at_the_market_has_no_departure() {
    let path = format!("/v1/accounts/{AAVE}/0x{:0>40}", "abc1");
    let account: AccountResponse = get(&path).await.read();
    assert_eq!(account.oracle_departures, []);
}
