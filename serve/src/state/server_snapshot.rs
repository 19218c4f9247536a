//! An immutable snapshot of everything that requests read.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_features::Snapshot;
use plimsoll_model::Model;

use crate::error::ServeError;
use crate::state::market_state::MarketState;
use crate::state::page_data::PageData;

/// Everything that requests read; a clone shares it.
#[derive(Debug, Clone)]
pub struct ServerSnapshot {
    markets: Arc<BTreeMap<String, MarketState>>,
    model: Arc<Model>,
    page_data: Arc<PageData>,
}

impl ServerSnapshot {
    /// Scores every account of every snapshot; there is one snapshot per market.
    ///
    /// # Errors
    /// [`ServeError::NoMarket`] without a snapshot, [`ServeError::AmbiguousMarket`] if two markets
    /// share a name, [`ServeError::MissingPrices`] if one has no prices, or the model's errors.
    pub fn new(snapshots: Vec<Snapshot>, model: Model) -> Result<Self, ServeError> {
        Self::with_shared_model(snapshots, Arc::new(model))
    }

    /// Other market snapshots, scored with the same model.
    ///
    /// # Errors
    /// As [`ServerSnapshot::new`].
    pub fn with_snapshots(&self, snapshots: Vec<Snapshot>) -> Result<Self, ServeError> {
        let renewed = Self::with_shared_model(snapshots, Arc::clone(&self.model))?;
        Ok(Self { page_data: Arc::clone(&self.page_data), ..renewed })
    }

    fn with_shared_model(snapshots: Vec<Snapshot>, model: Arc<Model>) -> Result<Self, ServeError> {
        let mut markets: BTreeMap<String, MarketState> = BTreeMap::new();
        for snapshot in snapshots {
            let market = MarketState::new(snapshot, &model)?;
            if let Some(other) = markets.get(market.name()) {
                let (first, second) = (other.chain().to_owned(), market.chain().to_owned());
                let market = market.name().to_owned();
                return Err(ServeError::AmbiguousMarket { market, first, second });
            }
            markets.insert(market.name().to_owned(), market);
        }
        if markets.is_empty() {
            return Err(ServeError::NoMarket);
        }
        let page_data = Arc::default();
        Ok(Self { markets: Arc::new(markets), model, page_data })
    }

    /// The same snapshot with additional data for the page.
    #[must_use]
    pub fn with_page_data(self, page_data: PageData) -> Self {
        Self { page_data: Arc::new(page_data), ..self }
    }

    /// Additional data for the page.
    pub(crate) fn page_data(&self) -> &PageData {
        &self.page_data
    }

    /// The model.
    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// The markets, by name.
    pub(crate) fn markets(&self) -> impl Iterator<Item = &MarketState> {
        self.markets.values()
    }

    /// The market of this name, `<protocol>/<market>`.
    pub(crate) fn market(&self, name: &str) -> Option<&MarketState> {
        self.markets.get(name)
    }

    /// The markets' names as a list for error messages.
    pub(crate) fn market_names(&self) -> String {
        self.markets.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}
