//! The rows of one entry's files, read or refused, without touching disk or lake.

use std::collections::{HashMap, HashSet};

use arrow::array::RecordBatch;
use csv::ByteRecord;
use plimsoll_lake::tables::Row;

use crate::cells::{RowCells, parse_integer};
use crate::document::{CsvFile, Line};
use crate::error::IngestError;
use crate::fault::{QuarantineReason, RowFault};
use crate::fields::{BindError, BoundField, FieldBinder};
use crate::mapping::{FieldSource, FileMapping, Mapping};
use crate::target::TableDecoder;

/// The column by which rows are numbered where an export carries no log index.
const BLOCK: &str = "block";

/// A row's place among all documents of a run.
#[derive(Debug, Clone)]
pub(crate) struct RowOrigin {
    pub(crate) file: usize,
    pub(crate) line: Line,
}

/// A row that is kept out of its table.
#[derive(Debug, Clone)]
pub(crate) struct RejectedRow {
    pub(crate) origin: RowOrigin,
    pub(crate) table: &'static str,
    pub(crate) fault: RowFault,
}

/// What an entry's files hold.
pub(crate) struct DecodedRows {
    pub(crate) batch: RecordBatch,
    /// Where each row of the batch comes from.
    pub(crate) origins: Vec<RowOrigin>,
    pub(crate) rejected: Vec<RejectedRow>,
    /// Rows read, with each header that was itself refused.
    pub(crate) rows_read: u64,
}

/// Binds a table's fields, and how its rows are numbered.
pub(crate) fn bind<T: TableDecoder>(
    fields: &mut FieldBinder<'_>,
) -> Result<(T, Option<OrdinalRule>), BindError> {
    let target = T::bind(fields)?;
    let counter = OrdinalRule::bind(fields)?;
    Ok((target, counter))
}

/// Reads the rows of an entry's documents, which stand from `first` on among all of the run.
pub(crate) fn decode<T: TableDecoder>(
    mapping: &Mapping,
    entry: &FileMapping,
    documents: &[CsvFile],
    first: usize,
) -> Result<DecodedRows, IngestError> {
    let mut sheet = FileDecoder::<T>::new(mapping, entry);
    for (number, document) in (first..).zip(documents) {
        sheet.read(document, number)?;
    }
    sheet.finish()
}

struct FileDecoder<'a, T: TableDecoder> {
    mapping: &'a Mapping,
    file_mapping: &'a FileMapping,
    rows: Vec<T::Row>,
    origins: Vec<RowOrigin>,
    rejected: Vec<RejectedRow>,
    rows_read: u64,
    ordinals: OrdinalCounter,
}

