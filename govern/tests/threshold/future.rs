//! Later data changes no recommendation.

use chrono::{DateTime, TimeDelta, Utc};
use indicatif::ProgressBar;
use plimsoll_features::{Snapshot, list_markets};
use plimsoll_govern::{ThresholdInputs, ThresholdPolicy, recommend};
use plimsoll_lake::tables::{Block, TABLES};
use plimsoll_lake::{RangeUnit, Store};
use plimsoll_simulator::{Scenario, Simulation, simulate};

const MARKET: Simulation =
    Simulation { seed: 5, accounts: 200, days: 30, scenario: Scenario::Crash };

#[test]
fn recommendations_ignore_the_future() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    simulate(&MARKET, &store, &ProgressBar::hidden()).expect("a simulated market");
    let until = Simulation::START + TimeDelta::days(18);
    let before = recommendations_json(&store, until);
    assert!(before.contains("\"excursion\":{") && before.contains("\"depth_source\":\"pools\""));
    assert_ne!(before, recommendations_json(&store, until + TimeDelta::days(3)));
    delete_after(&store, until);
    assert_eq!(before, recommendations_json(&store, until));
}

fn recommendations_json(store: &Store, at: DateTime<Utc>) -> String {
    let id = &list_markets(store).expect("markets")[0];
    let snapshot = Snapshot::read(store, id, Some(at)).expect("a snapshot");
    let all = recommend(&ThresholdInputs::from_snapshot(&snapshot), &ThresholdPolicy::default())
        .expect("recommendations");
    serde_json::to_string(&all).expect("JSON")
}

/// Deletes all rows of a lake after a time.
fn delete_after(store: &Store, after: DateTime<Utc>) {
    let blocks: Vec<Block> = store.rows().expect("blocks");
    let later = blocks.iter().filter(|block| block.time > after);
    let first = later.map(|block| block.block).min().expect("a future") as i64;
    for table in TABLES {
        let position = match table.ranged_by.0 {
            RangeUnit::Blocks => first,
            RangeUnit::Times => after.timestamp() + 1,
            _ => continue,
        };
        for file in store.files(table).expect("files") {
            store.truncate_from(&file.partition, position).expect("a cut");
        }
    }
}
