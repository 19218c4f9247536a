//! Forecast horizons.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A time after a landmark for which reports, features and alerts give a probability.
///
/// ```
/// use plimsoll_lake::Horizon;
///
/// assert_eq!(Horizon::Days3.hours(), 72.0);
/// assert_eq!(Horizon::Days3.column("p_liquidated"), "p_liquidated_3d");
/// assert_eq!("3d".parse(), Ok(Horizon::Days3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "&str", try_from = "String")]
pub enum Horizon {
    /// One hour.
    Hours1,
    /// Six hours.
    Hours6,
    /// 24 hours.
    Hours24,
    /// Three days.
    Days3,
    /// Seven days.
    Days7,
    /// Thirty days.
    Days30,
}

impl Horizon {
    /// Number of horizons.
    pub const COUNT: usize = 6;
    /// All horizons in ascending order.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Hours1, Self::Hours6, Self::Hours24, Self::Days3, Self::Days7, Self::Days30];

    /// Length, hours.
    #[must_use]
    pub const fn hours(self) -> f64 {
        match self {
            Self::Hours1 => 1.0,
            Self::Hours6 => 6.0,
            Self::Hours24 => 24.0,
            Self::Days3 => 72.0,
            Self::Days7 => 168.0,
            Self::Days30 => 720.0,
        }
    }

    /// Length, days.
    #[must_use]
    pub const fn days(self) -> f64 {
        self.hours() / 24.0
    }

    /// Name such as `1h` or `3d`, which is also the suffix of its columns.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hours1 => "1h",
            Self::Hours6 => "6h",
            Self::Hours24 => "24h",
            Self::Days3 => "3d",
            Self::Days7 => "7d",
            Self::Days30 => "30d",
        }
    }

    /// Index in [`Horizon::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Name of the column of a quantity at this horizon: `<quantity>_<name>`.
    #[must_use]
    pub fn column(self, quantity: &str) -> String {
        format!("{quantity}_{}", self.name())
    }
}

impl fmt::Display for Horizon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl From<Horizon> for &str {
    fn from(horizon: Horizon) -> Self {
        horizon.name()
    }
}

impl TryFrom<String> for Horizon {
    type Error = UnknownHorizon;

    fn try_from(name: String) -> Result<Self, UnknownHorizon> {
        name.parse()
    }
}

/// A text is not the name of a [`Horizon`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a horizon: use 1h, 6h, 24h, 3d, 7d or 30d")]
pub struct UnknownHorizon(pub String);

impl FromStr for Horizon {
    type Err = UnknownHorizon;

    fn from_str(name: &str) -> Result<Self, UnknownHorizon> {
        let horizon = Self::ALL.into_iter().find(|horizon| horizon.name() == name);
        horizon.ok_or_else(|| UnknownHorizon(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_states_the_length() {
        for horizon in Horizon::ALL {
            let (number, unit) = horizon.name().split_at(horizon.name().len() - 1);
            let unit_hours = if unit == "d" { 24.0 } else { 1.0 };
            assert_eq!(number.parse::<f64>().expect("a number") * unit_hours, horizon.hours());
        }
    }

    #[test]
    fn order_and_index_follow_the_length() {
        assert!(Horizon::ALL.windows(2).all(|pair| pair[0].hours() < pair[1].hours()));
        assert!(Horizon::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(Horizon::ALL.iter().enumerate().all(|(index, h)| h.index() == index));
    }

    #[test]
    fn name_parses_back_to_its_horizon() {
        for horizon in Horizon::ALL {
            assert_eq!(horizon.to_string().parse(), Ok(horizon));
        }
        let error = "2h".parse::<Horizon>().unwrap_err();
        assert_eq!(error.to_string(), "\"2h\" is not a horizon: use 1h, 6h, 24h, 3d, 7d or 30d");
    }
}
