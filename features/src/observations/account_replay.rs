//! The replay of one account, and what it collects for labels.

use super::action_sizes::{BalancesBefore, PricedLandmark};
use super::labels::{
    CLOSED, Crossing, LIQUIDATED, Outcome, OwnerActionCounts, PresentCrossings, SizedAction,
};
use crate::account::state::AccountState;
use crate::account::update::AccountUpdate;
use crate::aggregates::MarketAggregates;
use crate::kernel::{AccountFeatures, Kernel};
use crate::market::Market;
use crate::replay::history::AccountHistory;

/// The inputs shared by all accounts of a market.
#[derive(Clone, Copy)]
pub(super) struct MarketContext<'a> {
    pub(super) market: &'a Market,
    pub(super) aggregates: &'a MarketAggregates,
    pub(super) known_until_s: i64,
}

/// An account at a landmark, with its labels.
pub(super) struct ObservedLandmark {
    pub(super) time_s: i64,
    pub(super) on_grid: bool,
    pub(super) account_features: AccountFeatures,
    pub(super) outcome: Outcome,
    pub(super) owner_actions: OwnerActionCounts,
    pub(super) crossing: Crossing,
}

/// An account at a landmark, before its later history is known.
struct UnlabelledLandmark {
    time_s: i64,
    on_grid: bool,
    account_features: AccountFeatures,
    present_hour: Option<i64>,
}

/// One account as its updates are applied.
pub(super) struct AccountReplay<'a> {
    context: MarketContext<'a>,
    kernel: Kernel<'a>,
    state: AccountState,
    landmarks: Vec<UnlabelledLandmark>,
    /// Times and events at which the account's loans ended.
    ends: Vec<(i64, u8)>,
    actions: Vec<SizedAction>,
    /// Whole hours below the threshold.
    below: Vec<i64>,
    present: PresentCrossings,
}

impl<'a> AccountReplay<'a> {
    pub(super) fn new(context: MarketContext<'a>, history: &AccountHistory) -> Self {
        Self {
            context,
            kernel: Kernel::new(context.market, context.aggregates),
            state: history.initial_state(context.market, context.known_until_s),
            landmarks: Vec::new(),
            ends: Vec::new(),
            actions: Vec::new(),
            below: Vec::new(),
            present: PresentCrossings::default(),
        }
    }

    /// Applies an update, and collects how the loan ended or what the owner did.
    pub(super) fn apply(&mut self, update: &AccountUpdate) {
        let (market, time_s) = (self.context.market, update.time_s);
        self.advance_to(time_s);
        let was_open = self.state.is_open(market, time_s);
        let sized = (update.owner_acted && !update.liquidated && was_open)
            .then(|| BalancesBefore::new(&self.state, market, time_s));
        self.state.apply(market, update);
        self.present.reset();
        if let Some(before) = sized {
            let landmark_s = self.landmarks.last().map_or(time_s, |landmark| landmark.time_s);
            let sizes = before.sizes_of_change(&self.state, PricedLandmark { market, landmark_s });
            self.actions.push(SizedAction { time_s, sizes });
        }
        if update.liquidated {
            self.ends.push((time_s, LIQUIDATED));
        } else if was_open && !self.state.is_open(market, time_s) {
            self.ends.push((time_s, CLOSED));
        }
    }

    /// Adds a landmark if the account is open.
    pub(super) fn observe(&mut self, time_s: i64, on_grid: bool) {
        self.advance_to(time_s);
        let Some(account_features) = self.kernel.compute_features(&self.state, time_s) else {
            return;
        };
        let MarketContext { market, known_until_s, .. } = self.context;
        let present_hour = self.present.first_hour(&self.state, market, time_s, known_until_s);
        self.landmarks.push(UnlabelledLandmark { time_s, on_grid, account_features, present_hour });
    }

    /// The landmarks with their labels, after the last update.
    pub(super) fn into_landmarks(mut self) -> Vec<ObservedLandmark> {
        self.advance_to(self.context.known_until_s);
        let Self { context, landmarks, ends, actions, below, .. } = self;
        let times: Vec<i64> = landmarks.iter().map(|landmark| landmark.time_s).collect();
        let with_labels = |(i, landmark): (usize, UnlabelledLandmark)| {
            let UnlabelledLandmark { time_s, on_grid, account_features, present_hour } = landmark;
            let outcome = Outcome::at_landmark(time_s, &ends, context.known_until_s);
            let next_s = times.get(i + 1).copied();
            let is_below = account_features.health_factor < 1.0;
            ObservedLandmark {
                time_s,
                on_grid,
                account_features,
                outcome,
                owner_actions: OwnerActionCounts::after_landmark(
                    time_s, next_s, &outcome, &actions,
                ),
                crossing: Crossing::after_landmark(
                    time_s,
                    is_below,
                    &outcome,
                    &below,
                    present_hour,
                ),
            }
        };
        landmarks.into_iter().enumerate().map(with_labels).collect()
    }

    fn advance_to(&mut self, time_s: i64) {
        let Self { context, state, below, .. } = self;
        state.advance_with(context.market, time_s, &mut |health| {
            below.extend(health.is_below_threshold.then_some(health.hour));
        });
    }
}
