//! Accounts by owner.

use std::collections::HashMap;

use crate::account_id;
use crate::alerts::subscription::watch_target::WatchTarget;
use crate::state::market_state::MarketState;
use crate::state::scored_account::ScoredAccount;
use crate::state::server_snapshot::ServerSnapshot;

/// Accounts by owner: their addresses, or the last part of other ids.
pub(crate) struct AccountsByOwner<'a>(HashMap<&'a str, Vec<(&'a MarketState, &'a ScoredAccount)>>);

impl<'a> AccountsByOwner<'a> {
    pub(crate) fn new(snapshot: &'a ServerSnapshot) -> Self {
        let mut owners: HashMap<&str, Vec<_>> = HashMap::new();
        for market in snapshot.markets() {
            for (key, account) in market.accounts() {
                owners.entry(owner_part(key)).or_default().push((market, account));
            }
        }
        Self(owners)
    }

    pub(crate) fn matching(
        &self,
        watched: &WatchTarget,
    ) -> impl Iterator<Item = (&'a MarketState, &'a ScoredAccount)> {
        let text = watched.to_string();
        let found = self.0.get(owner_part(&text)).map(Vec::as_slice).unwrap_or_default();
        let is_wallet = matches!(watched, WatchTarget::Wallet(_));
        let own = move |account: &ScoredAccount| {
            is_wallet || account_id::matches(&account_id::normalize(&account.id), &text)
        };
        found.iter().copied().filter(move |(_, account)| own(account))
    }
}

fn owner_part(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}
