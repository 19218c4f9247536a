//! How much a request may ask for.

use std::time::Duration;

/// Most positions in one request.
pub const MOST_POSITIONS: usize = 10_000;
/// Most assets on one side of a position.
pub const MOST_ASSETS: usize = 64;
/// Longest label of a position, and longest account id, bytes.
pub const LONGEST_ID: usize = 256;
/// Largest body of a request, bytes.
pub const MOST_BODY_BYTES: usize = 8 * 1024 * 1024;
/// Largest amount of an asset, tokens: beyond any supply, and far from where `f64` ends.
pub const LARGEST_AMOUNT: f64 = 1e24;
/// Most faults that one answer lists.
pub const MOST_FAULTS: usize = 16;
/// A request that takes longer is given up.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Most characters of a caller's own text that an error repeats.
const MOST_REPEATED: usize = 160;

/// A text as an error repeats it: whole if it is short, its beginning if it is not.
pub(crate) fn clip(text: &str) -> String {
    match text.char_indices().nth(MOST_REPEATED) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(clip("ETH"), "ETH");
        assert_eq!(clip(&"é".repeat(MOST_REPEATED)), "é".repeat(MOST_REPEATED));
        assert_eq!(clip(&"é".repeat(1_000)), format!("{}...", "é".repeat(MOST_REPEATED)));
    }
}
