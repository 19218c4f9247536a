//! Providers' limits on requests for logs, parsed from their error messages.

use crate::endpoint_error::EndpointError;

/// A limit on the logs of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogLimit {
    /// A fixed number of blocks.
    Blocks(u64),
    /// Too many blocks; the limit is not named.
    TooWide,
    /// A number of blocks that would fit this time.
    SuggestedRange(u64),
    /// Too many logs, or the search takes too long.
    TooManyLogs,
}

/// On which side of a phrase its number is.
#[derive(Clone, Copy)]
enum NumberSide {
    After,
    Before,
}

/// Phrases beside a provider's block limit.
const BLOCK_LIMIT_PHRASES: [(&str, NumberSide); 25] = [
    (
        "under the free tier plan, you can make eth_getlogs requests with up to a ",
        NumberSide::After,
    ),
    ("limited to a ", NumberSide::After),
    ("limited to 0 - ", NumberSide::After),
    ("maximum is set to ", NumberSide::After),
    ("max range: ", NumberSide::After),
    ("maximum range: ", NumberSide::After),
    ("maximum allowed number of requested blocks is ", NumberSide::After),
    ("exceeds the range allowed for your plan", NumberSide::After),
    ("query to at most ", NumberSide::After),
    ("maximum block range: ", NumberSide::After),
    ("max block range: ", NumberSide::After),
    ("max block range is ", NumberSide::After),
    ("max block range ", NumberSide::After),
    ("maximum block range is ", NumberSide::After),
    ("maximum block range of ", NumberSide::After),
    ("block range greater than ", NumberSide::After),
    ("block range exceeds ", NumberSide::After),
    ("query must be smaller than size ", NumberSide::After),
    ("too wide (maximum ", NumberSide::After),
    ("max is ", NumberSide::After),
    ("blocks distance: ", NumberSide::After),
    ("ranges over ", NumberSide::After),
    ("limited to ", NumberSide::After),
    (" block range", NumberSide::Before),
    (" blocks range", NumberSide::Before),
];

/// Phrases for too many blocks, or for an unspecified excess.
const TOO_WIDE_PHRASES: [&str; 16] = [
    "block range is too wide",
    "block range too wide",
    "block range is too large",
    "block range too large",
    "range too large",
    "range is too large",
    "range too wide",
    "block range limit exceeded",
    "block range threshold exceeded",
    "range threshold exceeded",
    "exceed maximum block range",
    "exceeds max block range",
    "exceeds maximum block range",
    "invalid block range",
    "too many blocks",
    "exceeded max allowed",
];

/// Phrases for too many logs, or for a search that takes too long.
const TOO_MANY_LOGS_PHRASES: [&str; 25] = [
    "response size",
    "response is too big",
    "response too large",
    "response too big",
    "query returned more than",
    "more than 10000 results",
    "max results",
    "maximum results",
    "too many results",
    "too many logs",
    "too many events",
    "logs matched by query exceeds limit",
    "result set too large",
    "exceeds the limit",
    "limit exceeded",
    "query timeout",
    "query timed out",
    "query execution timed out",
    "execution timeout",
    "request timed out",
    "request timeout",
    "context deadline exceeded",
    "reducing your block range",
    "reduce the block range",
    "consider using smaller",
];

/// Phrases of rate limits, which are independent of the blocks.
const RATE_LIMIT_PHRASES: [&str; 6] =
    ["rate limit", "requests per", "per second", "too many requests", "daily", "compute units"];

impl LogLimit {
    /// The limit that a request for logs exceeded, if the error is about one.
    pub(crate) fn from_error(error: &EndpointError) -> Option<Self> {
        match error {
            EndpointError::HttpStatus { status: 413, .. } => Some(Self::TooManyLogs),
            error => Self::from_message(&error.node_message()?),
        }
    }

    fn from_message(text: &str) -> Option<Self> {
        if RATE_LIMIT_PHRASES.iter().any(|word| text.contains(word))
            || text.contains("beyond current head")
        {
            return None;
        }
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let named =
            || BLOCK_LIMIT_PHRASES.iter().find_map(|(word, side)| number_beside(text, word, *side));
        let of_results = has(&TOO_MANY_LOGS_PHRASES) && !has(&TOO_WIDE_PHRASES);
        if let Some(fits) = suggested_range(text) {
            // A plan's block limit is permanent, a result limit applies to this range.
            let plan = number_beside(text, BLOCK_LIMIT_PHRASES[0].0, BLOCK_LIMIT_PHRASES[0].1);
            return Some(plan.map_or(Self::SuggestedRange(fits), Self::Blocks));
        }
        if of_results {
            return Some(Self::TooManyLogs);
        }
        named().map(Self::Blocks).or_else(|| has(&TOO_WIDE_PHRASES).then_some(Self::TooWide))
    }
}

/// The number of blocks in a range that the message suggests, `[0x1, 0xff]` or `range 1-255`.
fn suggested_range(text: &str) -> Option<u64> {
    let length = |from: u64, to: u64| to.checked_sub(from).map(|more| more.saturating_add(1));
    let hexadecimal = |word: &str| u64::from_str_radix(word.trim().strip_prefix("0x")?, 16).ok();
    let bracket = text.split('[').skip(1).find_map(|rest| {
        let (from, to) = rest.split_once(']')?.0.split_once(',')?;
        length(hexadecimal(from)?, hexadecimal(to)?)
    });
    bracket.or_else(|| {
        let (from, to) = text.split_once("retry with the range ")?.1.split_once('-')?;
        length(parse_leading_number(from)?, parse_leading_number(to)?)
    })
}

