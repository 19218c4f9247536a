//! A market's assets: their ids, and the labels that people read and write.

use std::collections::HashMap;

use plimsoll_lake::asset_labels;
use plimsoll_lake::tables::MarketAsset;

/// The assets of a market, by index.
#[derive(Debug)]
pub(super) struct MarketAssets {
    pub(super) assets: Vec<MarketAsset>,
    /// By asset, a label that no other asset has.
    pub(super) labels: Vec<String>,
    /// The index by id, and by address.
    pub(super) index: HashMap<String, usize>,
}

impl MarketAssets {
    pub(super) fn new(assets: Vec<MarketAsset>) -> Self {
        let labels = asset_labels(&assets);
        let mut index = HashMap::new();
        for (i, asset) in assets.iter().enumerate() {
            index.extend(asset.address.iter().map(|address| (address.clone(), i)));
        }
        // An id precedes another asset's address.
        index.extend(assets.iter().enumerate().map(|(i, asset)| (asset.asset.clone(), i)));
        Self { assets, labels, index }
    }
}
