//! A market with its lake at several times, and a model trained on it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use indicatif::ProgressBar;
use ndarray::Array2;
use plimsoll_features::{
    AccountFeatures, LandmarkInterval, MarketId, ObservationPlan, Snapshot, feature_count,
    list_markets, observe, read_histories,
};
use plimsoll_lake::Store;
use plimsoll_model::{Forecasts, Model, TrainOptions, train};
use plimsoll_simulator::{Simulation, simulate};

use crate::account_rows::{AccountRows, Change, read_accounts};

/// A market, and a model that was trained on it.
pub(crate) struct TestMarket {
    pub(crate) id: MarketId,
    pub(crate) accounts: BTreeMap<String, AccountRows>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) model: Model,
}

impl TestMarket {
    /// Simulates a market.
    pub(crate) fn simulated(simulation: &Simulation) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::create(dir.path()).expect("a lake");
        simulate(simulation, &store, &ProgressBar::hidden()).expect("a simulated market");
        let days = i64::from(simulation.days);
        let time = |hours: i64| Simulation::START + TimeDelta::hours(hours);
        let times = [12 * days + 5, 18 * days, 24 * days - 1].map(time);
        Self::from_lake(&store, &times, "24h")
    }

    /// Reads a market at these times; the model is trained on what was known at the last.
    pub(crate) fn from_lake(store: &Store, times: &[DateTime<Utc>], every: &str) -> Self {
        let id = list_markets(store).expect("markets").remove(0);
        let until = *times.last().expect("a time");
        let interval: LandmarkInterval = every.parse().expect("an interval");
        let plan = ObservationPlan { interval, until: Some(until) };
        let observations = observe(store, &id, &plan).expect("observations");
        let options = TrainOptions {
            hidden: 16,
            members: 4,
            epochs: 2,
            closing_epochs: 2,
            folds: 2,
            bags: 1,
            ..Default::default()
        };
        let model = train(&observations, until, &options, |_| {}).expect("a model");
        let read = |time: &DateTime<Utc>| Snapshot::read(store, &id, Some(*time)).expect("read");
        let snapshots = times.iter().map(read).collect();
        Self { accounts: read_accounts(store), id, snapshots, model }
    }

    /// The features of an account at a snapshot after each change of its history; absent where the
    /// changed account is not open. Other accounts are unchanged.
    pub(crate) fn recompute(
        &self,
        account: &str,
        snapshot: &Snapshot,
        changes: &[Change],
    ) -> Vec<Option<AccountFeatures>> {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::create(dir.path()).expect("a lake");
        self.accounts[account].write_variants(changes, &self.id, &store);
        let market = snapshot.market();
        let histories = read_histories(&store, market, None).expect("histories");
        assert_eq!(histories.len(), changes.len());
        let as_of_s = snapshot.as_of().timestamp();
        let features = |history: &plimsoll_features::AccountHistory| {
            let mut state = history.initial_state(market, as_of_s);
            let known = history.updates.iter().take_while(|update| update.time_s <= as_of_s);
            known.for_each(|update| state.apply(market, update));
            state.advance_to(market, as_of_s);
            snapshot.compute_features(&state)
        };
        histories.iter().map(features).collect()
    }
}

/// Forecasts rows of features.
pub(crate) fn forecast(model: &Model, rows: &[AccountFeatures]) -> Forecasts {
    let values: Vec<f32> = rows.iter().flat_map(|row| row.features.iter().copied()).collect();
    let all = Array2::from_shape_vec((rows.len(), feature_count()), values);
    model.forecast(all.expect("rows of features").view()).expect("forecasts")
}
