//! Migration of a lake of an older version, whose rows name assets by symbol.
//!
//! Now an asset's id is its token's address, and accounts' ids begin with the chain. Each file is
//! replaced atomically, and the market's assets last: they show which symbol was which token, so that
//! an interrupted migration continues in the next run.

use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, MarketAsset, OraclePrice, PositionEvent,
    ReserveIndex, ReserveParameter, Row,
};
use plimsoll_lake::{FileEntry, LakeError, MarketKey, Store, Table, clean_symbol, with_chain};

use super::error::ChainError;
use super::lake_state::stored_streams;

/// The start of the pseudo assets of efficiency modes, which are no tokens.
const EMODE_PREFIX: &str = "emode-";

/// Migrates every market that was read from a chain, and the account ids of all others.
///
/// `stream` is the one to be read now.
///
/// # Errors
/// [`ChainError::UnknownAsset`] if rows of that stream name a symbol whose token is not known, and
/// [`ChainError::Lake`] if one of its files is damaged; those of other streams are logged.
pub(crate) fn migrate_ids(store: &Store, stream: &str) -> Result<(), ChainError> {
    let mut files = 0;
    for assets in store.files(const { &MarketAsset::TABLE })? {
        let market = match older_market(store, &assets) {
            Err(error) if error.is_bad_file() => {
                tracing::warn!("{error}");
                continue;
            }
            market => market?,
        };
        let Some(market) = market else { continue };
        let _lock = store.lock_chain(&market.key.chain)?;
        match market.migrate(store, &assets) {
            Ok(rewritten) => files += rewritten,
            Err(error) if is_of_market(&error) && !market.is_of(stream) => {
                tracing::warn!("{error}");
            }
            Err(error) => return Err(error),
        }
    }
    files += store.migrate_account_ids()?;
    if files > 0 {
        tracing::warn!(
            "this lake is of an older version: its rows now name assets by address, and accounts \
             with their chain; {files} files rewritten"
        );
    }
    Ok(())
}

/// Whether an error concerns one market only.
fn is_of_market(error: &ChainError) -> bool {
    match error {
        ChainError::UnknownAsset { .. } => true,
        ChainError::Lake(error) => error.is_bad_file(),
        _ => false,
    }
}

/// A market whose rows name assets by symbol.
struct OlderMarket {
    key: MarketKey,
    assets: Vec<MarketAsset>,
}

/// The market of a file of assets, if it was read from a chain by an older version.
fn older_market(store: &Store, file: &FileEntry) -> Result<Option<OlderMarket>, LakeError> {
    let [chain, protocol, market] = file.partition.values() else { return Ok(None) };
    let assets: Vec<MarketAsset> = store.file_rows(file)?;
    let is_older =
        |row: &MarketAsset| row.address.as_ref().is_some_and(|address| *address != row.asset);
    if !assets.iter().any(is_older) {
        return Ok(None);
    }
    let streams = stored_streams(store, chain)?;
    if !streams.iter().any(|stream| stream.owns(&file.partition)) {
        return Ok(None);
    }
    let [chain, protocol, market] = [chain, protocol, market].map(Clone::clone);
    Ok(Some(OlderMarket { key: MarketKey { chain, protocol, market }, assets }))
}

impl OlderMarket {
    /// Whether the market is read in a stream.
    fn is_of(&self, stream: &str) -> bool {
        let name = format!("{}.{}", self.key.protocol, self.key.market);
        name.strip_prefix(stream).is_some_and(|id| id.is_empty() || id.starts_with("-0x"))
    }

