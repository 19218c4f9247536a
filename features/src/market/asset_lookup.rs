//! Looking up a market's assets by id, label or symbol, and those that cannot be valued.

use plimsoll_lake::tables::MarketAsset;

use super::Market;
use super::assets::MarketAssets;
use super::price_feed::{PriceFeed, no_price};
use crate::error::FeatureError;

impl Market {
    /// The market's assets; an [`AssetId`](plimsoll_lending::AssetId) is an index of this list.
    #[must_use]
    pub fn assets(&self) -> &[MarketAsset] {
        &self.assets.assets
    }

    /// An asset's label: its symbol, with its address where another asset has the same one.
    #[must_use]
    pub fn asset_label(&self, asset: usize) -> &str {
        &self.assets.labels[asset]
    }

    /// The labels of all assets, for messages.
    #[must_use]
    pub fn asset_labels(&self) -> String {
        self.assets.labels.join(", ")
    }

    /// The index of the asset of a row, by id.
    ///
    /// # Errors
    /// [`FeatureError::UnknownAsset`] if the market does not declare it.
    pub fn asset_index(&self, id: &str) -> Result<usize, FeatureError> {
        self.assets.index.get(id).copied().ok_or_else(|| self.unknown_asset(id))
    }

    /// The index of the asset that a person names: by id or address in any case, by label, or by a
    /// symbol that only one asset has.
    ///
    /// # Errors
    /// [`FeatureError::UnknownAsset`], or [`FeatureError::AmbiguousAsset`] with the addresses.
    pub fn find_asset(&self, named: &str) -> Result<usize, FeatureError> {
        let MarketAssets { assets, labels, index } = &self.assets;
        let by_id = index.get(named).or_else(|| index.get(&named.to_ascii_lowercase()));
        let known = by_id.copied().or_else(|| labels.iter().position(|label| label == named));
        if let Some(known) = known {
            return Ok(known);
        }
        let same = (0..assets.len()).filter(|asset| assets[*asset].symbol() == named);
        match same.collect::<Vec<_>>().as_slice() {
            [] => Err(self.unknown_asset(named)),
            [only] => Ok(*only),
            several => Err(FeatureError::AmbiguousAsset {
                market: self.id.name(),
                symbol: named.to_owned(),
                candidates: several
                    .iter()
                    .map(|i| assets[*i].token())
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        }
    }

    fn unknown_asset(&self, named: &str) -> FeatureError {
        let (market, asset) = (self.id.name(), named.to_owned());
        FeatureError::UnknownAsset { market, asset, known: self.asset_labels() }
    }

    /// The assets that cannot be valued, each with the reason: no price is known of them, or their
    /// token has no unit. Accounts that hold one are left out.
    pub fn unpriced_assets(&self) -> impl Iterator<Item = (usize, String)> {
        self.assets().iter().enumerate().filter_map(|(index, asset)| {
            let label = self.asset_label(index);
            if let Some(problem) = &asset.problem {
                return Some((index, format!("{label}: {problem}")));
            }
            let PriceFeed::Quoted(quotes) = &self.feeds[index] else { return None };
            let source = &asset.price_source;
            quotes.times_s.is_empty().then(|| (index, format!("{label}: no price from {source}")))
        })
    }

    /// The error of a market without any price.
    #[must_use]
    pub fn no_price(&self) -> FeatureError {
        let first = self.unpriced_assets().next().map_or(0, |(asset, _)| asset);
        no_price(&self.id, self.assets(), first)
    }

    /// Whether no price of an asset is known at any time.
    pub(crate) fn is_unpriced(&self, asset: usize) -> bool {
        matches!(&self.feeds[asset], PriceFeed::Quoted(quotes) if quotes.times_s.is_empty())
    }

    /// Whether any position can be valued; false for a market whose only oracle does not answer, since
    /// a position of a market of two assets has both.
    #[must_use]
    pub fn has_any_price(&self) -> bool {
        let unpriced = self.unpriced_assets().count();
        let quoted = self.feeds.iter().filter(|feed| matches!(feed, PriceFeed::Quoted(_))).count();
        unpriced == 0 || (unpriced < quoted && self.assets().len() > 2)
    }
}
