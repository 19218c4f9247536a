//! The history of one account, and the end of what is known of a market.

use crate::account::state::AccountState;
use crate::account::update::AccountUpdate;
use crate::market::Market;

/// The updates of one account, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountHistory {
    /// Account id.
    pub account: String,
    /// Updates in order of block.
    pub updates: Vec<AccountUpdate>,
}

impl AccountHistory {
    /// The account before its first update, or as of `as_of_s` if it has none.
    #[must_use]
    pub fn initial_state(&self, market: &Market, as_of_s: i64) -> AccountState {
        let created_s = self.updates.first().map_or(as_of_s, |action| action.time_s);
        AccountState::empty_in(market, created_s)
    }
}

/// The last second at which both events and prices are known; later liquidations may be missing.
///
/// Events and prices of a chain are read together, so an interval without events had none.
pub(crate) fn known_until(market: &Market, histories: &[AccountHistory]) -> i64 {
    if let Some(read_until_s) = market.priced_until_s().filter(|_| market.has_exact_balances()) {
        return read_until_s;
    }
    let last =
        histories.iter().filter_map(|history| history.updates.last()).map(|a| a.time_s).max();
    let acted_until = last.unwrap_or(0);
    market.priced_until_s().map_or(acted_until, |priced| priced.min(acted_until))
}
