//! Observing every open account at every landaccount_features.

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

/// The landmarks to observe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ObservationPlan {
    /// Interval of the grid of landmarks.
    pub interval: LandmarkInterval,
    /// The end of the data for features and labels; the end of the lake if absent.
    pub until: Option<DateTime<Utc>>,
}

/// Observes every account of a market at every grid landmark and after each action of its owner.
///
/// # Errors
/// [`FeatureError::NoOpenAccount`] if no account is open at any landmark, or the lake's own errors.
pub fn observe(
    store: &Store,
    id: &MarketId,
    plan: &ObservationPlan,
) -> Result<Observations, FeatureError> {
    let market = Market::read(store, id, plan.until)?;
    let histories = read_histories(store, &market, plan.until)?;
    let known_until_s = known_until(&market, &histories);
    let aggregates = MarketAggregates::from_histories(&market, &histories, known_until_s);
    let context = MarketContext { market: &market, aggregates: &aggregates, known_until_s };
    let observe = |history: &AccountHistory| observe_account(context, history, plan.interval);
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

/// The inputs shared by all accounts of a market.
#[derive(Clone, Copy)]
struct MarketContext<'a> {
    market: &'a Market,
    aggregates: &'a MarketAggregates,
    known_until_s: i64,
}

fn observe_account(
    context: MarketContext<'_>,
    history: &AccountHistory,
    interval: LandmarkInterval,
) -> Vec<ObservedLandmark> {
    let MarketContext { market, aggregates, known_until_s } = context;
    let mut state = history.initial_state(market, known_until_s);
    let mut kernel = Kernel::new(market, aggregates);
    let (mut rows, mut ends) = (Vec::new(), Vec::new());
    for (i, update) in history.updates.iter().enumerate() {
        let was_open = state.is_open(market, update.time_s);
        state.apply(market, update);
        if update.liquidated {
            ends.push((update.time_s, LIQUIDATED));
        } else if was_open && !state.is_open(market, update.time_s) {
            ends.push((update.time_s, CLOSED));
        }
        let on_grid = interval.contains(update.time_s);
        let acted = (update.owner_acted && !update.liquidated) || on_grid;
        let next_s = history.updates.get(i + 1).map_or(known_until_s, |next| next.time_s);
        let at_update = acted.then_some((update.time_s, on_grid)).into_iter();
        let times = at_update.chain(interval.between(update.time_s, next_s).map(|t| (t, true)));
        let compute = |(time_s, on_grid)| {
            state.advance_to(market, time_s);
            Some((time_s, on_grid, kernel.compute_features(&state, time_s)?))
        };
        rows.extend(times.filter(|(time_s, _)| *time_s < known_until_s).filter_map(compute));
    }
    let with_label = |(time_s, on_grid, account_features)| ObservedLandmark {
        time_s,
        on_grid,
        account_features,
        outcome: Outcome::at_landmark(time_s, &ends, known_until_s),
    };
    rows.into_iter().map(with_label).collect()
}

fn to_observations(histories: &[AccountHistory], rows: Vec<Vec<ObservedLandmark>>) -> Observations {
    let mut all = Observations::default();
    let mut features =
        Vec::with_capacity(rows.iter().map(Vec::len).sum::<usize>() * feature_count());
    for (history, landmarks) in histories.iter().zip(rows) {
        for ObservedLandmark { time_s, on_grid, account_features, outcome } in landmarks {
            all.push_account(&history.account);
            all.time_s.push(time_s);
            all.on_grid.push(on_grid);
            all.health_factor.push(account_features.health_factor);
            all.debt_usd.push(account_features.debt_usd);
            all.collateral_usd.push(account_features.collateral_usd);
            all.outcome.push(outcome);
            features.extend(account_features.features);
        }
    }
    all.features = Array2::from_shape_vec((all.len(), feature_count()), features)
        .expect("the kernel computes every feature of every row");
    all
}
