//! The tables of an Aave v3 market in the lake.

use std::collections::BTreeMap;

use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, MarketAsset, OraclePrice, PositionEvent,
    QuarantinedLog, ReserveIndex, ReserveParameter, Row,
};
use plimsoll_lake::{MarketKey, Partition};

use super::reserve_registry::Reserve;
use crate::chain::error::ChainError;

pub(super) fn asset_table(
    name: &MarketKey,
    reserves: &[Reserve],
) -> Result<(Partition, arrow::array::RecordBatch), ChainError> {
    // A reserve that was listed again is there twice, with other tokens.
    let rows: BTreeMap<&str, MarketAsset> = reserves
        .iter()
        .map(|reserve| {
            (reserve.token.id.as_str(), reserve.token.asset_row(name, name.price_source()))
        })
        .collect();
    let rows: Vec<_> = rows.into_values().collect();
    let partition = Partition::new(const { &MarketAsset::TABLE }, &name.partition())?;
    Ok((partition, MarketAsset::to_batch(&rows)?))
}

pub(super) fn partitions(name: &MarketKey, stream: &str) -> Result<Vec<Partition>, ChainError> {
    let market = name.partition();
    let of_market = [
        const { &PositionEvent::TABLE },
        const { &Liquidation::TABLE },
        const { &BalanceChange::TABLE },
        const { &AccountSetting::TABLE },
        const { &ReserveIndex::TABLE },
        const { &ReserveParameter::TABLE },
    ];
    let mut partitions = Vec::new();
    for table in of_market {
        partitions.push(Partition::new(table, &market)?);
    }
    partitions.push(Partition::new(const { &OraclePrice::TABLE }, &[name.price_source()])?);
    partitions.push(Partition::new(const { &QuarantinedLog::TABLE }, &[&name.chain, stream])?);
    Ok(partitions)
}
