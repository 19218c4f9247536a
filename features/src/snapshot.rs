//! All accounts of a market at the end of what is known, from which a server answers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_lake::Store;
use plimsoll_lending::ReserveParameters;
use rayon::prelude::*;

use crate::account::owner_action::OwnerAction;
use crate::account::state::AccountState;
use crate::aggregates::MarketAggregates;
use crate::error::FeatureError;
use crate::kernel::{AccountFeatures, Kernel};
use crate::market::{Market, MarketId};
use crate::replay::history::{AccountHistory, known_until};
use crate::replay::read_histories;

/// A market with all its accounts at one time.
#[derive(Debug)]
pub struct Snapshot {
    market: Market,
    aggregates: MarketAggregates,
    states: BTreeMap<String, AccountState>,
    as_of_s: i64,
}

impl Snapshot {
    /// Replays a market to the end of what is known, or to `until` if that is earlier.
    ///
    /// # Errors
    /// As [`Market::read`] and [`read_histories`].
    pub fn read(
        store: &Store,
        id: &MarketId,
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        let market = Market::read(store, id, until)?;
        let histories = read_histories(store, &market, until)?;
        let as_of_s = known_until(&market, &histories);
        let state = |history: &AccountHistory| state_at(&market, history, as_of_s);
        let states: Vec<_> = histories.par_iter().map(state).collect();
        let aggregates = MarketAggregates::from_states(states.iter(), &histories, as_of_s);
        let accounts = histories.into_iter().map(|history| history.account);
        let states = accounts.zip(states).collect();
        Ok(Self { market, aggregates, states, as_of_s })
    }

    /// The market.
    #[must_use]
    pub const fn market(&self) -> &Market {
        &self.market
    }

    /// The time of the snapshot.
    #[must_use]
    pub fn as_of(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.as_of_s, 0).unwrap_or_default()
    }

    /// Every account with an event, by id.
    #[must_use]
    pub const fn states(&self) -> &BTreeMap<String, AccountState> {
        &self.states
    }

    /// Computes the features of an account of this market; `None` if it is not open.
    #[must_use]
    pub fn compute_features(&self, state: &AccountState) -> Option<AccountFeatures> {
        Kernel::new(&self.market, &self.aggregates).compute_features(state, self.as_of_s)
    }

    /// Computes an account's features with these parameters of the reserves from now on.
    ///
    /// Its history and the aggregates over other accounts are unchanged.
    #[must_use]
    pub fn compute_features_under(
        &self,
        state: &AccountState,
        reserves: &[ReserveParameters],
    ) -> Option<AccountFeatures> {
        Kernel::new(&self.market, &self.aggregates)
            .with_reserves(reserves)
            .compute_features(state, self.as_of_s)
    }

    /// An account of this market after an action of its owner at the time of the snapshot.
    ///
    /// The action enters its history as if it were read from the lake.
    #[must_use]
    pub fn after_action(&self, state: &AccountState, action: OwnerAction) -> AccountState {
        let mut after = state.clone();
        after.apply(&self.market, &action.into_update(self.as_of_s));
        after
    }

    /// An account opened at the time of the snapshot with these balances, tokens by asset.
    #[must_use]
    pub fn newly_opened(&self, collateral: Vec<f64>, debt: Vec<f64>) -> AccountState {
        AccountState::newly_opened(&self.market, self.as_of_s, collateral, debt)
    }
}

fn state_at(market: &Market, history: &AccountHistory, as_of_s: i64) -> AccountState {
    let mut state = history.initial_state(market, as_of_s);
    let known = history.updates.iter().take_while(|update| update.time_s <= as_of_s);
    known.for_each(|update| state.apply(market, update));
    state.advance_to(market, as_of_s);
    state
}
