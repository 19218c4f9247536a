//! Assets as dense indices into slices of prices and reserves.

/// Dense index of an asset into the slices of prices, reserves and weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AssetId(pub u32);

/// Prices in USD per token, indexed by [`AssetId`].
pub type Prices = [f64];

impl AssetId {
    /// The index of the asset in a slice.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}
