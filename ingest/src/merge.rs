//! Decoded rows go into the lake: markets, tables, and what was refused.

use std::collections::BTreeMap;

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::compute::{concat_batches, max, min};
use arrow::datatypes::{TimestampMicrosecondType, UInt64Type};
use arrow::util::display::array_value_to_string;
use chrono::{DateTime, SecondsFormat};
use plimsoll_lake::tables::{MarketAsset, Quarantined, Row, named};
use plimsoll_lake::{Filter, Partition, Range, Store, Table, Unit};

use crate::decode::{Decoded, Origin, Refused};
use crate::document::Document;
use crate::error::IngestError;
use crate::fault::{Fault, Reason};
use crate::mapping::{Entry, Mapping, Market};
use crate::summary::TableSummary;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// The rows of one run that go to one partition of one table.
struct Sheet<'a> {
    partition: &'a Partition,
    read: u64,
    batches: Vec<RecordBatch>,
    origins: Vec<Origin>,
}

/// Merges every decoded row, and adds the rows that the lake refuses to `refused`.
pub(crate) fn tables(
    store: &Store,
    decoded: Vec<(&Entry, Decoded)>,
    refused: &mut Vec<Refused>,
) -> Result<BTreeMap<&'static str, TableSummary>, IngestError> {
    let mut summaries: BTreeMap<&'static str, TableSummary> = BTreeMap::new();
    for sheet in sheets(decoded, refused) {
        let table = sheet.partition.table();
        let summary = summaries.entry(table.name).or_default();
        summary.read += sheet.read;
        let batch = concat_batches(&table.schema(), &sheet.batches)?;
        if batch.num_rows() == 0 {
            continue;
        }
        let merge = store.merge(sheet.partition, range(table, &batch)?, &batch)?;
        summary.added += merge.added as u64;
        summary.present += merge.present as u64;
        for row in merge.conflicting {
            let (origin, fault) = (sheet.origins[row].clone(), conflict(table, &batch, row)?);
            refused.push(Refused { origin, table: table.name, fault });
        }
    }
    for refused in refused.iter() {
        summaries.entry(refused.table).or_default().quarantined += 1;
    }
    Ok(summaries)
}

/// Brings together what goes to one partition: an export covers one range, however many files it has.
fn sheets<'a>(decoded: Vec<(&'a Entry, Decoded)>, refused: &mut Vec<Refused>) -> Vec<Sheet<'a>> {
    let mut sheets: BTreeMap<_, Sheet<'a>> = BTreeMap::new();
    for (entry, rows) in decoded {
        let partition = &entry.partition;
        let empty = || Sheet { partition, read: 0, batches: Vec::new(), origins: Vec::new() };
        let sheet = sheets.entry(partition.path()).or_insert_with(empty);
        sheet.read += rows.read;
        sheet.batches.push(rows.batch);
        sheet.origins.extend(rows.origins);
        refused.extend(rows.refused);
    }
    sheets.into_values().collect()
}

/// From the first row to the last: what an export leaves out in between did not happen.
fn range(table: &Table, batch: &RecordBatch) -> Result<Range, IngestError> {
    let (unit, name) = table.ranged_by;
    let column = batch.column(batch.schema().index_of(name)?);
    let bounds = match unit {
        Unit::Whole => return Ok(Range::whole()),
        Unit::Times => {
            let micros = column.as_primitive::<TimestampMicrosecondType>();
            min(micros)
                .zip(max(micros))
                .map(|(a, b)| (a.div_euclid(MICROS_PER_SECOND), b.div_euclid(MICROS_PER_SECOND)))
        }
        Unit::Blocks | Unit::Lines => {
            let places = column.as_primitive::<UInt64Type>();
            min(places).zip(max(places)).map(|(a, b)| (a.cast_signed(), b.cast_signed()))
        }
    };
    let (from, to) = bounds.expect("the batch has rows, and its places are never null");
    Ok(Range::new(unit, from, to)?)
}

fn conflict(table: &Table, batch: &RecordBatch, row: usize) -> Result<Fault, IngestError> {
    let mut key = Vec::new();
    for &name in table.keyed_by {
        let column = batch.column(batch.schema().index_of(name)?);
        key.push(format!("{name} {}", text(column, row)?));
    }
    let detail = format!("{} is taken by a row with other values, which stays", key.join(", "));
    Ok(Fault::new(Reason::Conflict, detail))
}

fn text(column: &ArrayRef, row: usize) -> Result<String, IngestError> {
    // Arrow's own way to write a time wants a table of time zones, even for UTC.
    if let Some(micros) = column.as_primitive_opt::<TimestampMicrosecondType>() {
        let time = DateTime::from_timestamp_micros(micros.value(row));
        let time = time.expect("the column was written from times");
        return Ok(time.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    }
    Ok(array_value_to_string(column, row)?)
}

/// Writes a mapping's market, in the place of what the lake held of the same assets.
pub(crate) fn market(store: &Store, market: &Market) -> Result<TableSummary, IngestError> {
    let names = [&market.chain, &market.protocol, &market.market];
    let table = named(MarketAsset::TABLE.name).expect("every row's table is listed");
    let partition = Partition::of(table, &names)?;
    let columns = MarketAsset::TABLE.partitioned_by.iter().zip(names);
    let filter =
        columns.fold(Filter::default(), |filter, (column, value)| filter.partition(column, value));
    let held: Vec<MarketAsset> = store.rows_where(&filter)?;
    let fresh = market.assets.iter().filter(|asset| !held.contains(asset)).count() as u64;
    if fresh > 0 {
        let others = held.into_iter().filter(|held| market.decimals(&held.asset).is_none());
        let rows: Vec<MarketAsset> = market.assets.iter().cloned().chain(others).collect();
        store.replace(&partition, &MarketAsset::to_batch(&rows)?)?;
    }
    let read = market.assets.len() as u64;
    Ok(TableSummary { read, added: fresh, present: read - fresh, quarantined: 0 })
}

/// Writes down every refused row; one that was refused before keeps its first entry.
pub(crate) fn quarantine(
    store: &Store,
    mapping: &Mapping,
    documents: &[Document],
    refused: &[Refused],
) -> Result<(), IngestError> {
    let row = |Refused { origin, table, fault }: &Refused| Quarantined {
        mapping: mapping.name.clone(),
        source_file: documents[origin.document].name.clone(),
        line: origin.line.number,
        target: (*table).to_owned(),
        reason: fault.reason.name().to_owned(),
        detail: fault.detail.clone(),
        raw: documents[origin.document].raw(&origin.line).into_owned(),
    };
    let rows: Vec<Quarantined> = refused.iter().map(row).collect();
    let Some(last) = rows.iter().map(|row| row.line).max() else { return Ok(()) };
    let table = named(Quarantined::TABLE.name).expect("every row's table is listed");
    let partition = Partition::of(table, &[&mapping.name])?;
    let range = Range::new(Unit::Lines, 1, last.cast_signed())?;
    store.merge(&partition, range, &Quarantined::to_batch(&rows)?)?;
    Ok(())
}
