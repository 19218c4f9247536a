//! What decoders make, table by table, and how it enters the lake.

use std::collections::BTreeMap;

use crate::tables::{
    AccountSetting, BalanceChange, Liquidation, OraclePrice, PoolLiquidity, PositionEvent,
    QuarantinedLog, ReserveIndex, ReserveParameter, Row,
};
use crate::{CoveredRange, LakeError, Partition, RangeUnit, Store};
use arrow::array::RecordBatch;
use chrono::{DateTime, Utc};

/// Rows of every table that a chain fills.
#[derive(Debug, Default, Clone)]
pub struct DecodedRows {
    pub position_events: Vec<PositionEvent>,
    pub liquidations: Vec<Liquidation>,
    pub balance_changes: Vec<BalanceChange>,
    pub account_settings: Vec<AccountSetting>,
    pub oracle_prices: Vec<OraclePrice>,
    pub reserve_indexes: Vec<ReserveIndex>,
    pub reserve_parameters: Vec<ReserveParameter>,
    pub pool_liquidity: Vec<PoolLiquidity>,
    pub quarantined_logs: Vec<QuarantinedLog>,
}

/// A stretch of the chain, in blocks and in time.
#[derive(Debug, Clone, Copy)]
pub struct BlockSpan {
    pub blocks: CoveredRange,
    pub times: CoveredRange,
}

impl BlockSpan {
    /// Blocks `from` to `to`; `after` is the time of the block before, `until` that of the last.
    pub fn new(
        (from, to): (u64, u64),
        after: Option<DateTime<Utc>>,
        until: DateTime<Utc>,
    ) -> Result<Self, LakeError> {
        let second = chrono::TimeDelta::seconds(1);
        let since = after.map_or(until, |after| (after + second).min(until));
        Ok(Self {
            blocks: CoveredRange::blocks(from, to)?,
            times: CoveredRange::times(since, until)?,
        })
    }

    fn in_unit(self, unit: RangeUnit) -> CoveredRange {
        if unit == RangeUnit::Times { self.times } else { self.blocks }
    }
}

impl DecodedRows {
    /// Puts the rows in the place of what the lake held of the span, and empty files where
    /// `partitions` had nothing.
    pub fn write(
        mut self,
        store: &Store,
        partitions: &[Partition],
        span: BlockSpan,
    ) -> Result<(), LakeError> {
        self.keep_last_prices(span);
        let mut writer = RowWriter { store, partitions, span };
        writer.write_table(&self.position_events)?;
        writer.write_table(&self.liquidations)?;
        writer.write_table(&self.balance_changes)?;
        writer.write_table(&self.account_settings)?;
        writer.write_table(&self.oracle_prices)?;
        writer.write_table(&self.reserve_indexes)?;
        writer.write_table(&self.reserve_parameters)?;
        writer.write_table(&self.pool_liquidity)?;
        writer.write_table(&self.quarantined_logs)
    }

    /// Of several prices within a second the last one holds. A chain may have blocks of equal
    /// time; a price of a second that is covered already is known from the next one on.
    fn keep_last_prices(&mut self, span: BlockSpan) {
        let first = DateTime::from_timestamp(span.times.from, 0).unwrap_or_default();
        let mut last = BTreeMap::new();
        for mut price in std::mem::take(&mut self.oracle_prices) {
            price.time = price.time.max(first);
            last.insert((price.source.clone(), price.asset.clone(), price.time), price);
        }
        self.oracle_prices = last.into_values().collect();
    }
}

struct RowWriter<'a> {
    store: &'a Store,
    partitions: &'a [Partition],
    span: BlockSpan,
}

impl RowWriter<'_> {
    fn write_table<R: Row + 'static>(&mut self, rows: &[R]) -> Result<(), LakeError> {
        let table = const { &R::TABLE };
        let range = self.span.in_unit(table.ranged_by.0);
        let mut batches: BTreeMap<Vec<String>, (Partition, RecordBatch)> = BTreeMap::new();
        let empty = R::to_batch(&[])?;
        for partition in self.partitions.iter().filter(|p| p.table().name == table.name) {
            batches.insert(partition.values().to_vec(), (partition.clone(), empty.clone()));
        }
        for (partition, batch) in Partition::split_batch(table, &R::to_batch(rows)?)? {
            batches.insert(partition.values().to_vec(), (partition, batch));
        }
        batches.into_values().try_for_each(|(p, batch)| self.store.overwrite(&p, range, &batch))
    }
}

/// Smallest units as tokens.
pub fn to_tokens(exact: i128, decimals: u32) -> f64 {
    exact as f64 / 10_f64.powi(decimals.try_into().unwrap_or(i32::MAX))
}
