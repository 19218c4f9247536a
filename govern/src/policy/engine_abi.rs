//! Versions of the config engine's call.

use serde::{Deserialize, Serialize};

/// Which form of `updateCollateralSide` a deployment has; the forms have different selectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum EngineAbi {
    /// Releases up to 3.6, with a debt ceiling.
    #[default]
    #[serde(rename = "3.6")]
    UpTo36,
    /// From release 3.7 on, without.
    #[serde(rename = "3.7")]
    From37,
}
