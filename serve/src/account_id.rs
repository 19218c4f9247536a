//! Account ids and their parts.

use plimsoll_lake::without_chain;

/// The format of an account id, as errors describe it.
pub(crate) const FORMAT: &str = "<chain>/<protocol>/<market>/<address or vault number>, such as \
    ethereum/maker/eth-b/15967; the chain may be left out if only one has the account";

/// Parts of an id without its chain.
const LEAST_PARTS: usize = 3;

/// The normalized id of an account, with or without its chain; `None` unless it has three parts or
/// more, none of them empty.
pub(crate) fn parse(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.splitn(LEAST_PARTS, '/').collect();
    let is_complete = parts.len() == LEAST_PARTS && parts.iter().all(|part| !part.is_empty());
    (is_complete && !text.ends_with('/')).then(|| normalize(text))
}

/// Whether a normalized id, with or without its chain, is that of an account, whose own id has its
/// chain.
pub(crate) fn matches(account: &str, id: &str) -> bool {
    account == id || without_chain(account) == Some(id)
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
    fn account_id_has_three_parts_or_four_with_its_chain() {
        for text in ["maker/eth-b/15967", "ethereum/maker/eth-b/15967"] {
            assert_eq!(parse(text).as_deref(), Some(text));
        }
        for text in ["", "15967", "maker/15967", "maker/eth-b/", "/eth-b/1", "maker//1", "//"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_without_chain_matches_the_accounts_of_every_chain() {
        for account in ["base/aave-v3/core/0x1", "ethereum/aave-v3/core/0x1"] {
            assert!(matches(account, "aave-v3/core/0x1") && matches(account, account));
        }
        assert!(!matches("base/aave-v3/core/0x1", "ethereum/aave-v3/core/0x1"));
        assert!(!matches("base/aave-v3/core/0x1", "core/0x1"));
    }

    #[test]
    fn address_case_is_ignored() {
        assert_eq!(normalize("aave-v3/core/0xAbC0"), "aave-v3/core/0xabc0");
        assert_eq!(normalize("aave-v3/core/0xyZ"), "aave-v3/core/0xyZ");
        assert_eq!(normalize("kamino/main/7Np41o"), "kamino/main/7Np41o");
    }
}
