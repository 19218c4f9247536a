//! What the server answers from.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_features::Snapshot;
use plimsoll_model::Model;

use crate::market_state::MarketState;
use crate::{PageData, ServeError};

/// Everything that requests read; a clone shares it.
#[derive(Debug, Clone)]
pub struct ServerSnapshot {
    markets: Arc<BTreeMap<String, MarketState>>,
    model: Arc<Model>,
    page_data: Arc<PageData>,
}

impl ServerSnapshot {
    /// Scores every account of every snapshot, one a market.
    ///
    /// # Errors
    /// [`ServeError::NoMarket`] without a snapshot, [`ServeError::AmbiguousMarket`] if two go by
    /// one name, [`ServeError::NotPriced`] if one has no prices, or the model's own errors.
    pub fn new(snapshots: Vec<Snapshot>, model: Model) -> Result<Self, ServeError> {
        Self::with_shared_model(snapshots, Arc::new(model))
    }

    /// Other snapshots, scored with the same model.
    ///
    /// # Errors
    /// As [`ServeState::new`].
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
        let exhibits = Arc::default();
        Ok(Self { markets: Arc::new(markets), model, page_data: exhibits })
    }

    /// The same, with what is to stand on the page beside the model's own figures.
    #[must_use]
    pub fn with_page_data(self, exhibits: PageData) -> Self {
        Self { page_data: Arc::new(exhibits), ..self }
    }

    /// What stands on the page beside the model's own figures.
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

    /// The markets' names, as an error lists them.
    pub(crate) fn market_names(&self) -> String {
        self.markets.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}
