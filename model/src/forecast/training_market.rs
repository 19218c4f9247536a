//! The markets of the training data.

use serde::{Deserialize, Serialize};

/// One market of the training data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingMarket {
    /// `<protocol>/<market>`, the prefix of its account ids.
    pub market: String,
    /// Number of accounts.
    pub accounts: usize,
    /// Number of landmarks.
    pub rows: usize,
    /// Number of independent episodes: liquidations within 30 days that differ in account or day.
    pub episodes: usize,
}

/// The market of an account id, `<protocol>/<market>/<address>`.
#[must_use]
pub fn market_of_account(account: &str) -> &str {
    let ends = account.match_indices('/').nth(1);
    ends.map_or(account, |(end, _)| &account[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn market_is_the_first_two_parts_of_an_account_id() {
        assert_eq!(market_of_account("maker/eth-b/27962"), "maker/eth-b");
        assert_eq!(market_of_account("aave-v3/core/0x1/2"), "aave-v3/core");
        assert_eq!(market_of_account("1"), "1");
    }
}
