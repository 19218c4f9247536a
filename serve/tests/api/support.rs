//! A small simulated lake to serve, and a client without a socket.

mod client;
pub(crate) mod lake;
pub(crate) mod namesakes;
mod random;
mod schema;
mod vaults;

use std::sync::OnceLock;

use axum::Router;
use plimsoll_features::{LandmarkInterval, MarketId, ObservationPlan, Snapshot, observe};
use plimsoll_lake::Store;
use plimsoll_model::{Model, TrainOptions, train};
use plimsoll_serve::{PageData, ServerSnapshot};

pub(crate) use client::{Response, get, get_html, get_with, post, post_with, send, send_with};
pub(crate) use lake::{
    AAVE, AS_OF, BELOW, DEPARTED, HALTED, HOSTILE, MAKER, MODE_THRESHOLD, MODES,
};
pub(crate) use schema::Document;
pub(crate) use vaults::SCRIPT;

/// The whole server; its state is built once.
pub(crate) fn app() -> Router {
    plimsoll_serve::app(state())
}

pub(crate) fn state() -> ServerSnapshot {
    fixture().0.clone()
}

pub(crate) fn model() -> Model {
    fixture().1.clone()
}

/// A server of one market, whose one account has a name with HTML.
pub(crate) fn hostile_app(page_data: PageData) -> Router {
    plimsoll_serve::app(
        single_market_snapshot(added_market_snapshot(HOSTILE, lake::fill_hostile))
            .with_page_data(page_data),
    )
}

/// The state of a server with this market only.
pub(crate) fn single_market_snapshot(snapshot: Snapshot) -> ServerSnapshot {
    ServerSnapshot::new(vec![snapshot], model()).expect("a state")
}

/// A market with accounts below the threshold.
pub(crate) fn below_snapshot() -> Snapshot {
    added_market_snapshot(BELOW, lake::fill_below)
}

/// A market whose price of ETH departs from the market.
pub(crate) fn departed_snapshot() -> Snapshot {
    added_market_snapshot(DEPARTED, lake::fill_departed)
}

/// A market with halted liquidations.
pub(crate) fn halted_snapshot() -> Snapshot {
    added_market_snapshot(HALTED, lake::fill_halted)
}

/// A market with an efficiency mode.
pub(crate) fn modes_snapshot() -> Snapshot {
    added_market_snapshot(MODES, lake::fill_modes)
}

/// A market that is added to the lake.
fn added_market_snapshot(name: &str, fill: fn(&Store)) -> Snapshot {
    let read = |store: &Store| {
        fill(store);
        Snapshot::read(store, &lake::id(name), None).expect("a snapshot")
    };
    // As for the fixture, not on a test's runtime.
    std::thread::scope(|scope| scope.spawn(|| with_lake(read)).join().expect("it is read"))
}

fn fixture() -> &'static (ServerSnapshot, Model) {
    static WORLD: OnceLock<(ServerSnapshot, Model)> = OnceLock::new();
    // Polars cannot be called from a test's runtime, which has only one thread.
    let build = || std::thread::spawn(|| with_lake(build_fixture)).join().expect("it is built");
    WORLD.get_or_init(build)
}

/// Fills a temporary lake.
pub(crate) fn with_lake<T>(run: impl FnOnce(&Store) -> T) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::create(folder.path()).expect("a lake");
    lake::fill(&store);
    run(&store)
}

fn build_fixture(store: &Store) -> (ServerSnapshot, Model) {
    let snapshot = |id: &MarketId| Snapshot::read(store, id, None).expect("a snapshot");
    let snapshots = vec![snapshot(&lake::id(MAKER)), snapshot(&lake::id(AAVE))];
    let model = train_model(store);
    (ServerSnapshot::new(snapshots, model.clone()).expect("a state"), model)
}

fn train_model(store: &Store) -> Model {
    let every: LandmarkInterval = "6h".parse().expect("an interval");
    let plan = ObservationPlan { interval: every, until: None };
    let observations = observe(store, &lake::id(MAKER), &plan).expect("observations");
    let options = TrainOptions {
        hidden: 8,
        epochs: 1,
        closing_epochs: 1,
        batch: 512,
        folds: 2,
        ..Default::default()
    };
    let until = AS_OF.parse().expect("a time");
    train(&observations, until, &options, |_| {}).expect("a model")
}
