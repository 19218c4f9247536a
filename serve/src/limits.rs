//! Limits on requests.

use std::time::Duration;

/// Maximum number of positions in one request.
pub const MAX_POSITIONS: usize = 10_000;
/// Maximum number of assets on one side of a position.
pub(crate) const MAX_ASSETS: usize = 64;
/// Maximum length of a position's label and of an account id, bytes.
pub const MAX_ID_BYTES: usize = 256;
/// Maximum size of a request body, bytes.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
/// Maximum number of additional horizons in one request.
pub const MAX_HORIZONS: usize = 32;
/// Longest horizon, hours: a year.
pub(crate) const MAX_HORIZON_HOURS: f64 = 8_760.0;
/// Largest amount of an asset, tokens: beyond any supply, and far below the range of `f64`.
pub(crate) const MAX_AMOUNT: f64 = 1e24;
/// Maximum number of errors listed in one response.
pub const MAX_FIELD_ERRORS: usize = 16;
/// Time limit of a request.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Maximum number of characters of the caller's text that an error repeats.
const MAX_ECHOED_CHARS: usize = 160;

/// The text as an error repeats it, cut off at a length limit.
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
