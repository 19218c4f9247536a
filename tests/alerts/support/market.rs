//! A small simulated market with a model, built once.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use plimsoll_features::{LandmarkInterval, ObservationPlan, Snapshot, list_markets, observe};
use plimsoll_lake::Store;
use plimsoll_model::{TrainOptions, train};
use plimsoll_simulator::{Scenario, Simulation, simulate};

/// A market, which no test may modify.
pub(crate) struct Market {
    pub(crate) lake: PathBuf,
    pub(crate) model: PathBuf,
    /// Its open accounts.
    pub(crate) accounts: Vec<String>,
}

pub(crate) fn market() -> &'static Market {
    static MARKET: OnceLock<Market> = OnceLock::new();
    MARKET.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("alerts-market");
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{error}");
        }
        build(&folder)
    })
}

fn build(folder: &Path) -> Market {
    let (lake, model) = (folder.join("lake"), folder.join("model"));
    let store = Store::create(&lake).expect("a lake");
    let simulation = Simulation { seed: 11, accounts: 160, days: 24, scenario: Scenario::Crash };
    simulate(&simulation, &store, &indicatif::ProgressBar::hidden()).expect("a market");
    let id = list_markets(&store).expect("markets").swap_remove(0);
    let interval: LandmarkInterval = "6h".parse().expect("an interval");
    let observed =
        observe(&store, &id, &ObservationPlan { interval, until: None }).expect("observations");
    let options = TrainOptions { hidden: 8, epochs: 1, batch: 512, folds: 2, ..Default::default() };
    let mut trained = train(&observed, observed.known_until(), &options, |_| {}).expect("a model");
    trained.save(&model, "a test's").expect("it is written");
    let snapshot = Snapshot::read(&store, &id, None).expect("a snapshot");
    let open =
        snapshot.states().iter().filter(|(_, state)| snapshot.compute_features(state).is_some());
    let accounts = open.map(|(account, _)| account.clone()).collect();
    Market { lake, model, accounts }
}

/// A copy of the market's lake that a test may modify.
pub(crate) fn copy_lake(to: &Path) {
    copy(&market().lake, to);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let (path, to) =
            (entry.as_ref().expect("an entry").path(), to.join(entry.expect("one").file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).expect("a copy");
        }
    }
}
