//! All accounts of a market at the end of what is known, from which a server answers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_lake::Store;
use plimsoll_lending::ReserveParameters;
use rayon::prelude::*;

use crate::account::new_position::NewPosition;
use crate::account::owner_action::OwnerAction;
use crate::account::state::AccountState;
use crate::aggregates::MarketAggregates;
use crate::day_before::{ChangeUnavailable, DayBefore};
use crate::error::FeatureError;
use crate::kernel::{AccountFeatures, Kernel};
use crate::market::{Market, MarketId};
use crate::replay::history::{AccountHistory, known_until};
use crate::replay::read_histories;
use crate::time::HOUR_S;

/// A market with all its accounts at one time.
#[derive(Debug)]
pub struct Snapshot {
    market: Market,
    aggregates: MarketAggregates,
    states: BTreeMap<String, AccountState>,
    as_of_s: i64,
    day_before: DayBefore,
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
        let earlier_s = as_of_s - 24 * HOUR_S;
        let state = |history: &AccountHistory| states_at(&market, history, earlier_s, as_of_s);
        let (earlier, states): (Vec<_>, Vec<_>) = histories.par_iter().map(state).unzip();
        let aggregates = MarketAggregates::from_states(states.iter(), &histories, as_of_s);
        let day_before = DayBefore::new(earlier, &histories, earlier_s);
        let accounts = histories.into_iter().map(|history| history.account);
        let states = accounts.zip(states).collect();
        Ok(Self { market, aggregates, states, as_of_s, day_before })
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

    /// The time a day before the snapshot.
    #[must_use]
    pub fn day_before(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.day_before.as_of_s, 0).unwrap_or_default()
    }

    /// Computes the features of an account with each of
    /// [`ChangeSource::ALL`](crate::ChangeSource::ALL) as it was a day before,
    /// or as it is now.
    ///
    /// The result has a row for each set of sources, as bits: those in the set are as of now. The first
    /// row is the account as it was a day before, the last one as it is now. Nothing that became known
    /// after that day enters the first row.
    ///
    /// # Errors
    /// [`ChangeUnavailable`] if the account was not open, is not open, or would not be in between.
    pub fn compute_change_rows(
        &self,
        account: &str,
    ) -> Result<Vec<AccountFeatures>, ChangeUnavailable> {
        let now = self.states.get(account).ok_or(ChangeUnavailable::NotOpenNow)?;
        self.compute_features(now).ok_or(ChangeUnavailable::NotOpenNow)?;
        self.day_before.change_rows(account, now, (&self.market, &self.aggregates), self.as_of_s)
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
        self.newly_opened_position(NewPosition::new(collateral, debt))
    }

    /// An account that opens a position at the time of the snapshot.
    #[must_use]
    pub fn newly_opened_position(&self, position: NewPosition) -> AccountState {
        AccountState::newly_opened(&self.market, self.as_of_s, position)
    }
}

/// The state at an earlier time, if the account existed then, and at the time of the snapshot.
fn states_at(
    market: &Market,
    history: &AccountHistory,
    earlier_s: i64,
    as_of_s: i64,
) -> (Option<AccountState>, AccountState) {
    let mut state = history.initial_state(market, as_of_s);
    let known = history.updates.partition_point(|update| update.time_s <= as_of_s);
    let before = history.updates[..known].partition_point(|update| update.time_s <= earlier_s);
    let (before, after) = history.updates[..known].split_at(before);
    before.iter().for_each(|update| state.apply(market, update));
    let earlier = (!before.is_empty()).then(|| {
        state.advance_to(market, earlier_s);
        state.clone()
    });
    after.iter().for_each(|update| state.apply(market, update));
    state.advance_to(market, as_of_s);
    (earlier, state)
}
