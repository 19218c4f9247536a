//! The operator's token of the alerts API.

use ring::hmac;
use ring::rand::SystemRandom;

/// The operator's token, stored as a MAC under a key of this process.
#[derive(Clone)]
pub(crate) struct OperatorToken {
    key: hmac::Key,
    tag: hmac::Tag,
}

impl OperatorToken {
    pub(crate) fn new(token: &str) -> Self {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        let key = key.expect("the system has a source of randomness");
        let tag = hmac::sign(&key, token.as_bytes());
        Self { key, tag }
    }

    /// Whether a text is the token, in constant time.
    pub(crate) fn matches(&self, text: &str) -> bool {
        hmac::verify(&self.key, text.as_bytes(), self.tag.as_ref()).is_ok()
    }
}

impl std::fmt::Debug for OperatorToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_token_matches() {
        let token = OperatorToken::new("open sesame");
        assert!(token.matches("open sesame"));
        for text in ["", "open sesam", "open sesame ", "Open sesame"] {
            assert!(!token.matches(text), "{text}");
        }
    }
}
