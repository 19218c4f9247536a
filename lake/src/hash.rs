//! SHA-256 and hexadecimal encoding.

use sha2::{Digest, Sha256};

/// SHA-256 of some bytes as 64 lower-case hex digits.
#[must_use]
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex(Sha256::digest(bytes.as_ref()))
}

/// Bytes as lower-case hex digits, without prefix.
#[must_use]
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // FIPS 180-2, appendix B.1.
    #[test]
    fn sha256_of_abc_is_that_of_the_standard() {
        assert_eq!(
            sha256_hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn each_byte_has_two_digits() {
        assert_eq!(hex([0, 15, 16, 255]), "000f10ff");
        assert_eq!(hex([]), "");
    }
}
