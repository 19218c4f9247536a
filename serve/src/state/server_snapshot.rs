//! An immutable snapshot of everything that requests read.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_features::{LeftOutMarket, Snapshot};
use plimsoll_lake::with_chain;
use plimsoll_model::Model;

use crate::error::ServeError;
use crate::state::market_state::MarketState;
use crate::state::page_data::PageData;
use crate::state::scored_account::ScoredAccount;

/// Everything that requests read; a clone shares it.
#[derive(Debug, Clone)]
pub struct ServerSnapshot {
    markets: Arc<BTreeMap<String, Arc<MarketState>>>,
    left_out: Arc<Vec<LeftOutMarket>>,
    model: Arc<Model>,
    page_data: Arc<PageData>,
}

impl ServerSnapshot {
    /// Scores every account of every snapshot; there is one snapshot per market. A market that cannot be
    /// scored is left out.
    ///
    /// # Errors
    /// [`ServeError::NoMarket`] without a snapshot, [`ServeError::RepeatedMarket`] if two are of one
    /// market, and if no market can be scored [`ServeError::MissingPrices`] or the model's errors.
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
        let mut markets: BTreeMap<String, Arc<MarketState>> = BTreeMap::new();
        let (mut left_out, mut first_error) = (Vec::new(), None);
        for snapshot in snapshots {
            let id = snapshot.market().id().clone();
            if markets.contains_key(&id.name()) {
                return Err(ServeError::RepeatedMarket { market: id.name() });
            }
            match MarketState::new(snapshot, &model) {
                Ok(market) => drop(markets.insert(id.name(), Arc::new(market))),
                Err(error) => {
                    left_out.push(LeftOutMarket::new(id, &error));
                    first_error.get_or_insert(error);
                }
            }
        }
        if markets.is_empty() {
            return Err(first_error.unwrap_or(ServeError::NoMarket));
        }
        let (left_out, page_data) = (Arc::new(left_out), Arc::default());
        Ok(Self { markets: Arc::new(markets), left_out, model, page_data })
    }

    /// The same snapshot, in which these markets could not be read either.
    #[must_use]
    pub fn with_left_out(self, unread: Vec<LeftOutMarket>) -> Self {
        let mut left_out = self.left_out.to_vec();
        left_out.extend(unread);
        left_out.sort_by(|a, b| a.market.cmp(&b.market));
        Self { left_out: Arc::new(left_out), ..self }
    }

    /// The same snapshot, in which a market that is left out keeps its state of an earlier one, as of
    /// the earlier time.
    #[must_use]
    pub fn keeping_markets_of(self, earlier: &Self) -> Self {
        let mut markets = BTreeMap::clone(&self.markets);
        for name in self.left_out.iter().map(|left_out| left_out.market.name()) {
            if let Some(market) = earlier.markets.get(&name) {
                markets.entry(name).or_insert_with(|| Arc::clone(market));
            }
        }
        Self { markets: Arc::new(markets), ..self }
    }

    /// The markets that could not be read or scored.
    #[must_use]
    pub fn left_out(&self) -> &[LeftOutMarket] {
        &self.left_out
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
        self.markets.values().map(Arc::as_ref)
    }

    /// The market of this name, `<chain>/<protocol>/<market>`, or without the chain if only one market
    /// has that name.
    ///
    /// # Errors
    /// The reason, with the names to choose from.
    pub(crate) fn find_market(&self, named: &str) -> Result<&MarketState, String> {
        if let Some(market) = self.markets.get(named) {
            return Ok(market);
        }
        let same: Vec<_> = self.markets().filter(|m| m.name_on_chain() == named).collect();
        match same.as_slice() {
            [only] => Ok(only),
            [] => Err(format!("is not one of {}{}", self.market_names(), self.reason(named))),
            several => {
                let names: Vec<&str> = several.iter().map(|market| market.name()).collect();
                Err(format!("is the name of several markets: use one of {}", names.join(", ")))
            }
        }
    }

    /// The accounts of a normalized id, with their markets, and the markets that the id belongs to; an
    /// id without a chain may be of several.
    pub(crate) fn find_accounts(
        &self,
        id: &str,
    ) -> (Vec<&MarketState>, Vec<(&MarketState, &ScoredAccount)>) {
        let owner_in = |name: &str| id.strip_prefix(name)?.strip_prefix('/');
        let full = |market: &MarketState| owner_in(market.name()).is_some();
        let mut markets: Vec<&MarketState> = self.markets().filter(|market| full(market)).collect();
        if markets.is_empty() {
            let on_chain = |market: &&MarketState| owner_in(&market.name_on_chain()).is_some();
            markets = self.markets().filter(on_chain).collect();
        }
        let mut found = Vec::new();
        for market in markets.iter().copied() {
            let account = market.account(&with_chain(market.parts(), id));
            found.extend(account.map(|account| (market, account)));
        }
        (markets, found)
    }

    /// Why a market is left out, if one of this name is.
    pub(crate) fn reason(&self, named: &str) -> String {
        let left_out = self.left_out.iter();
        let mut of_name = left_out.filter(|left_out| {
            left_out.market.name() == named || left_out.market.name_on_chain() == named
        });
        of_name.next().map_or_else(String::new, |left_out| format!("; it is left out: {left_out}"))
    }

    /// The markets' names as a list for error messages.
    pub(crate) fn market_names(&self) -> String {
        self.markets.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}
