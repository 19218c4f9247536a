//! Assets without a price, and the accounts that cannot be valued because of them.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_features::Snapshot;
use plimsoll_lake::tables::PAR_PRICE_SOURCE;

use crate::account_id;
use crate::error::ServeError;

/// The assets of a market without a price, and the accounts that hold one.
#[derive(Debug, Default)]
pub(crate) struct UnpricedAssets {
    /// The reason by asset, an index; each begins with the asset's label.
    pub(crate) reasons: BTreeMap<usize, String>,
    /// The normalized ids of the accounts that supply or owe one.
    pub(crate) accounts: BTreeSet<String>,
}

impl UnpricedAssets {
    /// Those of a snapshot, given its prices, USD by asset.
    ///
    /// # Errors
    /// [`ServeError::MissingPrices`] if no position can be valued: no asset has a price that is not
    /// fixed, or one of only two assets has none.
    pub(crate) fn new(snapshot: &Snapshot, prices: &[f64]) -> Result<Self, ServeError> {
        let market = snapshot.market();
        let mut reasons: BTreeMap<usize, String> = market.unpriced_assets().collect();
        for asset in (0..prices.len()).filter(|asset| !prices[*asset].is_finite()) {
            let label = || format!("{}: no price yet", market.asset_label(asset));
            reasons.entry(asset).or_insert_with(label);
        }
        let is_par = |asset: &usize| market.assets()[*asset].price_source == PAR_PRICE_SOURCE;
        let quoted = (0..prices.len()).filter(|asset| !is_par(asset));
        let has_quoted = quoted.clone().any(|asset| !reasons.contains_key(&asset));
        if !reasons.is_empty() && (prices.len() <= 2 || !has_quoted) {
            return Err(ServeError::MissingPrices {
                market: market.id().name(),
                as_of: snapshot.as_of(),
                reason: reasons.into_values().collect::<Vec<_>>().join("; "),
            });
        }
        let accounts = accounts_with(snapshot, &reasons);
        Ok(Self { reasons, accounts })
    }

    /// The reasons of the assets, for a message.
    pub(crate) fn to_text(&self) -> String {
        self.reasons.values().map(String::as_str).collect::<Vec<_>>().join("; ")
    }
}

/// The accounts that hold one of the assets.
fn accounts_with(snapshot: &Snapshot, assets: &BTreeMap<usize, String>) -> BTreeSet<String> {
    if assets.is_empty() {
        return BTreeSet::new();
    }
    let as_of_s = snapshot.as_of().timestamp();
    let states = snapshot.states().iter().filter(|(_, state)| {
        let account = state.account(snapshot.market(), as_of_s);
        let mut held = account.collateral.iter().chain(&account.debt);
        held.any(|held| assets.contains_key(&held.asset.index()))
    });
    states.map(|(id, _)| account_id::normalize(id)).collect()
}
