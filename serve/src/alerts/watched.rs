//! What a subscription watches: one account, or all of a wallet.

use std::fmt;

use crate::account_id::{AccountId, SHAPE, key};
use crate::limits::{LONGEST_ID, clip};

/// Hexadecimal digits of an address.
const ADDRESS_DIGITS: usize = 40;

/// What a subscription watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watched {
    /// The account with this id, its address in lower case.
    Account(String),
    /// Every account of this address, in lower case.
    Wallet(String),
}

impl Watched {
    /// Reads an account's id or an address; says what is wrong if it is neither.
    ///
    /// # Errors
    /// The fault, with the shapes that there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST_ID {
            return Err(format!("{} bytes are more than {LONGEST_ID}", text.len()));
        }
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        if let Some(digits) = digits {
            let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if hex && digits.len() == ADDRESS_DIGITS {
                return Ok(Self::Wallet(text.to_ascii_lowercase()));
            }
        }
        match AccountId::parse(text) {
            Some(id) => Ok(Self::Account(id.key)),
            None => Err(format!(
                "{:?} is neither an account id, {SHAPE}, nor an address, 0x and {ADDRESS_DIGITS} digits",
                clip(text)
            )),
        }
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Account(text) | Self::Wallet(text)) = self;
        formatter.write_str(text)
    }
}

/// What was watched, as the database has it.
pub(super) fn kept(text: &str) -> Watched {
    match AccountId::parse(text) {
        Some(_) => Watched::Account(key(text)),
        None => Watched::Wallet(key(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_means_the_same_in_any_case() {
        let address = format!("0x{}", "aB".repeat(20));
        let wallet = Watched::parse(&address).expect("an address");
        assert_eq!(wallet, Watched::Wallet(address.to_ascii_lowercase()));
        assert_eq!(kept(&wallet.to_string()), wallet);
    }

    #[test]
    fn an_account_is_told_by_its_id() {
        let account = Watched::parse("maker/eth-b/15967").expect("an id");
        assert_eq!(account, Watched::Account("maker/eth-b/15967".to_owned()));
        assert_eq!(kept(&account.to_string()), account);
        for text in ["", "15967", "0xabc", "maker/15967"] {
            let fault = Watched::parse(text).expect_err("it is neither");
            assert!(fault.contains("neither an account id"), "{fault}");
        }
    }
}
