//! Amounts of tokens in requests.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::limits::{MAX_AMOUNT, truncate};

/// An amount of tokens: finite, not negative and at most [`MAX_AMOUNT`].
///
/// JSON may contain it as a number or as a decimal string; both are read as the nearest `f64`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Amount(f64);

impl Amount {
    /// The amount, tokens.
    #[must_use]
    pub const fn tokens(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Amount {
    type Error = AmountError;

    fn try_from(amount: f64) -> Result<Self, AmountError> {
        if !amount.is_finite() {
            return Err(AmountError::NotFinite { text: amount.to_string(), largest: MAX_AMOUNT });
        }
        if amount < 0.0 {
            return Err(AmountError::Negative { amount });
        }
        if amount > MAX_AMOUNT {
            return Err(AmountError::TooLarge { amount, largest: MAX_AMOUNT });
        }
        Ok(Self(amount))
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let amount: f64 =
            text.parse().map_err(|_| AmountError::Unparsable { text: truncate(text) })?;
        if !amount.is_finite() {
            return Err(AmountError::NotFinite { text: truncate(text), largest: MAX_AMOUNT });
        }
        Self::try_from(amount)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

/// Why a value is not a valid amount of tokens.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AmountError {
    /// The text is not a number.
    #[error("{text:?} is not a decimal number")]
    Unparsable {
        /// The text, truncated if it is long.
        text: String,
    },
    /// The number is not finite.
    #[error("{text} is not finite: an amount is at most {largest:?} tokens")]
    NotFinite {
        /// The number as written.
        text: String,
        /// The largest amount.
        largest: f64,
    },
    /// An amount is below zero.
    #[error("{amount:?} is negative: an amount is at least 0 tokens")]
    Negative {
        /// The amount.
        amount: f64,
    },
    /// An amount is larger than any supply.
    #[error("{amount:?} is too large: an amount is at most {largest:?} tokens")]
    TooLarge {
        /// The amount.
        amount: f64,
        /// The largest amount.
        largest: f64,
    },
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an amount of tokens, a number or a decimal string")
    }

    fn visit_f64<E: Error>(self, amount: f64) -> Result<Amount, E> {
        Amount::try_from(amount).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, amount: u64) -> Result<Amount, E> {
        self.visit_f64(amount as f64)
    }

    fn visit_i64<E: Error>(self, amount: i64) -> Result<Amount, E> {
        self.visit_f64(amount as f64)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        text.parse().map_err(E::custom)
    }
}

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(Type::Number)
            .minimum(Some(0))
            .maximum(Some(MAX_AMOUNT));
        let text =
            ObjectBuilder::new().schema_type(Type::String).description(Some("As a decimal."));
        OneOfBuilder::new().item(number).item(text).description(Some("An amount of tokens.")).into()
    }
}

impl ToSchema for Amount {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Amount")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_tokens(json: &str) -> Result<f64, String> {
        let amount: Result<Amount, _> = serde_json::from_str(json);
        amount.map(Amount::tokens).map_err(|error| error.to_string())
    }

    #[test]
    fn number_and_decimal_string_parse_alike() {
        for (number, text) in [("10.5", "\"10.5\""), ("0", "\"0\""), ("1e24", "\"1e24\"")] {
            assert_eq!(parse_tokens(number), parse_tokens(text));
            assert!(parse_tokens(number).is_ok(), "{number}");
        }
    }

    #[test]
    fn amount_error_names_value_and_limit() {
        for (json, expected) in [
            ("-5", "-5.0 is negative: an amount is at least 0 tokens"),
            ("1e300", "1e300 is too large: an amount is at most 1e24 tokens"),
            ("\"1e300\"", "1e300 is too large: an amount is at most 1e24 tokens"),
            ("\"1e999\"", "1e999 is not finite: an amount is at most 1e24 tokens"),
            ("\"NaN\"", "NaN is not finite: an amount is at most 1e24 tokens"),
            ("\"-Infinity\"", "-Infinity is not finite: an amount is at most 1e24 tokens"),
            ("\"12,5\"", "\"12,5\" is not a decimal number"),
            ("\"\"", "\"\" is not a decimal number"),
        ] {
            let error = parse_tokens(json).unwrap_err();
            assert!(error.starts_with(expected), "{json}: {error}");
        }
    }

    #[test]
    fn other_json_types_are_rejected() {
        for json in ["null", "true", "[1]", "{}"] {
            assert!(
                parse_tokens(json).unwrap_err().contains("expected an amount of tokens"),
                "{json}"
            );
        }
    }
}
