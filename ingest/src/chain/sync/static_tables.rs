//! Tables that discovery fills: assets and pools.

use std::collections::HashSet;

use arrow::array::RecordBatch;
use plimsoll_lake::tables::{MarketAsset, Row};
use plimsoll_lake::{Filter, LakeError, Partition, Store};

/// Writes a partition that discovery found, unless the lake has the same.
///
/// Assets accumulate: older rows name assets that the protocol may no longer list, so the lake's own
/// ones stay.
pub(super) fn write_static_table(
    store: &Store,
    partition: &Partition,
    found: &RecordBatch,
) -> Result<(), LakeError> {
    let rows = if partition.table().name == MarketAsset::TABLE.name {
        with_stored_assets(store, partition, found)?
    } else {
        found.clone()
    };
    if store.partition_equals(partition, &rows)? {
        return Ok(());
    }
    store.replace(partition, &rows)
}

/// The assets that were found, and those that only the lake has.
fn with_stored_assets(
    store: &Store,
    partition: &Partition,
    found: &RecordBatch,
) -> Result<RecordBatch, LakeError> {
    let mut rows = MarketAsset::from_batch(found)?;
    let named: HashSet<String> = rows.iter().map(|row| row.asset.clone()).collect();
    // The partition is replaced as a whole, so a removed file is written again.
    let mut filter = Filter::default().permit_missing_files();
    for (column, value) in MarketAsset::TABLE.partitioned_by.iter().zip(partition.values()) {
        filter = filter.partition(column, value);
    }
    let stored: Vec<MarketAsset> = store.rows_where(&filter)?;
    // A token that no longer answers keeps its label.
    for row in rows.iter_mut().filter(|row| row.symbol.is_none()) {
        let known = stored.iter().find(|stored| stored.asset == row.asset);
        row.symbol = known.and_then(|known| known.symbol.clone());
    }
    rows.extend(stored.into_iter().filter(|row| !named.contains(&row.asset)));
    MarketAsset::to_batch(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKET: [&str; 3] = ["c", "aave-v3", "core"];

    fn asset(address: &str, symbol: &str) -> MarketAsset {
        asset_with(address, Some(symbol))
    }

    fn asset_with(address: &str, symbol: Option<&str>) -> MarketAsset {
        MarketAsset {
            chain: MARKET[0].to_owned(),
            protocol: MARKET[1].to_owned(),
            market: MARKET[2].to_owned(),
            asset: address.to_owned(),
            address: Some(address.to_owned()),
            decimals: 6,
            price_source: "c.aave-v3.core".to_owned(),
            price_asset: address.to_owned(),
            oracle_delay_s: 0,
            symbol: symbol.map(str::to_owned),
            problem: None,
        }
    }

    fn write(store: &Store, assets: &[MarketAsset]) -> Vec<(String, String)> {
        let partition = Partition::new(&MarketAsset::TABLE, &MARKET).expect("a partition");
        let batch = MarketAsset::to_batch(assets).expect("a batch");
        write_static_table(store, &partition, &batch).expect("it is written");
        let rows = store.rows::<MarketAsset>().expect("rows");
        rows.into_iter().map(|row| (row.asset.clone(), row.symbol().to_owned())).collect()
    }

    #[test]
    fn a_dropped_asset_stays_and_a_renamed_one_has_its_newest_symbol() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::create(folder.path()).expect("a lake");
        write(&store, &[asset("0x1", "USDC"), asset("0x2", "WETH")]);
        let rows = write(&store, &[asset("0x1", "USD₮0")]);
        let expected = [("0x1", "USD₮0"), ("0x2", "WETH")];
        assert_eq!(rows, expected.map(|(id, symbol)| (id.to_owned(), symbol.to_owned())));
        assert_eq!(write(&store, &[asset_with("0x1", None)]), rows, "it no longer answers");
    }
}
