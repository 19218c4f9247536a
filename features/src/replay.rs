//! Events, gathered by account and block.

mod ledger;

use chrono::{DateTime, Utc};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{AccountSetting, BalanceChange, Liquidation, PositionEvent, Row};

use crate::FeatureError;
use crate::account_state::AccountState;
use crate::change::Action;
use crate::market::Market;
use ledger::Ledger;

/// One account's actions, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Account id.
    pub account: String,
    /// Actions in order of block.
    pub actions: Vec<Action>,
}

impl History {
    /// The account before its first action, if it has one by `as_of_s`.
    #[must_use]
    pub fn first_state(&self, market: &Market, as_of_s: i64) -> AccountState {
        let created_s = self.actions.first().map_or(as_of_s, |action| action.time_s);
        AccountState::first_seen(market, created_s)
    }
}

/// Every account's history in a market, by account, with nothing known after `until`.
///
/// # Errors
/// [`FeatureError::UnknownAsset`] if an event names an asset that the market does not declare, or
/// the lake's own errors.
pub fn histories(
    store: &Store,
    market: &Market,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<History>, FeatureError> {
    let reader = Reader { store, market, until };
    let mut ledger = Ledger::new(market);
    reader.each(|row: &PositionEvent| row.time, |event| ledger.event(event))?;
    reader.each(|row: &Liquidation| row.time, |seized| ledger.liquidation(seized))?;
    // What moved a balance or chose a setting shows in the events, so those come first.
    reader.each(|row: &BalanceChange| row.time, |change| ledger.balance(change))?;
    reader.each(|row: &AccountSetting| row.time, |chosen| ledger.setting(chosen))?;
    Ok(ledger.histories())
}

struct Reader<'a> {
    store: &'a Store,
    market: &'a Market,
    until: Option<DateTime<Utc>>,
}

impl Reader<'_> {
    /// Sees each row that was known; batch by batch, as rows take far more memory than batches.
    fn each<R: Row + 'static>(
        &self,
        time: impl Fn(&R) -> DateTime<Utc>,
        mut see: impl FnMut(&R) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError> {
        let filter = self.market.id().known(self.until);
        let known = |row: &&R| self.until.is_none_or(|until| time(row) <= until);
        for batch in self.store.read(const { &R::TABLE }, &filter)? {
            R::from_batch(&batch)?.iter().filter(known).try_for_each(&mut see)?;
        }
        Ok(())
    }
}
