//! A number with eighteen decimals, formatted exactly.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::U256;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const DECIMALS: usize = 18;

/// A health factor as stored by contracts; the greatest integer, which means no debt, is `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wad(pub U256);

impl Wad {
    /// 1.
    pub const ONE: Self = Self(U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]));
}

impl fmt::Display for Wad {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == U256::MAX {
            return out.write_str("none");
        }
        let (whole, fraction) = self.0.div_rem(Self::ONE.0);
        let digits = format!("{fraction:0>DECIMALS$}");
        write!(out, "{whole}.{}", &digits[..out.precision().unwrap_or(DECIMALS).min(DECIMALS)])
    }
}

impl FromStr for Wad {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(U256::MAX));
        }
        let fault = || format!("`{text}` is no number with {DECIMALS} decimals");
        let (whole, fraction) = text.split_once('.').ok_or_else(fault)?;
        if fraction.len() != DECIMALS {
            return Err(fault());
        }
        U256::from_str_radix(&format!("{whole}{fraction}"), 10).map(Self).map_err(|_| fault())
    }
}

impl Serialize for Wad {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Wad {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_round_trips(limbs in any::<[u64; 4]>()) {
            let wad = Wad(U256::from_limbs(limbs));
            prop_assert_eq!(wad.to_string().parse::<Wad>().unwrap(), wad);
        }
    }

    #[test]
    fn health_factor_is_formatted_in_full() {
        assert_eq!(
            Wad(U256::from(1_050_000_000_000_000_007_u64)).to_string(),
            "1.050000000000000007"
        );
        assert_eq!(format!("{:.3}", Wad::ONE), "1.000");
        assert_eq!(Wad(U256::MAX).to_string(), "none");
        assert!("1.5".parse::<Wad>().is_err());
    }
}
