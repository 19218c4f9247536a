//! Reading the events of a market, grouped by account and block.

pub(crate) mod history;
mod ledger;

use chrono::{DateTime, Utc};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{AccountSetting, BalanceChange, Liquidation, PositionEvent, Row};

use crate::error::FeatureError;
use crate::market::Market;
use history::AccountHistory;
use ledger::Ledger;

/// Reads the history of every account of a market, in order of account, up to `until`.
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
    reader.for_each(
        |row: &Liquidation| row.time,
        |liquidation| ledger.add_liquidation(liquidation),
    )?;
    // Events come first: they identify who moved a balance or changed a setting.
    reader.for_each(|row: &BalanceChange| row.time, |change| ledger.add_balance_change(change))?;
    reader.for_each(|row: &AccountSetting| row.time, |setting| ledger.add_setting(setting))?;
    Ok(ledger.into_histories())
}

struct EventReader<'a> {
    store: &'a Store,
    market: &'a Market,
    until: Option<DateTime<Utc>>,
}

impl EventReader<'_> {
    /// Calls `visit` for each row up to `until`, by batch, as rows take far more memory than batches.
    fn for_each<R: Row + 'static>(
        &self,
        time: impl Fn(&R) -> DateTime<Utc>,
        mut visit: impl FnMut(&R) -> Result<(), FeatureError>,
    ) -> Result<(), FeatureError> {
        let filter = self.market.id().filter_until(self.until);
        let known = |row: &&R| self.until.is_none_or(|until| time(row) <= until);
        for batch in self.store.read(const { &R::TABLE }, &filter)? {
            R::from_batch(&batch)?.iter().filter(known).try_for_each(&mut visit)?;
        }
        Ok(())
    }
}
