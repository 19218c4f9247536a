//! The target of a subscription: one account, or all accounts of an address.

use std::fmt;

use crate::account_id::{FORMAT, normalize, parse};
use crate::limits::{MAX_ID_BYTES, truncate};

/// Hexadecimal digits of an address.
const ADDRESS_DIGITS: usize = 40;

/// The target of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchTarget {
    /// The account with this id, its address in lower case; of every chain if the id lacks the chain,
    /// as older ids do.
    Account(String),
    /// All accounts of this address, in lower case.
    Wallet(String),
}

impl WatchTarget {
    /// Parses an account id or an address.
    ///
    /// # Errors
    /// A description of the error, with the accepted formats.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_ID_BYTES {
            return Err(format!("{} bytes are more than {MAX_ID_BYTES}", text.len()));
        }
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        if let Some(digits) = digits {
            let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if hex && digits.len() == ADDRESS_DIGITS {
                return Ok(Self::Wallet(text.to_ascii_lowercase()));
            }
        }
        match parse(text) {
            Some(id) => Ok(Self::Account(id)),
            None => Err(format!(
                "{:?} is neither an account id, {FORMAT}, nor an address, 0x and {ADDRESS_DIGITS} digits",
                truncate(text)
            )),
        }
    }
}

impl fmt::Display for WatchTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Account(text) | Self::Wallet(text)) = self;
        formatter.write_str(text)
    }
}

/// Reads a target from the database.
pub(crate) fn stored_target(text: &str) -> WatchTarget {
    match parse(text) {
        Some(id) => WatchTarget::Account(id),
        None => WatchTarget::Wallet(normalize(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_case_is_ignored() {
        let address = format!("0x{}", "aB".repeat(20));
        let wallet = WatchTarget::parse(&address).expect("an address");
        assert_eq!(wallet, WatchTarget::Wallet(address.to_ascii_lowercase()));
        assert_eq!(stored_target(&wallet.to_string()), wallet);
    }

    #[test]
    fn account_id_is_recognised() {
        let account = WatchTarget::parse("maker/eth-b/15967").expect("an id");
        assert_eq!(account, WatchTarget::Account("maker/eth-b/15967".to_owned()));
        assert_eq!(stored_target(&account.to_string()), account);
        for text in ["", "15967", "0xabc", "maker/15967"] {
            let error = WatchTarget::parse(text).expect_err("it is neither");
            assert!(error.contains("neither an account id"), "{error}");
        }
    }
}