impl<'a, T: TableDecoder> FileDecoder<'a, T> {
    fn new(mapping: &'a Mapping, file_mapping: &'a FileMapping) -> Self {
        let (rows, origins, rejected) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            mapping,
            file_mapping,
            rows,
            origins,
            rejected,
            rows_read: 0,
            ordinals: OrdinalCounter::default(),
        }
    }

    fn read(&mut self, document: &CsvFile, number: usize) -> Result<(), IngestError> {
        let mut rows = document.rows();
        let (header_line, header) = match rows.next_row() {
            Some((line, record)) => (Some(line), column_names(record)),
            None => (None, Vec::new()),
        };
        let market = self.mapping.market.as_ref();
        let mut fields = FieldBinder::new(self.file_mapping, market, &header, &document.captures);
        let (target, counter) = bind::<T>(&mut fields).map_err(|error| {
            error.into_ingest_error(self.mapping, self.file_mapping, &document.name)
        })?;
        if let (Some(line), Some(fault)) = (header_line, self.unknown_columns(&header)) {
            self.rows_read += 1;
            self.reject(RowOrigin { file: number, line }, fault);
        }
        while let Some((line, record)) = rows.next_row() {
            self.rows_read += 1;
            let ordinal =
                counter.as_ref().and_then(|counter| self.ordinals.next_ordinal(counter, record));
            let cells = RowCells { record, ordinal };
            let outcome = check_row(document, &line, record, header.len())
                .and_then(|()| target.decode(cells));
            let origin = RowOrigin { file: number, line };
            match outcome {
                Ok(row) => {
                    self.rows.push(row);
                    self.origins.push(origin);
                }
                Err(fault) => self.reject(origin, fault),
            }
        }
        Ok(())
    }

    fn unknown_columns(&self, header: &[String]) -> Option<RowFault> {
        let mapped: HashSet<&str> =
            self.file_mapping.fields.values().filter_map(FieldSource::column_name).collect();
        let known =
            |name: &str| mapped.contains(name) || self.file_mapping.ignored_columns.contains(name);
        let unknown = header.iter().filter(|name| !known(name)).map(|name| format!("`{name}`"));
        let unknown = unknown.collect::<Vec<_>>().join(", ");
        let detail = format!("unknown columns {unknown}: map them or list them under `ignore`");
        (!unknown.is_empty()).then(|| RowFault::new(QuarantineReason::Columns, detail))
    }

    fn reject(&mut self, origin: RowOrigin, fault: RowFault) {
        self.rejected.push(RejectedRow {
            origin,
            table: self.file_mapping.partition.table().name,
            fault,
        });
    }

    fn finish(mut self) -> Result<DecodedRows, IngestError> {
        let mut faults: HashMap<usize, RowFault> =
            T::implausible_rows(self.file_mapping, &self.rows).into_iter().collect();
        if !faults.is_empty() {
            let (rows, origins) =
                (std::mem::take(&mut self.rows), std::mem::take(&mut self.origins));
            for (number, (row, origin)) in rows.into_iter().zip(origins).enumerate() {
                match faults.remove(&number) {
                    Some(fault) => self.reject(origin, fault),
                    None => {
                        self.rows.push(row);
                        self.origins.push(origin);
                    }
                }
            }
        }
        let batch = T::Row::to_batch(&self.rows)?;
        Ok(DecodedRows {
            batch,
            origins: self.origins,
            rejected: self.rejected,
            rows_read: self.rows_read,
        })
    }
}

fn column_names(header: &ByteRecord) -> Vec<String> {
    header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

/// Checks a row before its cells are looked at.
fn check_row(
    document: &CsvFile,
    line: &Line,
    record: &ByteRecord,
    columns: usize,
) -> Result<(), RowFault> {
    if line.has_open_quote {
        return Err(RowFault::new(
            QuarantineReason::Fields,
            "a quote is opened and not closed on its line",
        ));
    }
    if record.len() != columns {
        let detail = format!("{} fields where the header has {columns}", record.len());
        return Err(RowFault::new(QuarantineReason::Fields, detail));
    }
    let utf8 = document.is_utf8(line);
    if utf8 {
        Ok(())
    } else {
        Err(RowFault::new(QuarantineReason::Encoding, "bytes that are not UTF-8"))
    }
}

/// How the rows of a file are numbered within their blocks.
pub(crate) struct OrdinalRule {
    first: u32,
    block_column: usize,
}

impl OrdinalRule {
    fn bind(fields: &mut FieldBinder<'_>) -> Result<Option<Self>, BindError> {
        let from = fields.file_mapping().fields.values().find_map(|source| match source {
            FieldSource::Ordinal(from) => Some(*from),
            _ => None,
        });
        let Some(from) = from else { return Ok(None) };
        match fields.bind_text(BLOCK)? {
            BoundField::Column(column) => {
                Ok(Some(Self { first: from, block_column: column.index }))
            }
            _ => {
                Err(BindError::mapping("log_index", "`ordinal_from` needs `block` to be a column"))
            }
        }
    }
}

/// How many rows of each block were seen, across an entry's files.
#[derive(Default)]
struct OrdinalCounter {
    rows_by_block: HashMap<u64, u32>,
}

impl OrdinalCounter {
    /// The number of the next row of its block; `None` if the row names no block.
    ///
    /// A row that is refused later is counted too, so that the rows behind it keep their numbers
    /// once the export is mended.
    fn next_ordinal(&mut self, counter: &OrdinalRule, record: &ByteRecord) -> Option<u32> {
        let block = parse_integer(str::from_utf8(record.get(counter.block_column)?).ok()?)?;
        let seen = self.rows_by_block.entry(block).or_default();
        let ordinal = counter.first.saturating_add(*seen);
        *seen += 1;
        Some(ordinal)
    }
}