    /// Rewrites the market's rows; returns the number of rewritten files.
    fn migrate(&self, store: &Store, assets: &FileEntry) -> Result<usize, ChainError> {
        let mut files = 0;
        files += self.rewrite(store, |row: &mut PositionEvent| {
            Ok(self.account(&mut row.account) | self.optional_asset(&mut row.asset)?)
        })?;
        files += self.rewrite(store, |row: &mut Liquidation| {
            let assets =
                self.asset(&mut row.collateral_asset)? | self.asset(&mut row.debt_asset)?;
            Ok(self.account(&mut row.account) | assets)
        })?;
        files += self.rewrite(store, |row: &mut BalanceChange| {
            Ok(self.account(&mut row.account) | self.asset(&mut row.asset)?)
        })?;
        files += self.rewrite(store, |row: &mut AccountSetting| {
            Ok(self.account(&mut row.account) | self.optional_asset(&mut row.asset)?)
        })?;
        files += self.rewrite(store, |row: &mut ReserveIndex| self.asset(&mut row.asset))?;
        files += self.rewrite(store, |row: &mut ReserveParameter| self.asset(&mut row.asset))?;
        files += self.rewrite(store, |row: &mut OraclePrice| self.asset(&mut row.asset))?;
        let changed = store.rewrite_rows(assets, |row: &mut MarketAsset| self.market_asset(row))?;
        Ok(files + usize::from(changed > 0))
    }

    fn rewrite<R: Row + 'static>(
        &self,
        store: &Store,
        change: impl Fn(&mut R) -> Result<bool, ChainError>,
    ) -> Result<usize, ChainError> {
        let table: &'static Table = const { &R::TABLE };
        let mut rewritten = 0;
        for file in store.files(table)?.iter().filter(|file| self.owns(file)) {
            rewritten += usize::from(store.rewrite_rows(file, &change)? > 0);
        }
        Ok(rewritten)
    }

    fn owns(&self, file: &FileEntry) -> bool {
        match file.partition.value(OraclePrice::SOURCE) {
            Some(source) => source == self.key.price_source(),
            None => file.partition.values() == self.key.partition(),
        }
    }

    fn account(&self, account: &mut String) -> bool {
        let full = with_chain(self.key.partition(), account).into_owned();
        let is_changed = full != *account;
        *account = full;
        is_changed
    }

    fn optional_asset(&self, asset: &mut Option<String>) -> Result<bool, ChainError> {
        asset.as_mut().map_or(Ok(false), |asset| self.asset(asset))
    }

    fn asset(&self, asset: &mut String) -> Result<bool, ChainError> {
        let id = self.id(asset)?;
        let is_changed = *asset != id;
        *asset = id;
        Ok(is_changed)
    }

    fn market_asset(&self, row: &mut MarketAsset) -> Result<bool, ChainError> {
        let Some(address) = row.address.clone().filter(|address| *address != row.asset) else {
            return Ok(false);
        };
        // An older version appended the address to a symbol that repeated.
        let suffix = format!("-{address}");
        let symbol = row.asset.strip_suffix(&suffix).unwrap_or(&row.asset);
        row.symbol = clean_symbol(symbol);
        row.price_asset.clone_from(&address);
        row.asset = address;
        Ok(true)
    }

    /// The address of the token that rows of the older version name by a symbol.
    fn id(&self, name: &str) -> Result<String, ChainError> {
        let rows = || self.assets.iter().filter_map(|row| Some((row, row.address.clone()?)));
        if name.starts_with(EMODE_PREFIX) || rows().any(|(_, address)| address == name) {
            return Ok(name.to_owned());
        }
        if let Some((_, address)) = rows().find(|(row, _)| row.asset == name) {
            return Ok(address);
        }
        // The older version renamed an asset when another had its symbol: one name is the other with
        // the address.
        let by_address = rows().find(|(_, address)| name.ends_with(&format!("-{address}")));
        let mut renamed = rows().filter(|(row, address)| row.asset == format!("{name}-{address}"));
        match (by_address, renamed.next(), renamed.next()) {
            (Some((_, address)), ..) | (None, Some((_, address)), None) => Ok(address),
            _ => Err(self.unknown_asset(name)),
        }
    }

    fn unknown_asset(&self, name: &str) -> ChainError {
        let market = self.key.partition().join("/");
        let known: Vec<&str> = self.assets.iter().map(|row| row.asset.as_str()).collect();
        ChainError::UnknownAsset { market, asset: name.to_owned(), known: known.join(", ") }
    }
}

#[cfg(test)]
mod tests;
