//! The key of a market, and ids of its accounts.

use std::borrow::Cow;
use std::fmt::LowerHex;

/// The key of a market: chain, protocol and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketKey {
    /// Chain name, such as `ethereum`.
    pub chain: String,
    /// Protocol, such as `aave-v3`.
    pub protocol: String,
    /// Market within the protocol.
    pub market: String,
}

impl MarketKey {
    /// Id of an account, `<chain>/<protocol>/<market>/<address>`.
    #[must_use]
    pub fn account_id(&self, owner: impl LowerHex) -> String {
        account_id(self.partition(), &format_address(owner))
    }

    /// Values of partitions by chain, protocol and market.
    #[must_use]
    pub fn partition(&self) -> [&str; 3] {
        [&self.chain, &self.protocol, &self.market]
    }

    /// The `source` of the market's own oracle prices.
    #[must_use]
    pub fn price_source(&self) -> String {
        format!("{}.{}.{}", self.chain, self.protocol, self.market)
    }
}

/// Id of an account of a market, given as chain, protocol and name:
/// `<chain>/<protocol>/<market>/<owner>`.
#[must_use]
pub fn account_id(market: [&str; 3], owner: &str) -> String {
    let [chain, protocol, name] = market;
    format!("{chain}/{protocol}/{name}/{owner}")
}

/// The id of an account of a market with the chain, which ids of older lakes lack; other ids are
/// unchanged.
#[must_use]
pub fn with_chain<'a>(market: [&str; 3], id: &'a str) -> Cow<'a, str> {
    let [chain, protocol, name] = market;
    let owner_after = |id: &'a str, parts: &[&str]| {
        let owner =
            parts.iter().try_fold(id, |rest, part| rest.strip_prefix(*part)?.strip_prefix('/'));
        owner.filter(|owner| !owner.is_empty())
    };
    if owner_after(id, &[chain, protocol, name]).is_some() {
        return Cow::Borrowed(id);
    }
    match owner_after(id, &[protocol, name]) {
        Some(owner) => Cow::Owned(account_id(market, owner)),
        None => Cow::Borrowed(id),
    }
}

/// An account id without its chain, as older versions wrote it: `<protocol>/<market>/<owner>`; `None`
/// if it has fewer than four parts.
#[must_use]
pub fn without_chain(id: &str) -> Option<&str> {
    let (_, rest) = id.split_once('/')?;
    (rest.matches('/').count() >= 2).then_some(rest)
}

/// An address or hash as stored in tables: 0x-prefixed, lower case.
#[must_use]
pub fn format_address(value: impl LowerHex) -> String {
    format!("{value:#x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKET: [&str; 3] = ["base", "aave-v3", "core"];

    #[test]
    fn an_older_id_gets_its_chain_once() {
        let full = with_chain(MARKET, "aave-v3/core/0x1");
        assert_eq!(full, "base/aave-v3/core/0x1");
        assert_eq!(with_chain(MARKET, &full), full);
        assert_eq!(without_chain(&full), Some("aave-v3/core/0x1"));
        assert_eq!(without_chain("aave-v3/core/0x1"), None);
    }

    #[test]
    fn an_id_of_another_market_is_unchanged() {
        for other in ["", "7", "aave-v3/corex/1", "aave-v3/core", "aave-v3/core/", "maker/eth-b/1"]
        {
            assert_eq!(with_chain(MARKET, other), other);
        }
    }

    #[test]
    fn a_market_whose_parts_are_equal_keeps_its_full_ids() {
        assert_eq!(with_chain(["a", "a", "a"], "a/a/a/1"), "a/a/a/1");
        assert_eq!(with_chain(["a", "a", "a"], "a/a/1"), "a/a/a/1");
    }
}
