//! Decoded rows of a span of blocks, and writing them to the lake.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use chrono::{DateTime, Utc};

use crate::error::LakeError;
use crate::schema::{CoveredRange, Partition, RangeUnit, Row};
use crate::store::Store;
use crate::tables::{
    AccountSetting, BalanceChange, Liquidation, OraclePrice, PoolLiquidity, PositionEvent,
    QuarantinedLog, ReserveIndex, ReserveParameter,
};

/// Rows of every table that is decoded from logs.
#[derive(Debug, Default, Clone)]
pub struct DecodedRows {
    /// Rows of `position_events`.
    pub position_events: Vec<PositionEvent>,
    /// Rows of `liquidations`.
    pub liquidations: Vec<Liquidation>,
    /// Rows of `balance_changes`.
    pub balance_changes: Vec<BalanceChange>,
    /// Rows of `account_settings`.
    pub account_settings: Vec<AccountSetting>,
    /// Rows of `oracle_prices`.
    pub oracle_prices: Vec<OraclePrice>,
    /// Rows of `reserve_indexes`.
    pub reserve_indexes: Vec<ReserveIndex>,
    /// Rows of `reserve_parameters`.
    pub reserve_parameters: Vec<ReserveParameter>,
    /// Rows of `pool_liquidity`.
    pub pool_liquidity: Vec<PoolLiquidity>,
    /// Rows of `quarantined_logs`.
    pub quarantined_logs: Vec<QuarantinedLog>,
}

/// A span of the chain, in blocks and in time.
#[derive(Debug, Clone, Copy)]
pub struct BlockSpan {
    /// Block numbers.
    pub blocks: CoveredRange,
    /// Block times, seconds.
    pub times: CoveredRange,
}

impl BlockSpan {
    /// Blocks `from` to `to`; `after` is the time of the previous block, `until` that of the last.
    ///
    /// # Errors
    /// [`LakeError::InvalidRange`] if `to < from` or the times decrease.
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
    /// Replaces all rows of the span; writes empty files for those of `partitions` without rows.
    ///
    /// # Errors
    /// [`LakeError`] if a row lies outside the span or a file cannot be read or written.
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

    /// Keeps the last of several prices within a second. Blocks may have equal times; a price at a
    /// second of the previous span is moved to the first second of this span.
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
