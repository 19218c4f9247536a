//! Assets by id, label and symbol, and assets without a price.

use plimsoll_features::{FeatureError, Market, Snapshot};
use plimsoll_lake::tables::{MarketAsset, Row, by_name, setting, side};
use plimsoll_lake::{Partition, Store};

use super::chain_market::{ChainMarket, HOUR_S};
use super::example::{ETHER, compute_features, example, state};

const LINK: &str = "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512";
const USDC: &str = "0x5fbdb2315678afecb367f032d93f642f64180aa3";

/// The example's lake, in which LINK has the symbol of USDC and both have addresses.
fn namesakes() -> (tempfile::TempDir, Store, ChainMarket) {
    let market = example();
    let (dir, store) = market.lake();
    let mut rows: Vec<MarketAsset> = store.rows().expect("assets");
    for row in &mut rows {
        let address = match row.asset.as_str() {
            "LINK" => LINK,
            "USDC" => USDC,
            _ => continue,
        };
        (row.address, row.symbol) = (Some(address.to_owned()), Some("USDC".to_owned()));
    }
    let table = by_name("market_assets").expect("a table");
    let partition = Partition::new(table, &market.id().parts()).expect("a partition");
    store.replace(&partition, &MarketAsset::to_batch(&rows).expect("a batch")).expect("written");
    (dir, store, market)
}

#[test]
fn rows_name_an_asset_by_its_id_and_people_by_a_label_that_only_it_has() {
    let (_dir, store, chain) = namesakes();
    let market = Market::read(&store, &chain.id(), None).expect("a market");
    let labels = ["USDC (0xe7f1…0512)", "USDC (0x5fbd…0aa3)", "WETH"];
    for (index, (label, address)) in labels.into_iter().zip([LINK, USDC, "WETH"]).enumerate() {
        assert_eq!(market.asset_label(index), label);
        for name in [label, address, &address.to_uppercase().replacen("0X", "0x", 1)] {
            assert_eq!(market.find_asset(name).expect("it is known"), index, "{name}");
        }
    }
    assert_eq!(market.asset_index("USDC").expect("an id"), 1);
    assert_eq!(market.find_asset("USDC").expect("an id precedes a symbol"), 1);
}

#[test]
fn a_symbol_of_two_assets_is_refused_with_their_addresses() {
    let (_dir, store, chain) = namesakes();
    let mut rows: Vec<MarketAsset> = store.rows().expect("assets");
    rows.iter_mut().for_each(|row| row.asset = row.token().to_owned());
    let table = by_name("market_assets").expect("a table");
    let partition = Partition::new(table, &chain.id().parts()).expect("a partition");
    store.replace(&partition, &MarketAsset::to_batch(&rows).expect("a batch")).expect("written");
    let market = Market::read(&store, &chain.id(), None).expect("a market");
    let error = market.find_asset("USDC").expect_err("two have it");
    assert!(matches!(error, FeatureError::AmbiguousAsset { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(LINK) && text.contains(USDC), "{text}");
    let error = market.find_asset("DAI").expect_err("none has it").to_string();
    assert!(error.contains("WETH"), "{error}");
}

#[test]
fn an_account_with_an_unpriced_asset_is_not_observed_and_changes_no_other() {
    let alone = compute_features(&example(), 1);
    let mut market = example();
    market.balances.push((2 * HOUR_S, 2, "LINK", side::COLLATERAL, 10 * ETHER));
    market.balances.push((2 * HOUR_S, 2, "USDC", side::DEBT, 1_000));
    let settings = market.settings.as_mut().expect("settings");
    settings.push((2 * HOUR_S, 2, setting::COLLATERAL, Some("LINK"), 1));
    // A gift that the first account does not use as collateral.
    market.balances.push((3 * HOUR_S, 1, "LINK", side::COLLATERAL, 1));
    let observations = market.observe().expect("observations");
    assert_eq!(observations.account_ids, [market.account(1)]);
    let snapshot = market.snapshot();
    assert!(snapshot.compute_features(state(&snapshot, 2)).is_none());
    let bits = |features: &[f32]| features.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&compute_features(&market, 1).features), bits(&alone.features));
    let unpriced: Vec<_> = snapshot.market().unpriced_assets().collect();
    assert_eq!(unpriced, [(0, "LINK: no price from oracle".to_owned())]);
    assert!(snapshot.market().has_any_price());
}

#[test]
fn a_market_whose_oracle_never_answered_has_no_observation_and_names_its_source() {
    let mut market = example();
    market.prices.clear();
    let error = market.observe().expect_err("no price");
    assert!(matches!(error, FeatureError::NoPrice { .. }), "{error:?}");
    let (_dir, store) = market.lake();
    let snapshot = Snapshot::read(&store, &market.id(), None).expect("a snapshot");
    assert!(!snapshot.market().has_any_price());
}
