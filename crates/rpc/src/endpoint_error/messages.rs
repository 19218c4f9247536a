//! Codes and messages of errors that pass.

use alloy_json_rpc::ErrorPayload;

/// JSON-RPC error codes of rate limits and internal errors, after which a retry may succeed.
const RETRYABLE_CODES: [i64; 3] = [INTERNAL_ERROR, 429, 503];

/// The code of internal errors, which a request may cause each time.
pub(super) const INTERNAL_ERROR: i64 = -32603;

/// EIP-1474: a limit, of the rate or of the request.
const LIMIT_EXCEEDED: i64 = -32005;

/// Codes that EIP-1474 leaves to providers, most for rate limits; of these -32015 is a revert.
const PROVIDER_CODES: std::ops::RangeInclusive<i64> = -32099..=-32007;
const REVERT_CODE: i64 = -32015;

/// Messages of errors after which a retry, or another node of the provider, may succeed.
const RETRYABLE_MESSAGES: [&str; 21] = [
    "rate limit",
    "rate-limit",
    "ratelimit",
    "rate exceeded",
    "too many requests",
    "request limit",
    "compute units",
    "capacity exceeded",
    "exceeded its throughput",
    "throttle",
    "timeout",
    "timed out",
    "deadline exceeded",
    "temporar",
    "try again",
    "overloaded",
    "busy",
    "no backend is currently healthy",
    "unavailable",
    "credits limited",
    "concurrent requests",
];

/// Messages of nodes that lack a block that another node of the provider may have.
const BEHIND_MESSAGES: [&str; 5] = [
    "header not found",
    "block not found",
    "unknown block",
    "beyond current head",
    "after last accepted block",
];

/// Whether a retry, at this or another node of the provider, may succeed.
pub(super) fn is_retryable(code: i64, text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    code == LIMIT_EXCEEDED
        || is_busy(code, text)
        || BEHIND_MESSAGES.iter().any(|part| lower.contains(part))
}

/// Whether the endpoint is busy or limits the rate.
pub(super) fn is_busy(code: i64, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    // Only its text shows which limit was exceeded.
    let code = if code == LIMIT_EXCEEDED { 0 } else { code };
    RETRYABLE_CODES.contains(&code)
        || (PROVIDER_CODES.contains(&code) && code != REVERT_CODE)
        || RETRYABLE_MESSAGES.iter().any(|part| text.contains(part))
        || (text != "header not found"
            && ErrorPayload::<()> { code, message: text.into(), data: None }.is_retry_err())
}
