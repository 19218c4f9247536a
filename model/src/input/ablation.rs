//! Parts of the model that training can leave out, to measure their contribution.

use std::fmt;
use std::str::FromStr;

use plimsoll_features::FEATURES;
use serde::{Deserialize, Serialize};

use super::covariate_index::covariate_index;
use super::driver::Driver;

/// A part of the model that training can leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ablation {
    /// Both price anchors, and the inputs derived from first passage.
    Anchor,
    /// Owner behaviour: past actions and the history of the account's health.
    Behaviour,
    /// Liquidity: size, market depth, accounts with nearby liquidation prices, and utilisation.
    Depth,
    /// Volatility and returns, also those from which the pooled anchor forecasts volatility.
    Volatility,
    /// The member of pooled cumulative probabilities.
    Cumulative,
    /// The member of pooled hazards.
    Hazard,
    /// The net as a member for liquidation.
    Net,
}

impl Ablation {
    /// Every part, in the order of the tables.
    pub const ALL: [Self; 7] = [
        Self::Anchor,
        Self::Behaviour,
        Self::Depth,
        Self::Volatility,
        Self::Cumulative,
        Self::Hazard,
        Self::Net,
    ];

    /// The part's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anchor => "anchor",
            Self::Behaviour => "behaviour",
            Self::Depth => "depth",
            Self::Volatility => "volatility",
            Self::Cumulative => "cumulative",
            Self::Hazard => "hazard",
            Self::Net => "net",
        }
    }

    /// Columns of the covariates that are masked without the part.
    pub(crate) fn masked_covariates(self) -> Vec<usize> {
        match self {
            Self::Anchor => {
                let derived =
                    ["log_passage_24h", "log_passage_7d", "log_passage_30d"].map(covariate_index);
                let features = feature_names().filter(|name| name.starts_with("first_passage"));
                features.map(covariate_index).chain(derived).collect()
            }
            Self::Behaviour => {
                let mut hidden = Driver::Behaviour.feature_columns();
                hidden.push(covariate_index("log_health_above_lowest"));
                hidden
            }
            Self::Depth => {
                let mut hidden = Driver::Liquidity.feature_columns();
                hidden.push(covariate_index("log_liquidation_capacity"));
                hidden
            }
            Self::Volatility => Driver::Volatility.feature_columns(),
            Self::Cumulative | Self::Hazard | Self::Net => Vec::new(),
        }
    }
}

fn feature_names() -> impl Iterator<Item = &'static str> {
    FEATURES.iter().flat_map(|group| group.iter()).map(|feature| feature.name)
}

impl fmt::Display for Ablation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Ablation {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|part| part.name() == name);
        found.ok_or_else(|| {
            format!("{name:?} is not a part of the model; the parts are {}", known())
        })
    }
}
