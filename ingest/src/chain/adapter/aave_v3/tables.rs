//! The tables of an Aave v3 market in the lake.

use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, MarketAsset, OraclePrice, PositionEvent,
    QuarantinedLog, ReserveIndex, ReserveParameter, Row,
};
use plimsoll_lake::{MarketKey, Partition, format_address};

use super::reserve_registry::Reserve;
use crate::chain::error::ChainError;

pub(super) fn asset_table(
    name: &MarketKey,
    reserves: &[Reserve],
) -> Result<(Partition, arrow::array::RecordBatch), ChainError> {
    let row = |reserve: &Reserve| MarketAsset {
        chain: name.chain.clone(),
        protocol: name.protocol.clone(),
        market: name.market.clone(),
        asset: reserve.token.symbol.clone(),
        address: Some(format_address(reserve.underlying)),
        decimals: reserve.token.decimals,
        price_source: name.price_source(),
        price_asset: reserve.token.symbol.clone(),
        oracle_delay_s: 0,
    };
    let rows: Vec<_> = reserves.iter().map(row).collect();
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
