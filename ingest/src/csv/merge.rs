//! Writes decoded rows to the lake: market assets, tables and the quarantine.

use std::collections::BTreeMap;

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::compute::{concat_batches, max, min};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use arrow::util::display::array_value_to_string;
use chrono::{DateTime, SecondsFormat};
use plimsoll_lake::tables::{MarketAsset, QuarantinedRow, Row, by_name};
use plimsoll_lake::{CoveredRange, Filter, Partition, RangeUnit, Store, Table};

use crate::csv::decode::file_decoder::{DecodedFiles, RejectedRow, RowOrigin};
use crate::csv::error::IngestError;
use crate::csv::mapping::{FileMapping, Mapping, Market};
use crate::csv::row_fault::{QuarantineReason, RowFault};
use crate::csv::source::csv_file::CsvFile;
use crate::csv::summary::TableSummary;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// The rows of one run for one partition of one table.
struct PartitionRows<'a> {
    partition: &'a Partition,
    rows_read: u64,
    batches: Vec<RecordBatch>,
    origins: Vec<RowOrigin>,
}

/// Merges all decoded rows; appends the rows that conflict with the lake to `rejected`.
pub(crate) fn merge_tables(
    store: &Store,
    decoded: Vec<(&FileMapping, DecodedFiles)>,
    rejected: &mut Vec<RejectedRow>,
) -> Result<BTreeMap<&'static str, TableSummary>, IngestError> {
    let mut summaries: BTreeMap<&'static str, TableSummary> = BTreeMap::new();
    for group in group_by_partition(decoded, rejected) {
        let table = group.partition.table();
        let summary = summaries.entry(table.name).or_default();
        summary.read += group.rows_read;
        let batch = concat_batches(&table.schema(), &group.batches)?;
        if batch.num_rows() == 0 {
            continue;
        }
        let merge = store.merge(group.partition, covered_range(table, &batch)?, &batch)?;
        summary.added += merge.added as u64;
        summary.present += merge.present as u64;
        for row in merge.conflicting {
            let (origin, fault) = (group.origins[row].clone(), conflict_fault(table, &batch, row)?);
            rejected.push(RejectedRow { origin, table: table.name, fault });
        }
    }
    for rejected in rejected.iter() {
        summaries.entry(rejected.table).or_default().quarantined += 1;
    }
    Ok(summaries)
}

/// Groups rows by partition: an export covers one range, however many files it has.
fn group_by_partition<'a>(
    decoded: Vec<(&'a FileMapping, DecodedFiles)>,
    rejected: &mut Vec<RejectedRow>,
) -> Vec<PartitionRows<'a>> {
    let mut groups: BTreeMap<_, PartitionRows<'a>> = BTreeMap::new();
    for (file_mapping, rows) in decoded {
        let partition = &file_mapping.partition;
        let empty =
            || PartitionRows { partition, rows_read: 0, batches: Vec::new(), origins: Vec::new() };
        let group = groups.entry(partition.path()).or_insert_with(empty);
        group.rows_read += rows.rows_read;
        group.batches.push(rows.batch);
        group.origins.extend(rows.origins);
        rejected.extend(rows.rejected);
    }
    groups.into_values().collect()
}

/// From the first row to the last: an export is complete in between.
fn covered_range(table: &Table, batch: &RecordBatch) -> Result<CoveredRange, IngestError> {
    let (unit, name) = table.ranged_by;
    let column = batch.column(batch.schema().index_of(name)?);
    let bounds = match unit {
        RangeUnit::Whole => return Ok(CoveredRange::whole()),
        RangeUnit::Times => {
            let micros = column.as_primitive::<TimestampMicrosecondType>();
            min(micros)
                .zip(max(micros))
                .map(|(a, b)| (a.div_euclid(MICROS_PER_SECOND), b.div_euclid(MICROS_PER_SECOND)))
        }
        RangeUnit::Blocks | RangeUnit::Lines => {
            let positions = column.as_primitive::<Int64Type>();
            min(positions).zip(max(positions))
        }
    };
    let (from, to) = bounds.expect("the batch has rows, and its places are never null");
    Ok(CoveredRange::new(unit, from, to)?)
}

fn conflict_fault(table: &Table, batch: &RecordBatch, row: usize) -> Result<RowFault, IngestError> {
    let mut key = Vec::new();
    for &name in table.keyed_by {
        let column = batch.column(batch.schema().index_of(name)?);
        key.push(format!("{name} {}", cell_text(column, row)?));
    }
    let detail = format!("{} is taken by a row with other values, which stays", key.join(", "));
    Ok(RowFault::new(QuarantineReason::Conflict, detail))
}

fn cell_text(column: &ArrayRef, row: usize) -> Result<String, IngestError> {
    // Arrow's own formatting of times needs a time zone database, even for UTC.
    if let Some(micros) = column.as_primitive_opt::<TimestampMicrosecondType>() {
        let time = DateTime::from_timestamp_micros(micros.value(row));
        let time = time.expect("the column was written from times");
        return Ok(time.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    }
    Ok(array_value_to_string(column, row)?)
}

/// Writes a mapping's market; replaces the lake's rows of the same assets.
pub(crate) fn write_market_assets(
    store: &Store,
    market: &Market,
) -> Result<TableSummary, IngestError> {
    let names = [&market.chain, &market.protocol, &market.market];
    let table = by_name(MarketAsset::TABLE.name).expect("every row's table is listed");
    let partition = Partition::new(table, &names)?;
    let columns = MarketAsset::TABLE.partitioned_by.iter().zip(names);
    let filter =
        columns.fold(Filter::default(), |filter, (column, value)| filter.partition(column, value));
    // Writing the assets again repairs a removed file.
    let filter = filter.permit_missing_files();
    let stored: Vec<MarketAsset> = store.rows_where(&filter)?;
    let added = market.assets.iter().filter(|asset| !stored.contains(asset)).count() as u64;
    if added > 0 {
        let others = stored
            .into_iter()
            .filter(|stored| !market.assets.iter().any(|own| own.asset == stored.asset));
        let rows: Vec<MarketAsset> = market.assets.iter().cloned().chain(others).collect();
        store.replace(&partition, &MarketAsset::to_batch(&rows)?)?;
    }
    let read = market.assets.len() as u64;
    Ok(TableSummary { read, added, present: read - added, quarantined: 0 })
}

/// Writes every rejected row to the quarantine; rows that are already there stay unchanged.
pub(crate) fn write_quarantine(
    store: &Store,
    mapping: &Mapping,
    files: &[CsvFile],
    rejected: &[RejectedRow],
) -> Result<(), IngestError> {
    let row = |RejectedRow { origin, table, fault }: &RejectedRow| QuarantinedRow {
        mapping: mapping.name.clone(),
        source_file: files[origin.file].name.clone(),
        line: origin.line.number,
        target: (*table).to_owned(),
        reason: fault.reason.as_str().to_owned(),
        detail: fault.detail.clone(),
        raw: files[origin.file].raw(&origin.line).into_owned(),
    };
    let rows: Vec<QuarantinedRow> = rejected.iter().map(row).collect();
    let Some(last) = rows.iter().map(|row| row.line).max() else { return Ok(()) };
    let table = by_name(QuarantinedRow::TABLE.name).expect("every row's table is listed");
    let partition = Partition::new(table, &[&mapping.name])?;
    let range = CoveredRange::new(RangeUnit::Lines, 1, last.cast_signed())?;
    store.merge(&partition, range, &QuarantinedRow::to_batch(&rows)?)?;
    Ok(())
}
