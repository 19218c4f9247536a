//! The markets of the training data.

use serde::{Deserialize, Serialize};

/// One market of the training data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingMarket {
    /// `<chain>/<protocol>/<market>`, the prefix of its account ids; models of older versions lack the
    /// chain.
    pub market: String,
    /// Number of accounts.
    pub accounts: usize,
    /// Number of landmarks.
    pub rows: usize,
    /// Number of independent episodes: liquidations within 30 days that differ in account or day.
    pub episodes: usize,
}

impl TrainingMarket {
    /// Whether this is the market of a name with its chain.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        let on_chain = name.split_once('/').map(|(_, on_chain)| on_chain);
        self.market == name || Some(self.market.as_str()) == on_chain
    }
}

/// The market of an account id, `<chain>/<protocol>/<market>/<address>`, or of an older one, which lacks
/// the chain.
#[must_use]
pub fn market_of_account(account: &str) -> &str {
    let mut slashes = account.match_indices('/').map(|(at, _)| at);
    let (second, third) = (slashes.nth(1), slashes.next());
    third.or(second).map_or(account, |end| &account[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn market_is_the_first_three_parts_of_an_account_id() {
        assert_eq!(market_of_account("ethereum/maker/eth-b/27962"), "ethereum/maker/eth-b");
        assert_eq!(market_of_account("base/aave-v3/core/0x1/2"), "base/aave-v3/core");
        assert_eq!(market_of_account("maker/eth-b/27962"), "maker/eth-b");
        assert_eq!(market_of_account("1"), "1");
    }

    #[test]
    fn a_market_of_an_older_model_is_known_by_its_name_without_chain() {
        let trained = |market: &str| TrainingMarket {
            market: market.to_owned(),
            accounts: 1,
            rows: 1,
            episodes: 0,
        };
        assert!(trained("maker/eth-b").is_named("ethereum/maker/eth-b"));
        assert!(trained("ethereum/maker/eth-b").is_named("ethereum/maker/eth-b"));
        assert!(!trained("base/maker/eth-b").is_named("ethereum/maker/eth-b"));
        assert!(!trained("eth-b").is_named("ethereum/maker/eth-b"));
    }
}
