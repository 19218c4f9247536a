//! Accounts of observations by id.

use std::collections::HashMap;

use plimsoll_features::Observations;
use plimsoll_lake::without_chain;

/// The index of each account, by its id, and by its id without the chain where no other account has
/// the same: older forecasts and those of peers may lack the chain.
#[derive(Debug)]
pub(crate) struct AccountLookup<'a> {
    by_id: HashMap<&'a str, u32>,
    /// `None` where accounts of several chains have the id.
    without_chain: HashMap<&'a str, Option<u32>>,
}

impl<'a> AccountLookup<'a> {
    pub(crate) fn new(observations: &'a Observations) -> Self {
        let ids = || observations.account_ids.iter().map(String::as_str).zip(0..);
        let mut shorter: HashMap<&str, Option<u32>> = HashMap::new();
        for (id, index) in ids() {
            if let Some(id) = without_chain(id) {
                shorter.entry(id).and_modify(|known| *known = None).or_insert(Some(index));
            }
        }
        Self { by_id: ids().collect(), without_chain: shorter }
    }

    /// The index of an account.
    pub(crate) fn get(&self, id: &str) -> Option<u32> {
        let by_id = self.by_id.get(id).copied();
        by_id.or_else(|| self.without_chain.get(id).copied().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_without_chain_finds_the_only_account_that_has_it() {
        let ids = ["base/a/m/1", "ethereum/a/m/1", "ethereum/a/m/2"].map(str::to_owned);
        let observations = Observations { account_ids: ids.into(), ..Observations::default() };
        let lookup = AccountLookup::new(&observations);
        assert_eq!(lookup.get("ethereum/a/m/1"), Some(1));
        assert_eq!(lookup.get("a/m/2"), Some(2));
        assert_eq!((lookup.get("a/m/1"), lookup.get("a/m/3")), (None, None));
    }
}
