//! A small world to serve, and a client without a socket.

mod client;
pub(crate) mod lake;
mod random;
mod schema;
mod vaults;

use std::sync::OnceLock;

use axum::Router;
use plimsoll_features::{Every, MarketId, Plan, Snapshot, observe};
use plimsoll_lake::Store;
use plimsoll_model::{Model, TrainOptions, train};
use plimsoll_serve::{Exhibits, ServeState};

pub(crate) use client::{Answer, browse, get, get_from, post, send, send_to};
pub(crate) use lake::{AAVE, AS_OF, HOSTILE, MAKER, MODE_THRESHOLD, MODES};
pub(crate) use schema::Document;
pub(crate) use vaults::SCRIPT;

/// The whole server; what it answers from is made once.
pub(crate) fn app() -> Router {
    plimsoll_serve::app(state())
}

pub(crate) fn state() -> ServeState {
    world().0.clone()
}

pub(crate) fn model() -> Model {
    world().1.clone()
}

/// A server of one market, whose one account bears a name that would run as a script.
pub(crate) fn hostile(exhibits: Exhibits) -> Router {
    plimsoll_serve::app(only(added(HOSTILE, lake::fill_hostile)).with_exhibits(exhibits))
}

/// What a server answers from that knows this market alone.
pub(crate) fn only(snapshot: Snapshot) -> ServeState {
    ServeState::new(vec![snapshot], model()).expect("a state")
}

/// A market with an efficiency mode.
pub(crate) fn modes() -> Snapshot {
    added(MODES, lake::fill_modes)
}

/// A market that is added to the world.
fn added(name: &str, fill: fn(&Store)) -> Snapshot {
    let read = |store: &Store| {
        fill(store);
        Snapshot::read(store, &lake::id(name), None).expect("a snapshot")
    };
    // As for the world, not on a test's runtime.
    std::thread::scope(|scope| scope.spawn(|| with_lake(read)).join().expect("it is read"))
}

fn world() -> &'static (ServeState, Model) {
    static WORLD: OnceLock<(ServeState, Model)> = OnceLock::new();
    // Polars will not be called from a test's runtime, which has but one thread.
    let build = || std::thread::spawn(|| with_lake(build)).join().expect("it is built");
    WORLD.get_or_init(build)
}

/// Fills a lake, and empties it after use.
pub(crate) fn with_lake<T>(use_it: impl FnOnce(&Store) -> T) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::create(folder.path()).expect("a lake");
    lake::fill(&store);
    use_it(&store)
}

fn build(store: &Store) -> (ServeState, Model) {
    let snapshot = |id: &MarketId| Snapshot::read(store, id, None).expect("a snapshot");
    let snapshots = vec![snapshot(&lake::id(MAKER)), snapshot(&lake::id(AAVE))];
    let model = learn(store);
    (ServeState::new(snapshots, model.clone()).expect("a state"), model)
}

fn learn(store: &Store) -> Model {
    let every: Every = "6h".parse().expect("an interval");
    let plan = Plan { every, until: None };
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
