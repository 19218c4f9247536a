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
    /// First passage: both the net's anchor and the inputs derived from it.
    Anchor,
    /// Owner behaviour: past actions and the history of the account's health.
    Behaviour,
    /// Liquidity: market depth, accounts with nearby liquidation prices, and utilisation.
    Depth,
    /// Calibration of probabilities on out-of-fold predictions.
    Calibration,
    /// All ensemble members except one net.
    Ensemble,
}

impl Ablation {
    /// Every part, in the order of the tables.
    pub const ALL: [Self; 5] =
        [Self::Anchor, Self::Behaviour, Self::Depth, Self::Calibration, Self::Ensemble];

    /// The part's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anchor => "anchor",
            Self::Behaviour => "behaviour",
            Self::Depth => "depth",
            Self::Calibration => "calibration",
            Self::Ensemble => "ensemble",
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
            Self::Depth => Driver::Liquidity.feature_columns(),
            Self::Calibration | Self::Ensemble => Vec::new(),
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
