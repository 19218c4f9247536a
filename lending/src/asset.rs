//! Assets as dense indices, so that prices and reserves are plain slices.

/// Dense index of an asset into the slices of prices, reserves and weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AssetId(pub u32);

/// Prices in USD per token, indexed by [`AssetId`].
pub type Prices = [f64];

impl AssetId {
    /// The position of the asset in a slice.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}
