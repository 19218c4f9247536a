//! A market's risk parameters and interest at any time.

use chrono::{DateTime, Utc};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{MarketAsset, ReserveParameter, parameter};
use plimsoll_lending::{CloseFactorRule, ReserveParameters};

use super::borrowing_rules::BorrowingRules;
use super::emodes::{Emode, Emodes};
use super::id::MarketId;
use super::interest::Interest;
use super::liquidation_halt::{ReserveHalt, SequencerSentinel};
use super::reserve_parameters::apply_parameter;
use crate::error::FeatureError;

/// Values in order of the times from which they apply; the first applies from the beginning.
type Timeline<T> = Vec<(i64, T)>;

/// Parameters of every asset by the time from which they apply.
#[derive(Debug)]
pub(super) struct MarketParameters {
    reserves: Timeline<Vec<ReserveParameters>>,
    emodes: Timeline<Emodes>,
    halts: Timeline<Vec<ReserveHalt>>,
    sentinels: Timeline<SequencerSentinel>,
    borrowing: Timeline<Vec<BorrowingRules>>,
    interest: Vec<Interest>,
}

impl MarketParameters {
    /// Reads the changes from the lake, up to `until`.
    pub(super) fn read(
        store: &Store,
        id: &MarketId,
        assets: &[MarketAsset],
        until: Option<DateTime<Utc>>,
    ) -> Result<Self, FeatureError> {
        let mut changes: Vec<ReserveParameter> = store.rows_where(&id.filter_until(until))?;
        changes.retain(|change| until.is_none_or(|until| change.time <= until));
        changes.sort_by_key(|change| (change.block, change.log_index));
        let mut parameters = Self::replay(id, assets, &changes)?;
        let mut recorded = Interest::read(store, id, until)?;
        for (interest, asset) in parameters.interest.iter_mut().zip(assets) {
            let ids = std::iter::once(&asset.asset).chain(&asset.address);
            if let Some(recorded) = ids.filter_map(|id| recorded.remove(id)).next() {
                *interest = recorded;
            }
        }
        Ok(parameters)
    }

    fn replay(
        id: &MarketId,
        assets: &[MarketAsset],
        changes: &[ReserveParameter],
    ) -> Result<Self, FeatureError> {
        let none = ReserveParameters::borrow_only(close_factor_rule(&id.protocol));
        let mut now = vec![none; assets.len()];
        let mut modes = Emodes::new(assets.len(), none);
        let mut reserves = vec![(i64::MIN, now.clone())];
        let mut emodes = vec![(i64::MIN, modes.clone())];
        let mut halted = vec![ReserveHalt::default(); assets.len()];
        let mut halts = vec![(i64::MIN, halted.clone())];
        let mut rules = vec![BorrowingRules::default(); assets.len()];
        let mut borrowing = vec![(i64::MIN, rules.clone())];
        let mut sentinel = SequencerSentinel::default();
        let mut sentinels = vec![(i64::MIN, sentinel)];
        let mut rates = vec![Vec::new(); assets.len()];
        for change in changes {
            let time_s = change.time.timestamp();
            let Some(asset) = assets.iter().position(|a| a.is_named(&change.asset)) else {
                if modes.apply_change(change) {
                    emodes.push((time_s, modes.clone()));
                } else if sentinel.apply_change(change) {
                    sentinels.push((time_s, sentinel));
                }
                continue;
            };
            if change.parameter == parameter::BORROW_RATE {
                rates[asset].push((time_s, change.value));
            } else if apply_parameter(&mut now[asset], change) {
                // A protocol with one ratio for both, such as Maker, has no parameter of its own for it.
                if !has_own_max_ltv(changes, change) {
                    now[asset].max_ltv = now[asset].liquidation_threshold;
                }
                reserves.push((time_s, now.clone()));
            } else if modes.apply_membership_change(asset, change) {
                emodes.push((time_s, modes.clone()));
            } else if halted[asset].apply_change(change) {
                halts.push((time_s, halted.clone()));
            } else if rules[asset].apply_change(change) {
                borrowing.push((time_s, rules.clone()));
            }
        }
        let invalid = |source| FeatureError::InvalidParameter { market: id.name(), source };
        now.iter().try_for_each(ReserveParameters::validate).map_err(invalid)?;
        modes.validate().map_err(invalid)?;
        let interest = rates.into_iter().map(Interest::from_rates);
        let interest = interest.collect::<Result<_, _>>().map_err(invalid)?;
        Ok(Self { reserves, emodes, halts, sentinels, borrowing, interest })
    }

    pub(super) fn reserves(&self, time_s: i64) -> &[ReserveParameters] {
        value_at(&self.reserves, time_s).as_slice()
    }

    pub(super) fn emode(&self, number: u32, time_s: i64) -> Option<&Emode> {
        value_at(&self.emodes, time_s).get(number)
    }

    pub(super) fn emode_numbers(&self, time_s: i64) -> Vec<u32> {
        value_at(&self.emodes, time_s).numbers()
    }

    pub(super) fn halts(&self, time_s: i64) -> &[ReserveHalt] {
        value_at(&self.halts, time_s).as_slice()
    }

    pub(super) fn borrowing_rules(&self, time_s: i64) -> &[BorrowingRules] {
        value_at(&self.borrowing, time_s).as_slice()
    }

    pub(super) fn sentinel(&self, time_s: i64) -> &SequencerSentinel {
        value_at(&self.sentinels, time_s)
    }

    /// The first second after `time_s` at which a reserve or a mode changes.
    pub(super) fn next_change_s(&self, time_s: i64) -> i64 {
        next_change_s(&self.reserves, time_s).min(next_change_s(&self.emodes, time_s))
    }

    pub(super) fn interest(&self, asset: usize) -> &Interest {
        &self.interest[asset]
    }
}

fn value_at<T>(timeline: &[(i64, T)], time_s: i64) -> &T {
    let known = timeline.partition_point(|(from_s, _)| *from_s <= time_s);
    &timeline[known.max(1) - 1].1
}

fn next_change_s<T>(timeline: &[(i64, T)], time_s: i64) -> i64 {
    let known = timeline.partition_point(|(from_s, _)| *from_s <= time_s);
    timeline.get(known).map_or(i64::MAX, |(from_s, _)| *from_s)
}

/// Whether the market sets a maximum loan-to-value for the changed asset.
fn has_own_max_ltv(changes: &[ReserveParameter], changed: &ReserveParameter) -> bool {
    changes.iter().any(|c| c.parameter == parameter::MAX_LTV && c.asset == changed.asset)
}

fn close_factor_rule(protocol: &str) -> CloseFactorRule {
    if protocol.starts_with("aave-v3") { CloseFactorRule::default() } else { CloseFactorRule::Full }
}
