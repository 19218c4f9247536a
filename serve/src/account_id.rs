//! Account ids and their parts.

/// The format of an account id, as errors describe it.
pub(crate) const FORMAT: &str =
    "<protocol>/<market>/<address or vault number>, such as maker/eth-b/15967";

/// A parsed account id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountId<'a> {
    /// `<protocol>/<market>`.
    pub(crate) market: &'a str,
    /// The normalized id, under which accounts are indexed.
    pub(crate) key: String,
}

impl<'a> AccountId<'a> {
    /// Parses an id; `None` unless it has three non-empty parts.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(3, '/');
        let (protocol, market, owner) = (parts.next()?, parts.next()?, parts.next()?);
        let is_complete = !protocol.is_empty() && !market.is_empty() && !owner.is_empty();
        let market = &text[..protocol.len() + 1 + market.len()];
        is_complete.then(|| Self { market, key: normalize(text) })
    }
}

/// The id with a hexadecimal address in lower case. Wallets write addresses in mixed case as a
/// checksum (EIP-55); the case does not change the address.
pub(crate) fn normalize(id: &str) -> String {
    let owner = id.rsplit('/').next().unwrap_or(id);
    let digits = owner.strip_prefix("0x").or_else(|| owner.strip_prefix("0X"));
    match digits {
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            let before = &id[..id.len() - owner.len()];
            format!("{before}{}", owner.to_ascii_lowercase())
        }
        _ => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_id_has_three_parts() {
        let id = AccountId::parse("maker/eth-b/15967").expect("an id");
        assert_eq!((id.market, id.key.as_str()), ("maker/eth-b", "maker/eth-b/15967"));
        for text in ["", "15967", "maker/15967", "maker/eth-b/", "/eth-b/1", "maker//1", "//"] {
            assert_eq!(AccountId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn address_case_is_ignored() {
        assert_eq!(normalize("aave-v3/core/0xAbC0"), "aave-v3/core/0xabc0");
        assert_eq!(normalize("aave-v3/core/0xyZ"), "aave-v3/core/0xyZ");
        assert_eq!(normalize("kamino/main/7Np41o"), "kamino/main/7Np41o");
    }
}
