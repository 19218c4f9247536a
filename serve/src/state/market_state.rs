//! One market as served: its accounts, their prices and scores.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_features::{AccountState, Snapshot};
use plimsoll_govern::{Sensitivity, sensitivity};
use plimsoll_lake::tables::MarketAsset;
use plimsoll_lending::{AssetId, ReserveParameters, health_factor};
use plimsoll_model::Model;

use crate::account_id;
use crate::error::ServeError;
use crate::state::market_risk::{
    MarketRisk, add_sensitivities, rank_by_debt_at_risk, rank_stuck_by_debt,
};
use crate::state::scored_account::ScoredAccount;
use crate::state::scorer::score;
use crate::state::unpriced_assets::UnpricedAssets;
use crate::state::valued_position::ValuedPosition;

/// Relative falls of all volatile prices at which a market is revalued: up to 60 % in steps of 2 %.
const PRICE_SHOCKS: [f64; 31] = {
    let mut shocks = [0.0; 31];
    let mut step = 0;
    while step < shocks.len() {
        shocks[step] = step as f64 * 0.02;
        step += 1;
    }
    shocks
};

/// A market, its snapshot, and the score of each of its accounts.
#[derive(Debug)]
pub(crate) struct MarketState {
    name: String,
    snapshot: Snapshot,
    /// NaN for an asset without a price.
    prices: Vec<f64>,
    accounts: BTreeMap<String, ScoredAccount>,
    /// The assets without a price, and the normalized ids of the accounts that hold one.
    unpriced: UnpricedAssets,
    risk: MarketRisk,
    ranking: Vec<String>,
    stuck: Vec<String>,
    price_shocks: Vec<Sensitivity>,
}

impl MarketState {
    /// Scores every account of a snapshot.
    ///
    /// # Errors
    /// [`ServeError::MissingPrices`] if no position can be valued, or the model's errors.
    pub(crate) fn new(snapshot: Snapshot, model: &Model) -> Result<Self, ServeError> {
        let name = snapshot.market().id().name();
        let prices = prices_at(&snapshot);
        let unpriced = UnpricedAssets::new(&snapshot, &prices)?;
        let mut market = Self {
            name,
            snapshot,
            prices,
            accounts: BTreeMap::new(),
            unpriced,
            risk: MarketRisk::from_accounts(std::iter::empty()),
            ranking: Vec::new(),
            stuck: Vec::new(),
            price_shocks: Vec::new(),
        };
        market.accounts = market.score_accounts(model)?;
        market.risk = MarketRisk::from_accounts(market.accounts.values());
        market.ranking = rank_by_debt_at_risk(market.accounts.iter());
        market.stuck = rank_stuck_by_debt(market.accounts.iter());
        market.price_shocks = market.compute_price_shocks();
        Ok(market)
    }

    /// What falls of all volatile prices would make liquidatable, each account under its own parameters.
    fn compute_price_shocks(&self) -> Vec<Sensitivity> {
        let stable = self.stable_assets();
        let mut sum = sensitivity(&[], &self.prices, self.reserves(), &stable, &PRICE_SHOCKS);
        for ScoredAccount { valued, .. } in self.ranked() {
            let (account, reserves) =
                (std::slice::from_ref(&valued.account), valued.effective_reserves(self.reserves()));
            add_sensitivities(
                &mut sum,
                &sensitivity(account, &self.prices, reserves, &stable, &PRICE_SHOCKS),
            );
        }
        sum
    }

    /// The assets whose prices stay constant when the volatile prices fall.
    pub(crate) fn stable_assets(&self) -> Vec<AssetId> {
        let time_s = self.as_of().timestamp();
        let ids = (0..self.assets().len() as u32).map(AssetId);
        ids.filter(|asset| !self.snapshot.market().is_volatile(asset.index(), time_s)).collect()
    }

    fn score_accounts(&self, model: &Model) -> Result<BTreeMap<String, ScoredAccount>, ServeError> {
        let is_priced = |id: &String| !self.unpriced.accounts.contains(&account_id::normalize(id));
        let states: Vec<_> =
            self.snapshot.states().iter().filter(|(id, _)| is_priced(id)).collect();
        let valued: Vec<ValuedPosition> =
            states.iter().map(|(_, state)| self.value_position(state)).collect();
        let scores = score(model, (&self.name, self.assets()), &valued)?;
        let scored = |(((id, _), valued), score): ((&(&String, _), _), _)| {
            (account_id::normalize(id), ScoredAccount::new((*id).clone(), valued, score))
        };
        Ok(states.iter().zip(valued).zip(scores).map(scored).collect())
    }