fn number_beside(text: &str, word: &str, side: NumberSide) -> Option<u64> {
    let at = text.find(word)?;
    match side {
        NumberSide::Before => parse_leading_number(text[..at].rsplit([' ', '(']).next()?),
        NumberSide::After => allowed_number(&text[at + word.len()..]),
    }
}

/// The number after a phrase; of `(2000 > 1000)` the allowed one.
fn allowed_number(rest: &str) -> Option<u64> {
    let rest = rest.trim_start_matches([' ', '(']);
    let (first, compared) = (parse_leading_number(rest)?, rest.split_once(" > "));
    Some(
        compared
            .filter(|(requested, _)| requested.len() < 20)
            .and_then(|(_, most)| parse_leading_number(most))
            .unwrap_or(first),
    )
}

/// A number such as `500`, `10,000` or `2k`; none if it is zero.
fn parse_leading_number(text: &str) -> Option<u64> {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, ',' | '_'));
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    let number: u64 = digits.replace([',', '_'], "").parse().ok()?;
    let thousands = rest.starts_with('k') && !rest[1..].starts_with(char::is_alphabetic);
    let number = number.checked_mul(if thousands { 1000 } else { 1 })?;
    (number > 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(text: &str) -> Option<LogLimit> {
        LogLimit::from_error(&EndpointError::ErrorResponse { code: -32000, text: text.to_owned() })
    }

    #[test]
    fn limits_of_blocks_are_read() {
        for (text, blocks) in [
            (
                "Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range. Based on your parameters, this block range should work: [0x1180fca, 0x1180fd3]. Upgrade to PAYG for expanded block range.",
                10,
            ),
            ("You can make eth_getLogs requests with up to a 500 block range.", 500),
            ("eth_getLogs is limited to a 10,000 range", 10_000),
            ("eth_getLogs and eth_newFilter are limited to a 10,000 blocks range", 10_000),
            (
                "eth_getLogs is limited to 1024 block range. Please check the parameter requirements at  https://docs.blockpi.io",
                1024,
            ),
            ("requested too many blocks from 0 to 5000000, maximum is set to 2048", 2048),
            ("Max range: 800", 800),
            ("Maximum allowed number of requested blocks is 1000", 1000),
            ("please limit the query to at most 1,000 blocks", 1000),
            ("exceed maximum block range: 5000", 5000),
            ("exceed maximum block range: 50000", 50_000),
            ("exceed max block range: 5000", 5000),
            ("query exceeds max block range 100000", 100_000),
            ("block range greater than 10000 max", 10_000),
            ("block range exceeds 1000", 1000),
            ("eth_getLogs range is too large, max is 1k blocks", 1000),
            ("eth_getLogs range is too large, max is 10k blocks", 10_000),
            ("query must be smaller than size 1024", 1024),
            ("block range is too wide (maximum 1024)", 1024),
            ("maximum [from, to] blocks distance: 2000", 2000),
            ("block range exceeds the range allowed for your plan (5000 > 1000)", 1000),
            ("ranges over 10000 blocks are not supported on freetier", 10_000),
        ] {
            assert_eq!(limit(text), Some(LogLimit::Blocks(blocks)), "{text}");
        }
    }

    #[test]
    fn wide_ranges_differ_from_many_results() {
        for text in [
            "block range is too wide",
            "Block range is too large",
            "block range too large",
            "Block range limit exceeded. See more details at https://docs.chainstack.com/",
            "allowed block range threshold exceeded",
            "range too large",
        ] {
            assert_eq!(limit(text), Some(LogLimit::TooWide), "{text}");
        }
        for text in [
            "query returned more than 10000 results",
            "query exceeds max results 20000",
            "max results 1000",
            "Query timeout exceeded. Consider reducing your block range.",
            "logs matched by query exceeds limit of 10000",
            "backend response too large",
            "response size should not greater than 10000000 bytes",
            "limit exceeded",
            "query timed out",
        ] {
            assert_eq!(limit(text), Some(LogLimit::TooManyLogs), "{text}");
        }
    }

    #[test]
    fn proposed_ranges_are_used() {
        for (text, blocks) in [
            (
                "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the response size, or you can request any block range with a cap of 10K logs in the response. Based on your parameters and the response size limit, this block range should work: [0x0, 0x79bcb3]",
                0x79_bcb4,
            ),
            (
                "Query timeout exceeded. Consider reducing your block range. Based on your parameters and the response size limit, this block range should work: [0x5223c98, 0x5223e80]",
                489,
            ),
            ("query returned more than 10000 results. Try with this block range [0x10, 0x1F].", 16),
            ("query exceeds max results 20000, retry with the range 3600741-3620740", 20_000),
        ] {
            assert_eq!(limit(text), Some(LogLimit::SuggestedRange(blocks)), "{text}");
        }
    }

    #[test]
    fn other_errors_are_no_limits() {
        for text in [
            "rate limit exceeded",
            "daily request count exceeded, request rate limited",
            "50/second request limit reached - reduce calls per second",
            "Your app has exceeded its compute units per second capacity.",
            "execution reverted",
            "block range extends beyond current head block",
            "method not found",
        ] {
            assert_eq!(limit(text), None, "{text}");
        }
        assert_eq!(LogLimit::from_error(&EndpointError::MissingResponse), None);
    }
}
