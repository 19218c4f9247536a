//! What an endpoint's refusal of a request for logs means.

mod kind;
mod pattern;
mod texts;

pub(crate) use kind::{LogLimit, Refusal};
pub use texts::{RefusalTexts, RefusalTextsError};

use crate::endpoint_error::EndpointError;

impl RefusalTexts {
    /// What an error means, by its text, its status and its code.
    pub(crate) fn classify(&self, error: &EndpointError) -> Refusal {
        match error {
            EndpointError::HttpStatus { status, text, retry_after } => {
                if *status == 429 || retry_after.is_some() {
                    return Refusal::Wait;
                }
                self.find(text).unwrap_or_else(|| status_refusal(*status))
            }
            EndpointError::ErrorResponse { code, text } => {
                self.find(text).unwrap_or_else(|| code_refusal(error, *code, text))
            }
            EndpointError::BatchRefused(_) => Refusal::Other,
            error if error.is_outage() => Refusal::Wait,
            _ => Refusal::Other,
        }
    }
}

const fn status_refusal(status: u16) -> Refusal {
    match status {
        413 | 414 => Refusal::Limit(LogLimit::TooManyLogs),
        408 | 425 | 500.. => Refusal::Wait,
        401..=407 | 410 | 451 => Refusal::Never,
        _ => Refusal::Limit(LogLimit::Unknown),
    }
}

/// EIP-1474: -32601 is an unknown method, -32004 an unsupported one.
fn code_refusal(error: &EndpointError, code: i64, text: &str) -> Refusal {
    let is_generic = matches!(
        text.trim().to_ascii_lowercase().as_str(),
        "" | "internal error" | "internal server error" | "server error"
    );
    match code {
        -32601 | -32004 => Refusal::Never,
        // A code of many meanings: its text decides, and fewer blocks do no harm.
        -32603 | -32005 if !is_generic => Refusal::Limit(LogLimit::Unknown),
        _ if error.is_outage() => Refusal::Wait,
        _ => Refusal::Limit(LogLimit::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classify(code: i64, text: &str) -> Refusal {
        let error = EndpointError::ErrorResponse { code, text: text.to_owned() };
        RefusalTexts::default().classify(&error)
    }

    fn status(status: u16, text: &str) -> Refusal {
        let (text, retry_after) = (text.to_owned(), None);
        RefusalTexts::default().classify(&EndpointError::HttpStatus { status, text, retry_after })
    }

    #[test]
    fn refusal_of_unknown_text_is_a_limit_of_unknown_size() {
        for (code, text) in [
            (-32000, "not like this"),
            (-32602, "that is a lot of history"),
            (-32005, "project plan allows less"),
            (-32603, "node cannot scan so much"),
            (-32701, "scan budget used up"),
        ] {
            assert_eq!(classify(code, text), Refusal::Limit(LogLimit::Unknown), "{text}");
        }
        assert_eq!(status(400, "{\"oops\": 1}"), Refusal::Limit(LogLimit::Unknown));
        assert_eq!(status(413, ""), Refusal::Limit(LogLimit::TooManyLogs));
    }

    #[test]
    fn no_access_and_unknown_methods_are_no_limits() {
        assert_eq!(classify(-32601, "the method does not exist"), Refusal::Never);
        assert_eq!(classify(-32000, "invalid api key"), Refusal::Never);
        assert_eq!(status(401, ""), Refusal::Never);
        assert_eq!(status(403, "denied"), Refusal::Never);
    }

    #[test]
    fn busy_endpoints_are_waited_for() {
        for (code, text) in [
            (-32005, "daily request count exceeded, request rate limited"),
            (-32012, "busy"),
            (-32029, "slow down"),
            (429, "no"),
            (-32603, "Internal error"),
            (-32000, "service temporarily unavailable"),
            (-32000, "try again later"),
        ] {
            assert_eq!(classify(code, text), Refusal::Wait, "{text}");
        }
        assert_eq!(status(502, "<html>Bad Gateway</html>"), Refusal::Wait);
        assert_eq!(status(429, "exceed maximum block range: 50"), Refusal::Wait);
    }
}
