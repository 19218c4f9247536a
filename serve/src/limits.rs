//! How much a request may ask for.

use std::time::Duration;

/// Most positions in one request.
pub const MAX_POSITIONS: usize = 10_000;
/// Most assets on one side of a position.
pub const MAX_ASSETS: usize = 64;
/// Longest label of a position, and longest account id, bytes.
pub const MAX_ID_BYTES: usize = 256;
/// Largest body of a request, bytes.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
/// Largest amount of an asset, tokens: beyond any supply, and far from where `f64` ends.
pub const MAX_AMOUNT: f64 = 1e24;
/// Most faults that one answer lists.
pub const MAX_FIELD_ERRORS: usize = 16;
/// A request that takes longer is given up.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Most characters of a caller's own text that an error repeats.
const MAX_ECHOED_CHARS: usize = 160;

/// A text as an error repeats it: whole if it is short, its beginning if it is not.
pub(crate) fn truncate(text: &str) -> String {
    match text.char_indices().nth(MAX_ECHOED_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(truncate("ETH"), "ETH");
        assert_eq!(truncate(&"é".repeat(MAX_ECHOED_CHARS)), "é".repeat(MAX_ECHOED_CHARS));
        assert_eq!(truncate(&"é".repeat(1_000)), format!("{}...", "é".repeat(MAX_ECHOED_CHARS)));
    }
}
