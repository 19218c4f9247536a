//! A server reloads its lake, and alerts on what has changed.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use plimsoll_lake::tables::{MarketAsset, OraclePrice, PAR_PRICE_SOURCE, Row};
use plimsoll_lake::{CoveredRange, Partition, Store};
use plimsoll_serve::{AlertStore, Measure, NewRule};
use serde_json::Value;

use crate::support::endpoint::Endpoint;
use crate::support::market::{copy_lake, market};
use crate::support::program::{Server, allow_private_egress, always_firing, serve};

/// Only a program that hangs takes this long.
const TIMEOUT: Duration = Duration::from_secs(60);

#[test]
fn crash_in_the_lake_becomes_a_warning_while_the_server_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let (lake, file) = (folder.path().join("lake"), folder.path().join("alerts.db"));
    copy_lake(&lake);
    let endpoint = Endpoint::start(false);
    let alerts = AlertStore::open(&file).expect("a database");
    for watch in &market().accounts {
        let mut new = always_firing(watch, &endpoint.url(0), 0);
        new.rules = vec![NewRule::new(Measure::HealthFactor, 0.9)];
        alerts
            .subscribe(&new.validate(&allow_private_egress()).expect("it is valid"), Utc::now())
            .expect("stored");
    }
    let server = Server::start(&mut serve(&lake, &file));
    let before = as_of(&server);
    assert_eq!(endpoint.accepted(), 0);
    halve_prices(&Store::open(&lake).expect("the lake"));
    let begun = Instant::now();
    while endpoint.accepted() == 0 {
        assert!(begun.elapsed() < TIMEOUT, "no warning was sent");
        std::thread::sleep(Duration::from_millis(20));
    }
    let after = as_of(&server);
    assert!(before < after, "{before} {after}");
    let warned = endpoint.receipts().swap_remove(0).body;
    assert_eq!(
        (&warned["type"], &warned["timestamp"]),
        (&"position.at_risk".into(), &after.into())
    );
    assert!(warned["data"]["health_factor"].as_f64().is_some_and(|health| health < 0.9));
}

/// An hour after the end of the lake, all prices but dollars are halved.
fn halve_prices(store: &Store) {
    let assets = store.rows::<MarketAsset>().expect("assets");
    let prices = store.rows::<OraclePrice>().expect("prices");
    for asset in assets.iter().filter(|asset| asset.price_source != PAR_PRICE_SOURCE) {
        let own = |price: &&OraclePrice| {
            price.source == asset.price_source && price.asset == asset.price_asset
        };
        let last = prices.iter().filter(own).max_by_key(|price| price.time).expect("a price");
        let latest = prices.iter().map(|price| price.time).max().expect("a price");
        let (time, is_dollar) = (latest + TimeDelta::hours(1), last.price_usd < 1.5);
        let price_usd = if is_dollar { last.price_usd } else { last.price_usd / 2.0 };
        let price = OraclePrice { time, price_usd, ..last.clone() };
        let partition = Partition::new(&OraclePrice::TABLE, &[&price.source]).expect("a partition");
        let batch = OraclePrice::to_batch(&[price]).expect("a batch");
        let range = CoveredRange::times(time, time).expect("a range");
        store.merge(&partition, range, &batch).expect("it is written");
    }
}

fn as_of(server: &Server) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ask = async {
        rustls::crypto::ring::default_provider().install_default().ok();
        reqwest::get(format!("{}/healthz", server.url)).await?.text().await
    };
    let text = runtime.expect("a runtime").block_on(ask).expect("an answer");
    let health: Value = serde_json::from_str(&text).expect("JSON");
    health["markets"][0]["as_of"].as_str().expect("a time").to_owned()
}
