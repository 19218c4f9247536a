//! The size of batches after one was refused.

use super::Response;
use crate::endpoint_error::EndpointError;

fn batch_message(error: &EndpointError) -> Option<String> {
    match error {
        EndpointError::BatchRefused(text) => Some(text.to_ascii_lowercase()),
        _ => None,
    }
}

/// Some providers refuse a batch by refusing each of its entries.
pub(super) fn batch_refused_per_entry(responses: &[Response]) -> Option<String> {
    let is_about_batches = |response: &Response| match response {
        Err(EndpointError::ErrorResponse { text, .. }) => {
            text.to_ascii_lowercase().contains("batch")
        }
        _ => false,
    };
    let all = !responses.is_empty() && responses.iter().all(is_about_batches);
    all.then(|| responses[0].as_ref().err().map(EndpointError::to_string)).flatten()
}

/// The batch size to try after a batch was refused: the size that the message names, 1 if batches
/// are not supported, a quarter otherwise.
pub(super) fn smaller_batch(entries: usize, error: &EndpointError) -> usize {
    let message = error.node_message().or_else(|| batch_message(error));
    smaller_size(entries, message.as_deref())
}

fn smaller_size(entries: usize, message: Option<&str>) -> usize {
    let never = ["not supported", "unsupported", "not allowed", "disabled", "not available"];
    let message = message.unwrap_or_default();
    if never.iter().any(|word| message.contains(word)) {
        return 1;
    }
    let numbers =
        message.split(|letter: char| !letter.is_ascii_digit()).filter_map(|n| n.parse().ok());
    let named = numbers.filter(|number| (2..entries).contains(number)).max();
    named.unwrap_or(entries / 4).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_batch_shrinks_to_the_named_size() {
        assert_eq!(
            smaller_size(100, Some("error -32600: batch limit of 20 requests exceeded")),
            20
        );
        assert_eq!(smaller_size(100, Some("batch requests are not supported")), 1);
        assert_eq!(smaller_size(100, Some("batch too large")), 25);
        assert_eq!(smaller_size(100, None), 25);
        assert_eq!(smaller_size(2, None), 1);
    }
}
