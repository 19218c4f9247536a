//! Addresses in exports: hexadecimal in any case, with the prefixes that databases write.

/// Digits of an address.
const ADDRESS_DIGITS: usize = 40;

/// Whether a text is `0x` and 40 hexadecimal digits.
pub(crate) fn is_address(text: &str) -> bool {
    hex_digits(text).is_some_and(|digits| digits.len() == ADDRESS_DIGITS)
}

/// An address in lower case with the prefix `0x`, also of one that is padded to 32 bytes; any other
/// text without the spaces around it.
///
/// Checksummed (EIP-55) and plain addresses are one account. Vault numbers and other ids are not
/// addresses, and their case may matter.
pub(crate) fn lower_case_address(text: &str) -> String {
    let text = text.trim();
    match hex_digits(text) {
        Some(digits) if digits.len() == ADDRESS_DIGITS => {
            format!("0x{}", digits.to_ascii_lowercase())
        }
        // A topic of 32 bytes.
        Some(digits) if digits.len() == 64 && digits[..24].bytes().all(|digit| digit == b'0') => {
            format!("0x{}", digits[24..].to_ascii_lowercase())
        }
        _ => text.to_owned(),
    }
}

/// The digits of a text that is hexadecimal with the prefix `0x`, `0X`, or PostgreSQL's `\x`.
pub(crate) fn hex_digits(text: &str) -> Option<&str> {
    let prefixes = ["0x", "0X", "\\x"];
    let digits = prefixes.into_iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then_some(digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_and_padding_make_no_other_account() {
        let address = "0xab5801a7d398351b8be11c439e05c5b3259aec9b";
        let padded = format!("0x{}{}", "0".repeat(24), address[2..].to_uppercase());
        for written in [format!(" {address}\t"), padded, format!("0X{}", &address[2..])] {
            assert_eq!(lower_case_address(&written), address);
        }
        assert_eq!(lower_case_address(" Vault-A "), "Vault-A");
        let hash = format!("0x{}", "AB".repeat(32));
        assert_eq!(lower_case_address(&hash), hash, "no address, since no padding");
    }

    #[test]
    fn ids_that_are_no_addresses_stay_unchanged() {
        for id in ["15967", "Vault-A", "0xABC", "alice.ETH", "", "0x", "0xé"] {
            assert_eq!(lower_case_address(id), id);
        }
    }

    proptest! {
        #[test]
        fn an_address_is_equal_in_every_case(address in "0x[0-9a-f]{40}") {
            let digits = &address[2..];
            for written in [address.to_uppercase(), format!("0x{}", digits.to_uppercase()), format!("\\x{digits}")] {
                prop_assert_eq!(&lower_case_address(&written), &address);
                prop_assert!(is_address(&written));
            }
        }

        #[test]
        fn lower_case_is_idempotent(text in "\\PC{0,60}|0[xX][0-9a-fA-F]{38,42}") {
            let once = lower_case_address(&text);
            prop_assert_eq!(lower_case_address(&once), once.clone());
        }
    }
}
