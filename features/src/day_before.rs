//! The accounts of a market a day before a snapshot, and what changed their features since then.

use std::collections::HashMap;

use crate::account::state::AccountState;
use crate::aggregates::MarketAggregates;
use crate::kernel::{AccountFeatures, Kernel, SourceTimes};
use crate::market::Market;
use crate::replay::history::AccountHistory;

/// A source of an account's features that may change within a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeSource {
    /// Prices, oracle and published, in values and in the health factor.
    Prices,
    /// Balances, what counts as collateral, and the efficiency mode: actions of the owner, and
    /// liquidations. The history of these actions is included where [`Self::Other`] is as of now.
    Balances,
    /// Interest indexes.
    Interest,
    /// Parameters of the reserves.
    Parameters,
    /// Everything else: moves of prices, depth, other accounts, gas, rates, and the account's history
    /// as time passes.
    Other,
}

impl ChangeSource {
    /// Every source, in the order of the bits of a set.
    pub const ALL: [Self; 5] =
        [Self::Prices, Self::Balances, Self::Interest, Self::Parameters, Self::Other];

    /// The source's bit in a set.
    #[must_use]
    pub const fn bit(self) -> usize {
        1 << self as usize
    }
}

/// Why the change of an account cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeUnavailable {
    /// The account is not open now.
    NotOpenNow,
    /// The account was not open a day before.
    NotOpenBefore,
    /// With some sources as of now and others as of a day before, the account would not be open.
    NotComparable,
}

/// The accounts with debt a day before a snapshot.
#[derive(Debug)]
pub(crate) struct DayBefore {
    pub(crate) as_of_s: i64,
    aggregates: MarketAggregates,
    states: HashMap<String, AccountState>,
}

impl DayBefore {
    /// Keeps the states with debt; those of accounts that did not exist yet are `None`.
    pub(crate) fn new(
        states: Vec<Option<AccountState>>,
        histories: &[AccountHistory],
        as_of_s: i64,
    ) -> Self {
        let existing = states.iter().flatten();
        let aggregates = MarketAggregates::from_states(existing, histories, as_of_s);
        let named = histories.iter().map(|history| history.account.clone()).zip(states);
        let indebted = named
            .filter_map(|(account, state)| Some((account, state.filter(AccountState::has_debt)?)));
        Self { as_of_s, aggregates, states: indebted.collect() }
    }

    /// The features for each set of sources, as bits; see
    /// [`Snapshot::compute_change_rows`](crate::Snapshot::compute_change_rows).
    pub(crate) fn change_rows(
        &self,
        account: &str,
        now: &AccountState,
        (market, aggregates): (&Market, &MarketAggregates),
        now_s: i64,
    ) -> Result<Vec<AccountFeatures>, ChangeUnavailable> {
        let before = self.states.get(account).ok_or(ChangeUnavailable::NotOpenBefore)?;
        let states = MixedStates::new(before, now, market, now_s);
        let kernels = [&self.aggregates, aggregates];
        let row = |set: usize| {
            let has = |source: ChangeSource| set & source.bit() != 0;
            let time_s = |source| if has(source) { now_s } else { self.as_of_s };
            let times = SourceTimes {
                prices_s: time_s(ChangeSource::Prices),
                interest_s: time_s(ChangeSource::Interest),
                parameters_s: time_s(ChangeSource::Parameters),
                other_s: time_s(ChangeSource::Other),
            };
            let other = has(ChangeSource::Other);
            let state = states.get(has(ChangeSource::Balances), other);
            Kernel::new(market, kernels[usize::from(other)]).compute_features_at(state, times)
        };
        let none = ChangeUnavailable::NotOpenBefore;
        let first = row(0).ok_or(none)?;
        let others = (1..1 << ChangeSource::ALL.len()).map(row);
        let others: Option<Vec<AccountFeatures>> = others.collect();
        let mut rows = vec![first];
        rows.extend(others.ok_or(ChangeUnavailable::NotComparable)?);
        Ok(rows)
    }
}

/// The account with balances as of either time, and history as of either time.
struct MixedStates<'a> {
    before: &'a AccountState,
    now: &'a AccountState,
    /// The balances of now with the history of the day before.
    moved: AccountState,
    /// The account if its owner had done nothing since.
    passive: AccountState,
}

impl<'a> MixedStates<'a> {
    fn new(before: &'a AccountState, now: &'a AccountState, market: &Market, now_s: i64) -> Self {
        let (behaviour, health_history) = (before.behaviour.clone(), before.health_history.clone());
        let moved = AccountState { behaviour, health_history, ..now.clone() };
        let mut passive = before.clone();
        passive.advance_to(market, now_s);
        Self { before, now, moved, passive }
    }

    fn get(&self, balances_now: bool, history_now: bool) -> &AccountState {
        match (balances_now, history_now) {
            (false, false) => self.before,
            (false, true) => &self.passive,
            (true, false) => &self.moved,
            (true, true) => self.now,
        }
    }
}
