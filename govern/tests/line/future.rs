//! What happens later changes no recommendation.

use chrono::{DateTime, TimeDelta, Utc};
use indicatif::ProgressBar;
use plimsoll_features::{Snapshot, markets};
use plimsoll_govern::{LineInputs, LinePolicy, recommend};
use plimsoll_simulator::{Scenario, Simulation, simulate};
use plimsoll_lake::tables::{Block, TABLES};
use plimsoll_lake::{Store, Unit};

const MARKET: Simulation =
    Simulation { seed: 5, accounts: 200, days: 30, scenario: Scenario::Crash };

#[test]
fn deleting_the_future_changes_no_recommendation() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    simulate(&MARKET, &store, &ProgressBar::hidden()).expect("a simulated market");
    let until = Simulation::START + TimeDelta::days(18);
    let before = recommended(&store, until);
    assert!(before.contains("\"excursion\":{") && before.contains("\"depth_source\":\"pools\""));
    assert_ne!(before, recommended(&store, until + TimeDelta::days(3)));
    cut(&store, until);
    assert_eq!(before, recommended(&store, until));
}

fn recommended(store: &Store, at: DateTime<Utc>) -> String {
    let id = &markets(store).expect("markets")[0];
    let snapshot = Snapshot::read(store, id, Some(at)).expect("a snapshot");
    let all = recommend(&LineInputs::of(&snapshot), &LinePolicy::default()).expect("a line");
    serde_json::to_string(&all).expect("JSON")
}

/// Forgets all that a lake knows after a time.
fn cut(store: &Store, after: DateTime<Utc>) {
    let blocks: Vec<Block> = store.rows().expect("blocks");
    let later = blocks.iter().filter(|block| block.time > after);
    let first = later.map(|block| block.block).min().expect("a future") as i64;
    for table in TABLES {
        let place = match table.ranged_by.0 {
            Unit::Blocks => first,
            Unit::Times => after.timestamp() + 1,
            _ => continue,
        };
        for file in store.files(table).expect("files") {
            store.cut(&file.partition, place).expect("a cut");
        }
    }
}
