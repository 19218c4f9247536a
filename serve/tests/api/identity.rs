//! Markets of one name on two chains, and markets and assets that cannot be valued.

use axum::Router;
use plimsoll_features::{Snapshot, list_markets, read_each_market};
use plimsoll_lake::tables::by_name;
use plimsoll_serve::{AccountResponse, Health, ProblemKind, ServerSnapshot};
use serde_json::json;

use crate::support::namesakes::{
    NAMESAKE, PRICELESS, UNPRICED, fill_priceless, namesakes, with_unpriced_asset,
};
use crate::support::{
    AAVE, get, get_html, get_with, lake, model, post_with, single_market_snapshot, with_lake,
};

const LONG: &str = "0x000000000000000000000000000000000000abc1";
const SHORT: &str = "0x000000000000000000000000000000000000abc2";

fn namesakes_app() -> Router {
    plimsoll_serve::app(ServerSnapshot::new(namesakes(), model()).expect("a state"))
}

#[tokio::test]
async fn an_id_without_chain_is_that_of_the_only_account_that_has_it() {
    let full = get("/v1/accounts/ethereum/maker/eth-b/1").await;
    assert_eq!(get("/v1/accounts/maker/eth-b/1").await.json, full.json);
    assert_eq!(get("/v1/accounts/maker%2Feth-b%2F1").await.json, full.json);
}

#[tokio::test]
async fn two_chains_may_have_a_market_of_one_name() {
    let app = namesakes_app();
    for market in [AAVE, NAMESAKE] {
        let path = format!("/v1/accounts/{market}/{LONG}");
        let account: AccountResponse = get_with(app.clone(), &path).await.read();
        assert_eq!((account.market.as_str(), account.account), (market, path[13..].to_owned()));
        let page = get_html(app.clone(), &format!("/markets/{market}")).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(&format!("<h1>{market}</h1>")), "{}", page.text);
        let list = get_html(app.clone(), &format!("/markets/{market}/accounts")).await;
        assert_eq!(list.status, 200);
    }
}

#[tokio::test]
async fn a_name_of_two_markets_is_refused_with_both() {
    let app = namesakes_app();
    let both = format!("{NAMESAKE}, {AAVE}");
    let path = format!("/v1/accounts/aave-v3/core/{LONG}");
    let problem = get_with(app.clone(), &path).await.problem(ProblemKind::UnknownAccount);
    let ids = format!("{NAMESAKE}/{LONG}, {AAVE}/{LONG}");
    assert!(problem.detail.contains(&ids), "{problem:?}");
    let body = json!({"market": "aave-v3/core", "positions": [
        {"collateral": [{"asset": "ETH", "amount": 1}], "debt": [{"asset": "USDC", "amount": 100}]}
    ]});
    let answer = post_with(app.clone(), "/v1/score", body.to_string()).await;
    let problem = answer.problem(ProblemKind::InvalidRequest);
    assert!(problem.detail.contains(&both), "{problem:?}");
    let page = get_html(app, "/markets/aave-v3/core").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains(&both), "{}", page.text);
}

#[tokio::test]
async fn an_asset_without_a_price_leaves_out_only_its_accounts() {
    let app = plimsoll_serve::app(single_market_snapshot(with_unpriced_asset()));
    let health: Health = get_with(app.clone(), "/healthz").await.read();
    let [market] = &health.markets[..] else { panic!("{health:?}") };
    assert_eq!((market.accounts, market.unpriced_accounts), (1, 1));
    assert_eq!(market.unpriced_assets, ["LST: no price from synthetic"]);
    let path = |owner: &str| format!("/v1/accounts/{UNPRICED}/{owner}");
    let short: AccountResponse = get_with(app.clone(), &path(SHORT)).await.read();
    assert!(short.metrics.health_factor.is_some() && short.probabilities.is_some());
    let answer = get_with(app.clone(), &path(LONG)).await;
    let problem = answer.problem(ProblemKind::UnknownAccount);
    assert!(problem.detail.contains("LST: no price"), "{problem:?}");
    let body = json!({"market": UNPRICED, "positions": [
        {"collateral": [{"asset": "LST", "amount": 1}], "debt": []}
    ]});
    let answer = post_with(app, "/v1/score", body.to_string()).await;
    let problem = answer.problem(ProblemKind::InvalidRequest);
    assert_eq!(problem.errors[0].pointer, "#/positions/0/collateral/0/asset");
    assert!(problem.detail.contains("LST: no price"), "{problem:?}");
}

/// The markets of a lake of which one has no price and the files of another are damaged.
fn state_of_damaged_lake() -> ServerSnapshot {
    let read = || {
        with_lake(|store| {
            fill_priceless(store);
            let damaged = store.files(by_name("position_events").expect("a table")).expect("files");
            let damaged =
                damaged.iter().find(|file| file.partition.values() == lake::id(AAVE).parts());
            std::fs::write(&damaged.expect("its events").path, "damaged").expect("written");
            let markets = list_markets(store).expect("markets");
            let read = |id: &_| Snapshot::read(store, id, None);
            let (snapshots, left_out) = read_each_market(markets, read).expect("one is read");
            ServerSnapshot::new(snapshots, model()).expect("a state").with_left_out(left_out)
        })
    };
    std::thread::scope(|scope| scope.spawn(read).join().expect("it is read"))
}

#[tokio::test]
async fn a_market_that_cannot_be_read_or_valued_is_left_out_and_named() {
    let state = state_of_damaged_lake();
    let app = plimsoll_serve::app(state.clone());
    let health: Health = get_with(app.clone(), "/healthz").await.read();
    let served: Vec<&str> = health.markets.iter().map(|market| market.market.as_str()).collect();
    assert_eq!(served, ["ethereum/maker/eth-b"]);
    let left_out: Vec<&str> = health.left_out.iter().map(|left| left.market.as_str()).collect();
    assert_eq!(left_out, [AAVE, PRICELESS]);
    assert!(health.left_out[0].reason.contains(".parquet"), "{health:?}");
    assert!(health.left_out[1].reason.contains("LST"), "{health:?}");
    let path = format!("/v1/accounts/{AAVE}/{LONG}");
    let problem = get_with(app, &path).await.problem(ProblemKind::UnknownAccount);
    assert!(problem.detail.contains("left out"), "{problem:?}");
}

#[test]
fn a_market_that_fails_later_keeps_its_last_state() {
    let earlier = ServerSnapshot::new(namesakes(), model()).expect("a state");
    let damaged = state_of_damaged_lake();
    let kept = plimsoll_serve::app(damaged.keeping_markets_of(&earlier));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let path = format!("/v1/accounts/{AAVE}/{LONG}");
    let account: AccountResponse = runtime.block_on(get_with(kept, &path)).read();
    assert_eq!(account.market, AAVE);
}
