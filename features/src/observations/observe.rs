//! Every open account at every landmark, with what became of it.

use chrono::{DateTime, Utc};
use ndarray::Array2;
use plimsoll_lake::Store;
use rayon::prelude::*;

use super::labels::{CLOSED, LIQUIDATED, Outcome};
use super::landmarks::LandmarkInterval;
use super::table::Observations;
use crate::aggregates::MarketAggregates;
use crate::error::FeatureError;
use crate::groups::feature_count;
use crate::kernel::{AccountFeatures, Kernel};
use crate::market::{Market, MarketId};
use crate::replay::history::{AccountHistory, known_until};
use crate::replay::read_histories;

/// Which landmarks to observe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ObservationPlan {
    /// How far apart the grid's landmarks are.
    pub interval: LandmarkInterval,
    /// Nothing later is used, neither for features nor for labels; the end of the lake if absent.
    pub until: Option<DateTime<Utc>>,
}

/// Observes every account of a market at every grid landmark and after each action of its owner.
///
/// # Errors
/// [`FeatureError::NoObservation`] if no account is open at any landmark, or the lake's own errors.
pub fn observe(
    store: &Store,
    id: &MarketId,
    plan: &ObservationPlan,
) -> Result<Observations, FeatureError> {
    let market = Market::read(store, id, plan.until)?;
    let histories = read_histories(store, &market, plan.until)?;
    let known_until_s = known_until(&market, &histories);
    let crowd = MarketAggregates::from_histories(&market, &histories, known_until_s);
    let scene = MarketContext { market: &market, aggregates: &crowd, known_until_s };
    let observe = |history: &AccountHistory| observe_account(scene, history, plan.interval);
    let rows: Vec<Vec<ObservedLandmark>> = histories.par_iter().map(observe).collect();
    let observations = to_observations(&histories, rows);
    if observations.is_empty() {
        let until = DateTime::from_timestamp(known_until_s, 0).unwrap_or_default();
        return Err(FeatureError::NoOpenAccount { until });
    }
    Ok(observations)
}

struct ObservedLandmark {
    time_s: i64,
    on_grid: bool,
    account_features: AccountFeatures,
    outcome: Outcome,
}

/// What all accounts of a market share.
#[derive(Clone, Copy)]
struct MarketContext<'a> {
    market: &'a Market,
    aggregates: &'a MarketAggregates,
    known_until_s: i64,
}

fn observe_account(
    scene: MarketContext<'_>,
    history: &AccountHistory,
    every: LandmarkInterval,
) -> Vec<ObservedLandmark> {
    let MarketContext { market, aggregates: crowd, known_until_s } = scene;
    let mut state = history.initial_state(market, known_until_s);
    let mut kernel = Kernel::new(market, crowd);
    let (mut marks, mut ends) = (Vec::new(), Vec::new());
    for (i, action) in history.updates.iter().enumerate() {
        let was_open = state.is_open(market, action.time_s);
        state.apply(market, action);
        if action.liquidated {
            ends.push((action.time_s, LIQUIDATED));
        } else if was_open && !state.is_open(market, action.time_s) {
            ends.push((action.time_s, CLOSED));
        }
        let on_grid = every.contains(action.time_s);
        let acted = (action.owner_acted && !action.liquidated) || on_grid;
        let next_s = history.updates.get(i + 1).map_or(known_until_s, |next| next.time_s);
        let at_action = acted.then_some((action.time_s, on_grid)).into_iter();
        let times = at_action.chain(every.between(action.time_s, next_s).map(|t| (t, true)));
        let marked = |(time_s, on_grid)| {
            state.advance_to(market, time_s);
            Some((time_s, on_grid, kernel.compute_features(&state, time_s)?))
        };
        marks.extend(times.filter(|(time_s, _)| *time_s < known_until_s).filter_map(marked));
    }
    let labelled = |(time_s, on_grid, mark)| ObservedLandmark {
        time_s,
        on_grid,
        account_features: mark,
        outcome: Outcome::at_landmark(time_s, &ends, known_until_s),
    };
    marks.into_iter().map(labelled).collect()
}

fn to_observations(histories: &[AccountHistory], rows: Vec<Vec<ObservedLandmark>>) -> Observations {
    let mut all = Observations::default();
    let mut features =
        Vec::with_capacity(rows.iter().map(Vec::len).sum::<usize>() * feature_count());
    for (history, landmarks) in histories.iter().zip(rows) {
        for ObservedLandmark { time_s, on_grid, account_features: mark, outcome } in landmarks {
            all.push_account(&history.account);
            all.time_s.push(time_s);
            all.on_grid.push(on_grid);
            all.health_factor.push(mark.health_factor);
            all.debt_usd.push(mark.debt_usd);
            all.collateral_usd.push(mark.collateral_usd);
            all.outcome.push(outcome);
            features.extend(mark.features);
        }
    }
    all.features = Array2::from_shape_vec((all.len(), feature_count()), features)
        .expect("the kernel writes every feature of every row");
    all
}
