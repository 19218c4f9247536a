//! No alert is lost or duplicated, however often the program is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use chrono::DateTime;
use plimsoll_serve::{AlertStore, DeliveryStatus};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::support::endpoint::{Endpoint, Receipt};
use crate::support::market::market;
use crate::support::program::{Server, allow_private_egress, always_firing, serve};

const SEED: u64 = 5;
const KILLS: usize = 10;
const ALERTS: usize = 500;
const RULES: usize = 10;
const ENDPOINTS: usize = 16;
/// Only a program that hangs takes this long.
const TIMEOUT: Duration = Duration::from_secs(120);

#[test]
fn every_alert_arrives_once_despite_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("alerts.db");
    let endpoint = Endpoint::start(true);
    let store = AlertStore::open(&file).expect("a database");
    let watched = market().accounts.iter().cycle();
    for (index, watch) in watched.take(ALERTS / RULES).enumerate() {
        let new = always_firing(watch, &endpoint.url(index % ENDPOINTS), RULES);
        let valid = new.validate(&allow_private_egress()).expect("it is valid");
        store.subscribe(&valid, DateTime::UNIX_EPOCH).expect("it is stored");
    }
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut cut_short = 0;
    for kill in 0..KILLS {
        let server = Server::start(&mut serve(&market().lake, &file));
        if kill % 3 == 0 {
            // During evaluation, or at the start of delivery.
            std::thread::sleep(Duration::from_millis(random.random_range(0..400)));
        } else {
            let more = endpoint.receipts().len() + random.random_range(1..80);
            wait_until(|| endpoint.receipts().len() >= more || endpoint.accepted() >= ALERTS);
        }
        cut_short += usize::from(endpoint.accepted() < ALERTS);
        drop(server);
    }
    assert!(cut_short >= 8, "{cut_short}");
    let _server = Server::start(&mut serve(&market().lake, &file));
    let delivered = || {
        let counts = store.status_counts().expect("it reads");
        counts.contains(&(DeliveryStatus::Delivered, ALERTS))
    };
    wait_until(delivered);
    let sequence = store.messages_after(0, 2 * ALERTS).expect("it reads");
    let ids: Vec<String> = sequence.into_iter().map(|message| message.id).collect();
    assert_eq!(ids.len(), ALERTS);
    check_receipts(&endpoint.receipts(), &ids);
}

fn check_receipts(receipts: &[Receipt], ids: &[String]) {
    let mut by_alert: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut bodies: BTreeMap<&str, &Value> = BTreeMap::new();
    for Receipt { id, body, .. } in receipts {
        let field = |name: &str| body["data"][name].to_string();
        let alert =
            field("subscription") + &field("account") + &field("rule") + &body["type"].to_string();
        by_alert.entry(alert).or_default().insert(id);
        assert_eq!(*bodies.entry(id).or_insert(body), body, "{id} has two bodies");
    }
    assert_eq!(by_alert.len(), ALERTS);
    assert!(by_alert.values().all(|ids| ids.len() == 1), "an alert has two ids");
    let taken: BTreeSet<&str> =
        receipts.iter().filter(|r| r.accepted).map(|r| r.id.as_str()).collect();
    assert!(ids.iter().all(|id| taken.contains(id.as_str())), "an alert was lost");
    let failed = receipts.iter().filter(|receipt| !receipt.accepted).count() as f64;
    let share = failed / receipts.len() as f64;
    assert!((0.25..0.42).contains(&share), "{failed} of {}", receipts.len());
    check_order(receipts, ids);
}

/// Each endpoint accepted its alerts in the order in which they were created.
fn check_order(receipts: &[Receipt], ids: &[String]) {
    let index = |id: &str| ids.iter().position(|known| known == id).expect("it was created");
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for receipt in receipts.iter().filter(|r| r.accepted && seen.insert(r.id.as_str())) {
        let index = index(&receipt.id);
        let before = last.insert(&receipt.endpoint, index);
        assert!(before.is_none_or(|before| before < index), "{receipt:?}");
    }
}

fn wait_until(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < TIMEOUT, "it hangs");
        std::thread::sleep(Duration::from_millis(5));
    }
}
