//! Short hashes of page and asset content.

use sha2::{Digest, Sha256};

/// Bytes of the SHA-256 digest that are kept; enough to rule out accidental collisions.
const DIGEST_BYTES: usize = 12;

/// The hash of some content, in hexadecimal.
pub(crate) fn hex_digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}")).collect()
}
