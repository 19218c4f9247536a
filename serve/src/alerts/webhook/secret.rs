//! Signing secrets of webhooks.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};

/// Allowed lengths of a secret, bytes (Standard Webhooks 1.0, "Signature scheme").
pub(crate) const SECRET_LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

const PREFIX: &str = "whsec_";
/// The digest length of SHA-256: more would not strengthen the signature.
const GENERATED_BYTES: usize = 32;

/// A secret shared with an endpoint; its `Debug` output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// Why a text is not a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The prefix is missing.
    #[error("a secret begins with whsec_")]
    Prefix,
    /// The rest is not base64.
    #[error("what follows whsec_ is not base64")]
    Base64,
    /// The secret is too short or too long.
    #[error("a secret of {bytes} bytes is refused: it has {} to {}", SECRET_LENGTHS.start(), SECRET_LENGTHS.end())]
    Length {
        /// Its length.
        bytes: usize,
    },
}

impl Secret {
    /// A new secret from the system's source of randomness.
    ///
    /// # Panics
    /// If the system has no randomness.
    #[must_use]
    pub fn generate() -> Self {
        let mut bytes = vec![0; GENERATED_BYTES];
        SystemRandom::new().fill(&mut bytes).expect("the system has a source of randomness");
        Self(bytes)
    }

    /// Parses `whsec_` and base64.
    ///
    /// # Errors
    /// [`SecretError`], which never contains the text.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(SecretError::Prefix)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretError::Base64)?;
        if !SECRET_LENGTHS.contains(&bytes.len()) {
            return Err(SecretError::Length { bytes: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// The secret as text, which is shown to its owner once.
    #[must_use]
    pub fn reveal(&self) -> String {
        PREFIX.to_owned() + &STANDARD.encode(&self.0)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("whsec_...")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_round_trips_as_text() {
        let secret = Secret::generate();
        assert_eq!(Secret::parse(&secret.reveal()), Ok(secret.clone()));
        assert_ne!(secret, Secret::generate());
        assert_eq!(format!("{secret:?}"), "whsec_...");
    }

    #[test]
    fn secret_length_is_limited() {
        let of_length =
            |bytes: usize| Secret::parse(&(PREFIX.to_owned() + &STANDARD.encode(vec![7; bytes])));
        assert!(of_length(24).is_ok() && of_length(64).is_ok());
        for bytes in [0, 23, 65] {
            assert_eq!(of_length(bytes), Err(SecretError::Length { bytes }));
        }
        let message = SecretError::Length { bytes: 23 }.to_string();
        assert_eq!(message, "a secret of 23 bytes is refused: it has 24 to 64");
        assert_eq!(Secret::parse("sk_abc"), Err(SecretError::Prefix));
        assert_eq!(Secret::parse("whsec_?"), Err(SecretError::Base64));
    }
}
