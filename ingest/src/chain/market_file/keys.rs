//! The protocols of market files, and the keys that each one adds.

use alloy_primitives::{Address, B256};
use serde::Deserialize;

/// Aave v3's name in market files and in the lake.
pub(crate) const AAVE_V3: &str = "aave-v3";

/// Morpho Blue's name in market files and in the lake.
pub(crate) const MORPHO_BLUE: &str = "morpho-blue";

/// The keys of Aave v3.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AaveV3Keys {
    /// The market's `PoolAddressesProvider`.
    pub(crate) addresses_provider: Address,
}

/// The keys of Morpho Blue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MorphoBlueKeys {
    /// The contract.
    pub(crate) morpho: Address,
    /// Ids of the markets to read; all if absent.
    pub(crate) markets: Option<Vec<B256>>,
}
