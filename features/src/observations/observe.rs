//! Observing every open account at every landmark.

use chrono::{DateTime, Utc};
use ndarray::Array2;
use plimsoll_lake::Store;
use rayon::prelude::*;

use super::account_replay::{AccountReplay, MarketContext, ObservedLandmark};
use super::landmarks::LandmarkInterval;
use super::table::Observations;
use crate::aggregates::MarketAggregates;
use crate::error::FeatureError;
use crate::groups::feature_count;
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
/// [`FeatureError::NoOpenAccount`] if no account is open at any landmark,
/// [`FeatureError::NoPrice`] if no asset has a price, or the lake's own errors.
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
        if !market.has_any_price() {
            return Err(market.no_price());
        }
        let until = DateTime::from_timestamp(known_until_s, 0).unwrap_or_default();
        return Err(FeatureError::NoOpenAccount { until });
    }
    Ok(observations)
}

fn observe_account(
    context: MarketContext<'_>,
    history: &AccountHistory,
    interval: LandmarkInterval,
) -> Vec<ObservedLandmark> {
    let mut replay = AccountReplay::new(context, history);
    for (i, update) in history.updates.iter().enumerate() {
        replay.apply(update);
        let on_grid = interval.contains(update.time_s);
        let acted = (update.owner_acted && !update.liquidated) || on_grid;
        let next_s = history.updates.get(i + 1);
        let next_s = next_s.map_or(context.known_until_s, |next| next.time_s);
        let at_update = acted.then_some((update.time_s, on_grid)).into_iter();
        let times = at_update.chain(interval.between(update.time_s, next_s).map(|t| (t, true)));
        let known = times.filter(|(time_s, _)| *time_s < context.known_until_s);
        known.for_each(|(time_s, on_grid)| replay.observe(time_s, on_grid));
    }
    replay.into_landmarks()
}

fn to_observations(histories: &[AccountHistory], rows: Vec<Vec<ObservedLandmark>>) -> Observations {
    let mut all = Observations::default();
    let mut features =
        Vec::with_capacity(rows.iter().map(Vec::len).sum::<usize>() * feature_count());
    for (history, landmarks) in histories.iter().zip(rows) {
        for landmark in landmarks {
            let ObservedLandmark { time_s, on_grid, account_features, .. } = landmark;
            all.push_account(&history.account);
            all.time_s.push(time_s);
            all.on_grid.push(on_grid);
            all.health_factor.push(account_features.health_factor);
            all.debt_usd.push(account_features.debt_usd);
            all.collateral_usd.push(account_features.collateral_usd);
            all.outcome.push(landmark.outcome);
            all.owner_actions.push(landmark.owner_actions);
            all.crossing.push(landmark.crossing);
            features.extend(account_features.features);
        }
    }
    all.features = Array2::from_shape_vec((all.len(), feature_count()), features)
        .expect("the kernel computes every feature of every row");
    all
}
