//! Short hashes of page and asset content.

use plimsoll_lake::sha256_hex;

/// Hex digits of the SHA-256 that are kept; enough to rule out accidental collisions.
const DIGITS: usize = 24;

/// The hash of some content, in hexadecimal.
pub(crate) fn hex_digest(content: &[u8]) -> String {
    let mut digits = sha256_hex(content);
    digits.truncate(DIGITS);
    digits
}
