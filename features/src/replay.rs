//! Events, gathered by account and block.

pub(crate) mod history;
mod ledger;

use chrono::{DateTime, Utc};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{AccountSetting, BalanceChange, Liquidation, PositionEvent, Row};

use crate::error::FeatureError;
use crate::market::Market;
use history::AccountHistory;
use ledger::Ledger;

/// Every account's history in a market, by account, with nothing known after `until`.
///
/// # Errors
/// [`FeatureError::UnknownAsset`] if an event names an asset that the market does not declare, or
/// the lake's own errors.
pub fn read_histories(
    store: &Store,
    market: &Market,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<AccountHistory>, FeatureError> {
    let reader = EventReader { store, market, until };
    let mut ledger = Ledger::new(market);
    reader.for_each(|row: &PositionEvent| row.time, |event| ledger.add_event(event))?;
    reader.for_each(|row: &Liquidation| row.time, |seized| ledger.add_liquidation(seized))?;
    // What moved a balance or chose a setting shows in the events, so those come first.
    reader.for_each(|row: &BalanceChange| row.time, |change| ledger.add_balance_change(change))?;
    reader.for_each(|row: &AccountSetting| row.time, |chosen| ledger.add_setting(chosen))?;
    Ok(ledger.into_histories())
}

struct EventReader<'a> {
    store: &'a Store,
    market: &'a Market,
    until: Option<DateTime<Utc>>,
}

impl EventReader<'_> {
    /// Sees each row that was known; batch by batch, as rows take far more memory than batches.
    fn for_each<R: Row + 'static>(
        &self,
        time: impl Fn(&R) -> DateTime<Utc>,
        mut see: impl FnMut(&R) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError> {
        let filter = self.market.id().filter_until(self.until);
        let known = |row: &&R| self.until.is_none_or(|until| time(row) <= until);
        for batch in self.store.read(const { &R::TABLE }, &filter)? {
            R::from_batch(&batch)?.iter().filter(known).try_for_each(&mut see)?;
        }
        Ok(())
    }
}