    /// Values a position at the market's prices.
    pub(crate) fn value_position(&self, state: &AccountState) -> ValuedPosition {
        let account = state.account(self.snapshot.market(), self.as_of().timestamp());
        // An empty sum is -0, which JSON would show.
        let reserves = state.effective_reserves(self.snapshot.market(), self.as_of().timestamp());
        let health_factor = health_factor(&account, &self.prices, &reserves) + 0.0;
        ValuedPosition {
            debt_usd: account.debt_usd(&self.prices) + 0.0,
            collateral_usd: account.collateral_usd(&self.prices) + 0.0,
            health_factor,
            // Without weighted collateral there is no log health factor, hence no distance.
            feature_row: self.snapshot.compute_features(state).filter(|_| health_factor > 0.0),
            account,
            own_reserves: match reserves {
                Cow::Borrowed(_) => None,
                Cow::Owned(own) => Some(own),
            },
        }
    }

    /// `<chain>/<protocol>/<market>`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// `<protocol>/<market>`.
    pub(crate) fn name_on_chain(&self) -> String {
        self.snapshot.market().id().name_on_chain()
    }

    /// Chain, protocol and market.
    pub(crate) fn parts(&self) -> [&str; 3] {
        self.snapshot.market().id().parts()
    }

    /// The assets without a price, and the accounts that are left out because they hold one.
    pub(crate) const fn unpriced(&self) -> &UnpricedAssets {
        &self.unpriced
    }

    /// The chain.
    pub(crate) fn chain(&self) -> &str {
        &self.snapshot.market().id().chain
    }

    /// The time of the account states.
    pub(crate) fn as_of(&self) -> DateTime<Utc> {
        self.snapshot.as_of()
    }

    /// The snapshot.
    pub(crate) const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The market's assets, in the order of their ids.
    pub(crate) fn assets(&self) -> &[MarketAsset] {
        self.snapshot.market().assets()
    }

    /// An asset's label: its symbol, with its address where another asset has the same one.
    pub(crate) fn symbol(&self, asset: AssetId) -> &str {
        self.snapshot.market().asset_label(asset.index())
    }

    /// Prices used by the protocol, USD per token by asset; NaN where none is known.
    pub(crate) fn prices(&self) -> &[f64] {
        &self.prices
    }

    /// The reserves' parameters by asset.
    pub(crate) fn reserves(&self) -> &[ReserveParameters] {
        self.snapshot.market().reserves(self.as_of().timestamp())
    }

    /// The account with this [normalized id](account_id::normalize).
    pub(crate) fn account(&self, key: &str) -> Option<&ScoredAccount> {
        self.accounts.get(key)
    }

    /// The accounts by their [normalized ids](account_id::normalize).
    pub(crate) fn accounts(&self) -> impl Iterator<Item = (&String, &ScoredAccount)> {
        self.accounts.iter()
    }

    /// Number of accounts.
    pub(crate) fn account_count(&self) -> usize {
        self.accounts.len()
    }

    /// Number of open and liquidatable accounts.
    pub(crate) const fn open_count(&self) -> usize {
        self.ranking.len()
    }

    /// The open and liquidatable accounts in descending order of debt at risk within a day.
    pub(crate) fn ranked(&self) -> impl ExactSizeIterator<Item = &ScoredAccount> {
        self.ranking.iter().map(|key| &self.accounts[key])
    }

    /// The accounts that are stuck below the threshold, in descending order of debt.
    pub(crate) fn stuck(&self) -> impl ExactSizeIterator<Item = &ScoredAccount> {
        self.stuck.iter().map(|key| &self.accounts[key])
    }

    /// Totals over the open and liquidatable accounts, and over the stuck ones.
    pub(crate) const fn risk(&self) -> &MarketRisk {
        &self.risk
    }

    /// What falls of all volatile prices would make liquidatable, in ascending order of the fall.
    pub(crate) fn price_shocks(&self) -> &[Sensitivity] {
        &self.price_shocks
    }
}

/// The prices that the protocol uses at the end of a snapshot, USD per token by asset.
fn prices_at(snapshot: &Snapshot) -> Vec<f64> {
    let (market, as_of_s) = (snapshot.market(), snapshot.as_of().timestamp());
    (0..market.assets().len()).map(|asset| market.oracle_price(asset, as_of_s)).collect()
}
