//! Short names of contents.

use sha2::{Digest, Sha256};

/// Bytes of the hash that are told: two contents of one server share them by no accident.
const DIGEST_BYTES: usize = 12;

/// The name of a content, in hexadecimal.
pub(crate) fn hex_digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}")).collect()
}
